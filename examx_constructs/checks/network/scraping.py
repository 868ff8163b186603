"""Whose metrics are asked for, and at which ports: by annotations, and by the objects of the Prometheus operator."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs.checks.network.paths import Door
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.manifests.selection import selected, served
from examx_constructs.manifests.selectors import matches

_SCRAPE, _PORT = "prometheus.io/scrape", "prometheus.io/port"


class Scraped(NamedTuple):
    """Pods that are asked for their metrics, the ports, and what says so."""

    pod: Pod
    doors: tuple[Door, ...]
    by: str


def scraped(manifests: Manifests) -> Iterator[Scraped]:
    """Yield all pods that are to be scraped at a port that is known."""
    for pod in manifests.pods:
        yield from _annotated(pod, pod.template.at("metadata", "annotations"), f"{_SCRAPE} of its pods")
    for service in manifests.kind("Service"):
        if service.annotations[_SCRAPE].text == "true":
            for pod in served(manifests, service):
                yield from _annotated(pod, service.annotations, f"{_SCRAPE} of {service.id.qualified}")
    yield from _by_pod_monitors(manifests)
    yield from _by_service_monitors(manifests)


def doors_of(pod: Pod) -> list[Door]:
    """Return the ports that the containers of a pod declare."""
    return [door_of(port) for container in pod.containers for port in container["ports"]]


def door_of(port: Node) -> Door:
    """Return a port that a container declares."""
    return Door(port["containerPort"].number, port["name"].text)


def _annotated(pod: Pod, annotations: Node, by: str) -> Iterator[Scraped]:
    if annotations[_SCRAPE].text != "true":
        return
    port, declared = annotations[_PORT].text, doors_of(pod)
    given = [each for each in declared if port in (str(each.number), each.name)] if port else declared
    if re.fullmatch(r"[0-9]{1,5}", port) and not given:
        given = [Door(int(port), "")]
    if given:
        yield Scraped(pod, tuple(given), by)


def _by_pod_monitors(manifests: Manifests) -> Iterator[Scraped]:
    for monitor in manifests.kind("PodMonitor"):
        for scope in _scopes(manifests, monitor):
            for pod in selected(manifests, scope, monitor.spec["selector"]):
                ends = list(monitor.spec["podMetricsEndpoints"])
                wanted = {end[key].value for end in ends for key in ("port", "portNumber", "targetPort")} - {None}
                doors = [door for door in doors_of(pod) if wanted & {door.name, door.number}]
                if doors:
                    yield Scraped(pod, tuple(doors), monitor.id.qualified)


def _by_service_monitors(manifests: Manifests) -> Iterator[Scraped]:
    for monitor in manifests.kind("ServiceMonitor"):
        wanted = {end[key].value for end in monitor.spec["endpoints"] for key in ("port", "targetPort")} - {None}
        for scope in _scopes(manifests, monitor):
            for service in manifests.in_scope("Service", scope):
                if matches(monitor.spec["selector"], service.metadata["labels"].labels):
                    yield from _of_service(manifests, monitor, service, wanted)


def _of_service(manifests: Manifests, monitor: Resource, service: Resource, wanted: set[object]) -> Iterator[Scraped]:
    ports = [port for port in service.spec["ports"] if port["name"].value in wanted]
    behind = {port["targetPort"].value if port["targetPort"].present else port["port"].value for port in ports}
    for pod in served(manifests, service):
        doors = [door for door in doors_of(pod) if (behind | wanted) & {door.name, door.number}]
        if doors:
            yield Scraped(pod, tuple(doors), monitor.id.qualified)


def _scopes(manifests: Manifests, monitor: Resource) -> Iterator[Scope]:
    """Yield the namespaces in which a monitor looks: its own, those that it names, or all of the set."""
    chosen = monitor.spec["namespaceSelector"]
    if chosen["any"].value is True:
        yield from dict.fromkeys(each.scope for each in manifests.kind("Service", "Deployment", "StatefulSet"))
    elif names := chosen["matchNames"].texts:
        yield from (monitor.scope._replace(namespace=name) for name in names)
    else:
        yield monitor.scope
