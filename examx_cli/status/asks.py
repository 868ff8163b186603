"""What each metric of an HPA asks for: the HPA's own figures, by the arithmetic of its controller.

An HPA tells the figures of its last look (`status.currentMetrics`), and not what came of each. The rest is computed as
Kubernetes 1.34.4 does it (pkg/controller/podautoscaler/replica_calculator.go), by examx_constructs.scaling, which the
simulator has too. Two things are not told by an HPA, and taken as usual. The pods that are not ready say nothing of
CPU, and no pod lacks metrics.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from examx_cli.status.values import Ask
from examx_constructs.manifests import Node, Object, Versions, at
from examx_constructs.manifests.scaling import autoscaler_of
from examx_constructs.scaling import HpaPolicy, ScalingError, proposals
from examx_constructs.scaling.behavior import behavior_of
from examx_constructs.scaling.fields import thousandths, whole
from examx_constructs.scaling.hpa import tolerances
from examx_constructs.scaling.policy import ExternalMetric, ResourceMetric
from examx_constructs.scaling.proposals import Counts, Measured
from examx_constructs.settings import Quantity, SettingError

_TOLERANCE = 0.1
"""Of kube-controller-manager (`--horizontal-pod-autoscaler-tolerance`), which EKS leaves as it is."""
_WHY = "it is what a metric is divided by"
_HUNDRED = 100
_MOST_REPLICAS = 1 << 31


@dataclass(frozen=True, slots=True)
class Scaled:
    """An HPA with the replicas of its workload.

    `named`: what is counted by a metric from outside, by the metric's name. `totals`: how much of it there is now,
    where that was asked for.
    """

    hpa: Object
    counts: Counts
    named: Mapping[str, str]
    totals: Mapping[str, Fraction]
    versions: Versions

    def asks(self) -> Iterator[Ask]:
        """Yield what each metric asks for, in the order of the HPA's specification."""
        spec = autoscaler_of(self.hpa).resource.spec
        status = autoscaler_of(self.hpa).resource.root["status"]
        current = {_key(each): each for each in status["currentMetrics"]}
        for metric in spec["metrics"]:
            try:
                yield self._ask(metric, current.get(_key(metric)))
            except (ScalingError, SettingError):
                # An API server of another version may have what is not modelled; the figure is left out, not the line.
                yield Ask(_key(metric)[1] or "a metric", "?", "?", None)

    def _ask(self, metric: Node, current: Node | None) -> Ask:
        kind, name = _key(metric)
        if kind == "External":
            return self._external(metric["external"], name, current)
        if kind in ("Resource", "ContainerResource"):
            part = "resource" if kind == "Resource" else "containerResource"
            return self._resource(metric[part]["target"], name, current[part]["current"] if current else None)
        return Ask(name or kind, "?", "?", None)

    def _external(self, source: Node, name: str, current: Node | None) -> Ask:
        target, what = source["target"], self.named.get(name, name)
        per_pod = target["averageValue"].present
        asked = ExternalMetric(thousandths(target["averageValue" if per_pod else "value"], _WHY), per_pod=per_pod)
        each = " a pod" if per_pod else ""
        wanted = f"{_plain(Fraction(asked.target, 1000))}{each}"
        total = self.totals.get(name)
        if total is None and current is not None:
            total = told(self.hpa, name)
        if total is None:
            return Ask(what, "cannot be had", wanted, None)
        hold = tolerances(self._policy(), _TOLERANCE, self.versions)
        replicas = proposals.external(asked, int(total * 1000), self.counts, hold)
        return Ask(what, _plain(total), wanted, replicas)

    def _resource(self, target: Node, name: str, current: Node | None) -> Ask:
        utilization = target["averageUtilization"].present
        if utilization:
            asked = ResourceMetric(name, whole(target["averageUtilization"], None, _WHY, low=1))
            wanted = f"{asked.target} %"
            found = current["averageUtilization"].number if current else None
            used, request, shown = found, _HUNDRED, f"{found} %"
        else:
            asked = ResourceMetric(name, thousandths(target["averageValue"], _WHY), utilization=False)
            wanted = target["averageValue"].text
            found = amount(current["averageValue"]) if current else None
            used = None if found is None else int(found * 1000)
            request, shown = None, current["averageValue"].text if current else ""
        if used is None:
            return Ask(name, "cannot be had", wanted, None)
        # Only CPU of a pod that is not ready says nothing: of memory every pod counts (`groupPods`).
        ready = self.counts.ready if name == "cpu" else self.counts.made
        pods = Measured(ready=ready, used=used * ready, unready=self.counts.made - ready, request=request)
        hold = tolerances(self._policy(), _TOLERANCE, self.versions)
        return Ask(name, shown, wanted, proposals.resource(asked, pods, self.counts.told, hold))

    def _policy(self) -> HpaPolicy:
        """Return as much of the policy as a tolerance depends on."""
        scaler = autoscaler_of(self.hpa)
        return HpaPolicy(scaler.minimum, scaler.maximum or _MOST_REPLICAS, (), behavior_of(scaler.behavior))


def told(hpa: Object, name: str) -> Fraction | None:
    """Return how much there is of a metric from outside, by the HPA's own look.

    Its average is rounded up to a thousandth.
    """
    scaler = autoscaler_of(hpa)
    status = scaler.resource.root["status"]
    for each in status["currentMetrics"]:
        if _key(each) == ("External", name):
            current = each["external"]["current"]
            average, replicas = amount(current["averageValue"]), at(hpa, "status", "currentReplicas")
            if average is not None and isinstance(replicas, int):
                return Fraction(round(average * replicas))
            return amount(current["value"])
    return None


def amount(node: Node) -> Fraction | None:
    """Return a quantity of an answer; None where there is none."""
    written = str(node.number) if node.number is not None else node.text
    try:
        return Quantity(written).amount if written else None
    except SettingError:
        return None


def _key(metric: Node) -> tuple[str, str]:
    """Return by what a metric of the specification is found in the status: its type and its name.

    Of a metric that failed the status has an empty entry (Kubernetes 1.34, `computeReplicasForMetrics`).
    """
    kind = metric["type"].text
    match kind:
        case "External":
            return kind, metric["external"]["metric"]["name"].text
        case "Resource":
            return kind, metric["resource"]["name"].text
        case "ContainerResource":
            return kind, metric["containerResource"]["name"].text
        case _:
            return kind, ""


def _plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):g}"
