"""Rules on scaling by a share of what containers request."""

from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.keda.values import is_open
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.quantities import quantity
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.manifests.scaling import RESOURCE_TRIGGERS, Autoscaler, autoscalers, target_pod

_POD_LEVEL_SINCE = "1.34"
_INJECTED = frozenset(
    {
        "istio-proxy",
        "linkerd-proxy",
        "envoy",
        "envoy-sidecar",
        "consul-dataplane",
        "daprd",
        "vault-agent",
        "kuma-sidecar",
    }
    | {"otc-container", "aws-otel-collector", "cloudwatch-agent", "datadog-agent", "cloud-sql-proxy", "k8tz"}
)
"""Containers that admission webhooks add to pods: no manifest shows them."""


class _Metric(NamedTuple):
    """A metric that is measured against requests: its resource, and its container ("" for all)."""

    resource: str
    container: str
    place: Node
    """Where the container is named."""


def _metrics(autoscaler: Autoscaler) -> Iterator[_Metric]:
    spec = autoscaler.resource.spec
    for trigger in autoscaler.triggers:
        if trigger["type"].text in RESOURCE_TRIGGERS:
            container = trigger.at("metadata", "containerName")
            yield _Metric(trigger["type"].text, container.text.strip(), container)
    if spec["targetCPUUtilizationPercentage"].present or _takes_default(autoscaler):
        yield _Metric("cpu", "", spec)
    for metric in spec["metrics"]:
        for source in (metric["resource"], metric["containerResource"]):
            share = source.at("target", "averageUtilization").present or source["targetAverageUtilization"].present
            if share and source["name"].text:
                yield _Metric(source["name"].text, source["container"].text.strip(), source["container"])


def resources_measured(autoscaler: Autoscaler) -> list[str]:
    """Return the resources of whose requests an autoscaler takes a share, over whole pods."""
    return [metric.resource for metric in _metrics(autoscaler) if not metric.container]


def lacks_request(pod: Pod, resource: str) -> bool:
    """Return whether a container of a pod has neither a request nor a limit, and so leaves the share undefined."""
    return any(_lacks(container, _Metric(resource, "", pod.spec)) for container in pod.containers)


def _takes_default(autoscaler: Autoscaler) -> bool:
    """Return whether an HPA names no metric: autoscaling/v2 then makes it 80 % of the cpu request."""
    version = autoscaler.resource.root["apiVersion"].text
    return version.startswith("autoscaling/v2") and not list(autoscaler.resource.spec["metrics"])


@rule(
    "Kubernetes v1.34 and v1.37, calculateRequests in pkg/controller/podautoscaler and defaultPodRequests in"
    " pkg/apis/core/v1; KEDA 2.17 to 2.21 admission webhook, verifyCPUMemoryScalers"
)
def utilization_needs_requests(manifests: Manifests) -> Iterator[Finding]:
    """Scaling on a share of the request needs that request on every container of the target.

    One container without it leaves the utilization undefined, and the autoscaler does nothing. ContainerResource
    metrics and KEDA's containerName look at their container alone. A limit takes the place of a request that is left
    out, and so does a LimitRange's default. From Kubernetes 1.34 on the pod's own request is the one that counts, and
    its limit fills it in. KEDA's webhook looks at containers all the same, up to 2.20.
    """
    for each in autoscalers(manifests):
        pod = target_pod(manifests, each)
        for metric in _metrics(each) if pod else ():
            if pod and not _has_default(manifests, each.scope, metric.resource):
                yield from _without_request(manifests, pod, metric, each)


def _without_request(manifests: Manifests, pod: Pod, metric: _Metric, autoscaler: Autoscaler) -> Iterator[Finding]:
    """Yield the containers that lack a request that the HPA or KEDA's webhook asks of them."""
    refused = [each for each in pod.spec["containers"] if _is_refused(pod, each, metric, autoscaler)]
    as_pod = _measured_as_pod(manifests, pod, metric)
    unmeasured = [each for each in pod.containers if not as_pod and _lacks(each, metric)]
    for container in pod.containers:
        if container in refused or container in unmeasured:
            by_webhook = container not in unmeasured
            yield finding(
                container["resources"].at("requests", metric.resource),
                f"a {metric.resource} request on container {container['name'].text}",
                f"{autoscaler.id.qualified} scales on a share of it, and "
                + (
                    f"KEDA {autoscaler.resource.versions.keda} refuses it: its webhook looks at containers alone"
                    if by_webhook
                    else "without one the share is undefined and nothing scales"
                ),
            )


def _lacks(container: Node, metric: _Metric) -> bool:
    """Return whether the metric is about a container that has neither request nor limit."""
    resources = container["resources"]
    has_any = resources["requests"].has(metric.resource) or resources["limits"].has(metric.resource)
    return metric.container in ("", container["name"].text) and not has_any


def _measured_as_pod(manifests: Manifests, pod: Pod, metric: _Metric) -> bool:
    """Return whether the HPA measures against the pod's own request, and finds one."""
    requests, limits = pod.spec.at("resources", "requests"), pod.spec.at("resources", "limits")
    if metric.container or not manifests.versions_of(pod.template).kubernetes_has(_POD_LEVEL_SINCE):
        return False
    if not list(requests.entries()) and not list(limits.entries()):
        return False
    of_containers = (each["resources"][part] for each in pod.containers for part in ("requests", "limits"))
    return any(each.has(metric.resource) for each in (requests, limits, *of_containers))


def _is_refused(pod: Pod, container: Node, metric: _Metric, autoscaler: Autoscaler) -> bool:
    """Return whether KEDA's webhook refuses a ScaledObject because of this container."""
    if not autoscaler.is_keda or metric.container not in ("", container["name"].text):
        return False
    if autoscaler.target_kind not in ("Deployment", "StatefulSet"):
        return False
    as_pod = (
        autoscaler.resource.versions.keda_has("2.21")
        and not metric.container
        and _is_set(pod.spec["resources"], metric)
    )
    return not as_pod and not _is_set(container["resources"], metric)


def _is_set(resources: Node, metric: _Metric) -> bool:
    amounts = (quantity(resources.at(part, metric.resource)) for part in ("requests", "limits"))
    return any(amount is not None and amount > 0 for amount in amounts)


def _has_default(manifests: Manifests, scope: Scope, resource: str) -> bool:
    return any(
        limit["default"].has(resource) or limit["defaultRequest"].has(resource)
        for each in manifests.in_scope("LimitRange", scope)
        for limit in each.spec["limits"]
        if limit["type"].text in ("Container", "")
    )


@rule("Kubernetes v1.34 and v1.37, calculatePodRequestsFromContainers in pkg/controller/podautoscaler")
def measured_container_exists(manifests: Manifests) -> Iterator[Finding]:
    """The container of a ContainerResource metric, and KEDA's containerName, is one of the target's.

    No webhook looks, and the HPA then fails on every look. A sidecar that a mesh adds is not in the manifest.
    """
    for each in autoscalers(manifests):
        pod = target_pod(manifests, each)
        names = [container["name"].text for container in pod.containers] if pod else []
        for metric in _all_metrics(each) if names else ():
            absent = metric.container and metric.container not in {*names, *_INJECTED}
            if absent and not is_open(metric.container):
                yield finding(
                    metric.place,
                    f"a container of {each.target_kind} {each.target_name}: {', '.join(names)}",
                    "the HPA finds no usage of it, and nothing scales",
                )


def _all_metrics(autoscaler: Autoscaler) -> Iterator[_Metric]:
    """Yield the metrics of single containers, those that are no share included."""
    yield from (metric for metric in _metrics(autoscaler) if autoscaler.is_keda)
    for metric in autoscaler.resource.spec["metrics"]:
        source = metric["containerResource"]
        yield _Metric(source["name"].text, source["container"].text.strip(), source["container"])
