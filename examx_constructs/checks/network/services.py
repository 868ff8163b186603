"""A rule on Services that no API server takes."""

from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.resources import Manifests, Resource

_REFUSED = "the API server refuses it"
_OUTSIDE = ("NodePort", "LoadBalancer")


@rule("Kubernetes v1.34 pkg/apis/core/validation/validation.go, ValidateService")
def service_is_possible(manifests: Manifests) -> Iterator[Finding]:
    """A Service has ports, which differ and have names where there are several, and what its type needs."""
    for service in manifests.kind("Service"):
        if service.complete and service.spec.present:
            yield from _ports(service)
            yield from _type(service)


def _type(service: Resource) -> Iterator[Finding]:
    kind = service.spec["type"].text or "ClusterIP"
    if kind == "ExternalName":
        if not service.spec["externalName"].present:
            yield finding(service.spec["externalName"], "a host name", f"an ExternalName leads to one: {_REFUSED}")
        return
    if not list(service.spec["ports"]) and service.spec["clusterIP"].text != "None":
        yield finding(service.spec["ports"], "one port or more", f"only a headless Service has none: {_REFUSED}")
    if kind == "ClusterIP":
        for port in service.spec["ports"]:
            if port["nodePort"].number:
                yield finding(port["nodePort"], "nothing, or the type NodePort or LoadBalancer", _REFUSED)
    policy = service.spec["externalTrafficPolicy"]
    if policy.text and kind not in _OUTSIDE and not list(service.spec["externalIPs"]):
        yield finding(policy, "nothing, or the type NodePort or LoadBalancer", _REFUSED)


def _ports(service: Resource) -> Iterator[Finding]:
    ports = list(service.spec["ports"])
    names: set[str] = set()
    seen: set[tuple[int | None, str]] = set()
    for port in ports:
        name, number = port["name"], port["port"]
        if len(ports) > 1 and not name.present:
            yield finding(name, "a name of its own", f"several ports are told apart by name: {_REFUSED}")
        elif name.text in names:
            yield finding(name, "a name that no other port of the Service has", _REFUSED)
        names |= {name.text} - {""}
        key = (number.number, port["protocol"].text or "TCP")
        if number.present and key in seen:
            yield finding(number, "a port that the Service has once for each protocol", _REFUSED)
        seen.add(key)
