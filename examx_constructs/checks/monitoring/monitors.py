"""Rules on whom ServiceMonitors and PodMonitors have scraped.

A monitor that finds nobody is no error to the operator or to Prometheus: there is just no figure, and no alert on one.
"""

from collections.abc import Iterator

from examx_constructs.checks.absence import is_near, weight_of_absence
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.manifests.selection import selected
from examx_constructs.manifests.selectors import matches, written

_SOURCE = "Prometheus operator v0.93.0, Documentation/api-reference/api.md"


@rule(f"{_SOURCE}, ServiceMonitorSpec")
def service_monitor_selects_services(manifests: Manifests) -> Iterator[Finding]:
    """A ServiceMonitor's selector matches Services by their labels; otherwise nothing is scraped, and nobody is told.

    By the labels of the Service itself, not by those of its pods. Only where the set shows Services in a namespace that
    it looks in. It is a warning where the Service may be in manifests that are not given.
    """
    for monitor in _whole(manifests, "ServiceMonitor"):
        known = _services(manifests, monitor)
        wanted = monitor.spec["selector"]
        if known and not any(matches(wanted, each.metadata["labels"].labels) for each in known):
            labels = [each.metadata["labels"].labels for each in known]
            yield _nobody(manifests, monitor, labels, "labels of a Service", "no Service has them")


@rule(f"{_SOURCE}, Endpoint")
def service_monitor_port_exists(manifests: Manifests) -> Iterator[Finding]:
    """The port of a ServiceMonitor is the name of a port of a Service that it selects.

    A port of a Service that has no name, and the number of one, are not found by `port`.
    """
    for monitor in _whole(manifests, "ServiceMonitor"):
        wanted = monitor.spec["selector"]
        chosen = [each for each in _services(manifests, monitor) if matches(wanted, each.metadata["labels"].labels)]
        names = dict.fromkeys(port["name"].text for each in chosen for port in each.spec["ports"])
        names.pop("", None)
        if chosen and all(each.complete for each in chosen):
            of = ", ".join(each.id.qualified for each in chosen)
            for end in monitor.spec["endpoints"]:
                yield from _port(end["port"], names, f"the name of a port of {of}", "so nothing is scraped there")


@rule(f"{_SOURCE}, PodMonitorSpec")
def pod_monitor_selects_pods(manifests: Manifests) -> Iterator[Finding]:
    """A PodMonitor's selector matches pods; otherwise nothing is scraped, and nobody is told.

    Only where the set shows the workloads of the namespace, and nothing that could make other pods. It is a warning
    where the pods may be in manifests that are not given.
    """
    for monitor in _whole(manifests, "PodMonitor"):
        known = _pods(manifests, monitor)
        if known and not _selected(manifests, monitor):
            labels = [dict(each.labels) for each in known]
            yield _nobody(manifests, monitor, labels, "labels of pods", "no pod has them")


@rule(f"{_SOURCE}, PodMetricsEndpoint")
def pod_monitor_port_exists(manifests: Manifests) -> Iterator[Finding]:
    """The port of a PodMonitor is the name of a port of a container that it selects."""
    for monitor in _whole(manifests, "PodMonitor"):
        chosen = _selected(manifests, monitor)
        if not chosen or not _pods(manifests, monitor):
            continue
        names = dict.fromkeys(
            port["name"].text for pod in chosen for container in pod.containers for port in container["ports"]
        )
        names.pop("", None)
        of = ", ".join(dict.fromkeys(each.workload.qualified for each in chosen))
        for end in monitor.spec["podMetricsEndpoints"]:
            yield from _port(end["port"], names, f"the name of a port of {of}", "so nothing is scraped there")


def _whole(manifests: Manifests, kind: str) -> Iterator[Resource]:
    """Yield the monitors whose selector is there to be read, and is no placeholder of a template."""
    for monitor in manifests.kind(kind):
        labels = monitor.spec["selector"]["matchLabels"].entries()
        if monitor.complete and not any(is_placeholder(f"{key}{value.text}") for key, value in labels):
            yield monitor


def _scopes(monitor: Resource) -> list[Scope]:
    """Return the namespaces in which a monitor looks; none where it looks in all, for no set shows every one."""
    chosen = monitor.spec["namespaceSelector"]
    if chosen["any"].value is True:
        return []
    if names := chosen["matchNames"].texts:
        return [monitor.scope._replace(namespace=name) for name in names]
    return [monitor.scope]


def _services(manifests: Manifests, monitor: Resource) -> list[Resource]:
    return [each for scope in _scopes(monitor) for each in manifests.in_scope("Service", scope)]


def _pods(manifests: Manifests, monitor: Resource) -> list[Pod]:
    """Return all pods among which a monitor chooses, where they are all there to be seen."""
    scopes = _scopes(monitor)
    if not all(manifests.shows_all_pods(scope) for scope in scopes):
        return []
    return [pod for scope in scopes for pod in manifests.pods_in(scope)]


def _selected(manifests: Manifests, monitor: Resource) -> list[Pod]:
    return [pod for scope in _scopes(monitor) for pod in selected(manifests, scope, monitor.spec["selector"])]


def _nobody(manifests: Manifests, monitor: Resource, known: list[dict[str, str]], allowed: str, why: str) -> Finding:
    wanted = monitor.spec["selector"]
    slipped = any(
        is_near(value.text, {labels.get(key, "") for labels in known})
        or is_near(key, {each for labels in known for each in labels})
        for key, value in wanted["matchLabels"].entries()
    )
    weights = [weight_of_absence(manifests, scope, slipped=slipped) for scope in _scopes(monitor)]
    severity = Severity.ERROR if Severity.ERROR in weights else Severity.WARNING
    return finding(wanted, allowed, f"{why}, so nothing is scraped", value=written(wanted), severity=severity)


def _port(port: Node, names: dict[str, None], allowed: str, why: str) -> Iterator[Finding]:
    if not port.present or is_placeholder(port.text):
        return
    if not isinstance(port.value, str):
        yield finding(port, f"{allowed}, as a text", "the API server refuses a number here")
    elif port.text not in names:
        known = f": {', '.join(names)}" if names else ""
        yield finding(port, f"{allowed}{known}", f"no port is called so, {why}")
