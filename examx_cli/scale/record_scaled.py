"""What an autoscaler made of a list meanwhile: the other half of a recording, by which `examx scale replay` works.

kubectl reads it from a cluster with each look at the list: the replicas that the workload should have, and what its
pods use. The HPA says that (`status.currentMetrics`), in whole percent of the requests, cut off. From
Prometheus it is what kube-state-metrics 2 says of both: `kube_deployment_spec_replicas`, `kube_statefulset_replicas`
and `kube_horizontalpodautoscaler_status_target_metric`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from examx_cli.cluster import Cluster
from examx_cli.errors import CommandError
from examx_cli.scale.record_loop import Unanswered
from examx_cli.scale.record_rows import Rows
from examx_constructs.manifests import at, items, mapping, text
from examx_constructs.manifests.scaling import Autoscaler
from examx_constructs.manifests.versions import Versions

_KINDS = {
    "Deployment": ("deployment.apps", "kube_deployment_spec_replicas", "deployment"),
    "StatefulSet": ("statefulset.apps", "kube_statefulset_replicas", "statefulset"),
}
"""What scales here: as kubectl knows it, the metric of its replicas, and the label of its name."""
_RESOURCES = ("cpu", "memory")
_MARK = "autoscaling.keda.sh/"
_ROUNDED_OFF = 0.5
"""The HPA cuts percentages off: what it saw is on average so much more."""


@dataclass(slots=True)
class Use:
    """What pods used, in percent of their requests for CPU and memory: a row for each change."""

    rows: list[list[float]] = field(default_factory=list)

    def seen(self, second: float, shares: Mapping[str, float | None]) -> None:
        """Take what was seen; what was not is as it was before."""
        before = self.rows[-1][1:] if self.rows else [None, None]
        now = [
            old if share is None else share + _ROUNDED_OFF
            for share, old in zip(map(shares.get, _RESOURCES), before, strict=True)
        ]
        known = [0.0 if each is None else each for each in now]
        if known != before and any(each is not None for each in now):
            # What is first known counts from the start on.
            self.rows.append([second if self.rows else 0.0, *known])


@dataclass(slots=True)
class Scaled:
    """A ScaledObject and its workload in a cluster, or as they are rendered."""

    autoscaler: Autoscaler
    environment: str
    versions: Versions
    cluster: Cluster | None = None
    use: Use = field(default_factory=Use)

    def replicas(self, second: float) -> int:
        """Return the replicas that the workload is told to have now, and note what its pods use. Raises Unanswered."""
        cluster, target = self.cluster, self.autoscaler.target_name
        if cluster is None:
            raise Unanswered("no cluster is asked")
        names = (f"{self._kind[0]}/{target}", f"horizontalpodautoscaler.autoscaling/{self.autoscaler.hpa_name}")
        where = f"--namespace={cluster.target.namespace}"
        try:
            found = cluster.kubectl.objects("get", *names, where, "--ignore-not-found")
        except CommandError as error:
            raise Unanswered((str(error).splitlines() or ["kubectl said nothing"])[-1]) from None
        told = {text(each, "kind"): each for each in found}
        replicas = at(told.get(self.autoscaler.target_kind, {}), "spec", "replicas")
        if not isinstance(replicas, int):
            raise Unanswered(f"the cluster has no {names[0]}")
        self.use.seen(second, _shares(told.get("HorizontalPodAutoscaler", {})))
        return replicas

    @property
    def queue(self) -> str:
        """The list that is counted."""
        lists = (each["metadata"]["listName"].text for each in self.autoscaler.triggers)
        return next(filter(None, lists), "")

    def queries(self) -> tuple[str, Mapping[str, str]]:
        """Return what Prometheus is asked for: the replicas, and what pods use of each resource."""
        namespace = self.autoscaler.id.namespace
        _, metric, label = self._kind
        replicas = f"max({metric}{{{_labels(namespace=namespace, **{label: self.autoscaler.target_name})}}})"
        of = {"namespace": namespace, "horizontalpodautoscaler": self.autoscaler.hpa_name}
        used = {
            each: "max(kube_horizontalpodautoscaler_status_target_metric"
            f"{{{_labels(**of, metric_name=each, metric_target_type='utilization')}}})"
            for each in _RESOURCES
        }
        return replicas, used

    @property
    def resources(self) -> set[str]:
        """What it scales on of its pods' use."""
        return {each["type"].text for each in self.autoscaler.triggers} & {*_RESOURCES}

    def about(self) -> dict[str, object]:
        """Return what a recording says beside its rows."""
        resource = self.autoscaler.resource
        marks = {key: value.text for key, value in resource.annotations.entries() if key.startswith(_MARK)}
        return {
            "environment": self.environment,
            "scaledobject": self.autoscaler.id.name,
            "workload": self.autoscaler.target_name,
            "kubernetes": self.versions.kubernetes,
            "keda": self.versions.keda,
            "annotations": marks,
            "spec": resource.spec.value,
            "usage_cpu_mem_pct": self.use.rows,
        }

    @property
    def _kind(self) -> tuple[str, str, str]:
        kind = self.autoscaler.target_kind
        if kind not in _KINDS:
            raise CommandError(
                f"{self.autoscaler.id}: spec.scaleTargetRef.kind is {kind}; allowed: {', '.join(_KINDS)}; "
                "the replicas of no other kind are recorded"
            )
        return _KINDS[kind]


def _shares(hpa: Mapping[str, object]) -> dict[str, float | None]:
    """Return what an HPA saw its pods use, in percent of their requests."""
    found: dict[str, float | None] = {}
    for each in items(mapping(hpa, "status"), "currentMetrics"):
        share = at(each, "resource", "current", "averageUtilization")
        if isinstance(share, int):
            found[text(each, "resource", "name")] = share
    return found


def _labels(**values: str) -> str:
    return ",".join(f"{name}={json.dumps(value)}" for name, value in values.items())


def add_past(rows: Rows, scaled: Scaled, past: Callable[[str], Rows]) -> None:
    """Add to a list's past what Prometheus knows of its workload: `past` answers a query. Raises CommandError."""
    replicas, used = scaled.queries()
    rows.replicas = past(replicas).figures
    shares = {name: past(query).figures for name, query in used.items() if name in scaled.resources}
    for index in range(len(rows.figures)):
        scaled.use.seen(index * rows.step, {name: told[index] for name, told in shares.items()})
