"""Rules on ports: of containers, and of the Services that send to them."""

from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.house import weight_of_advice
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.manifests.selection import served

_HEADLESS = "None"


class _Port(NamedTuple):
    """A port that a container declares."""

    container: Node
    node: Node

    @property
    def protocol(self) -> str:
        return self.node["protocol"].text or "TCP"

    @property
    def number(self) -> int | None:
        return self.node["containerPort"].number


def _ports(pod: Pod) -> list[_Port]:
    return [_Port(container, port) for container in pod.containers for port in container["ports"]]


@rule("Kubernetes documentation, Service, Port definitions; Kubernetes v1.34 pkg/apis/core/validation")
def service_target_port_exists(manifests: Manifests) -> Iterator[Finding]:
    """A Service's targetPort is a port of the pods that it selects, by its name or by a number without quotes.

    A number works undeclared. Where the pods declare ports, and this one is not among them, it is a warning, and an
    error in this project's namespaces.
    """
    for service in manifests.kind("Service"):
        pods = served(manifests, service)
        whole = service.complete and all(manifests.resource_of(pod.template).complete for pod in pods)
        declared = [port for pod in pods for port in _ports(pod)]
        for port in service.spec["ports"] if pods and whole else ():
            yield from _target(manifests, service, port, declared)


def _target(manifests: Manifests, service: Resource, port: Node, declared: list[_Port]) -> Iterator[Finding]:
    target, protocol = port["targetPort"], port["protocol"].text or "TCP"
    if target.text.isdecimal():
        yield finding(
            target, f"the number without quotes: {target.text}", "in quotes it is a name, and the API server refuses it"
        )
    elif target.text and not is_placeholder(target.text):
        found = [each for each in declared if each.node["name"].text == target.text]
        if not found:
            yield finding(target, f"a port name of the selected pods: {_names(declared)}", "the name leads to no port")
        elif all(each.protocol != protocol for each in found):
            yield finding(
                target,
                f"a {protocol} port; {found[0].node.object_id.qualified} has it for {found[0].protocol}",
                "the name leads to no port of this protocol",
            )
    elif service.spec["clusterIP"].text != _HEADLESS:
        yield from _undeclared(manifests, port, declared, protocol)


def _undeclared(manifests: Manifests, port: Node, declared: list[_Port], protocol: str) -> Iterator[Finding]:
    """Yield a number that no container declares, beside others that they do: more often a slip than a port left out."""
    target = port["targetPort"] if port["targetPort"].present else port["port"]
    of_protocol = {each.number for each in declared if each.protocol == protocol and each.number is not None}
    if target.number is not None and of_protocol and target.number not in of_protocol:
        yield finding(
            target,
            f"a port that the selected pods declare: {', '.join(map(str, sorted(of_protocol)))}",
            "no container declares it, so connections may be refused",
            severity=weight_of_advice(manifests, target),
        )


def _names(declared: list[_Port]) -> str:
    return ", ".join(sorted({each.node["name"].text for each in declared} - {""})) or "none"


@rule("Kubernetes API core/v1; Kubernetes v1.34 pkg/api/pod/warnings.go")
def container_ports_are_unique(manifests: Manifests) -> Iterator[Finding]:
    """The containers of a pod listen on different ports: they share one network.

    A name may be used once in a container. In two containers it is a warning where a Service goes by it: it leads to
    the first of them alone. So is one port that a container declares twice: an apply keeps one of the two.
    """
    for pod in manifests.pods:
        ports = _ports(pod)
        yield from _listened_twice(ports)
        yield from _declared_twice(ports)
    for service in manifests.kind("Service"):
        named = [port["targetPort"] for port in service.spec["ports"] if port["targetPort"].text]
        for pod in served(manifests, service) if named else ():
            for target in named:
                yield from _named_twice(target, pod)


def _listened_twice(ports: list[_Port]) -> Iterator[Finding]:
    first: dict[tuple[int, str], _Port] = {}
    for port in ports:
        if port.number is None:
            continue
        other = first.setdefault((port.number, port.protocol), port)
        if other.container is not port.container:
            yield finding(
                port.node["containerPort"],
                "a port that no other container of the pod listens on",
                f"{other.node['containerPort'].path} has it already",
            )


def _declared_twice(ports: list[_Port]) -> Iterator[Finding]:
    names: dict[tuple[str, str], Node] = {}
    numbers: dict[tuple[object, ...], Node] = {}
    for container, node in ports:
        name, number = node["name"], node["containerPort"]
        if name.text and names.setdefault((container.path, name.text), name) is not name:
            first = names[container.path, name.text].path
            yield finding(name, "a port name that is used once in the container", f"{first} has it already")
        of_host = (node["hostIP"].text, node["hostPort"].number)
        key = (container.path, number.number, node["protocol"].text or "TCP", *of_host)
        if number.present and numbers.setdefault(key, number) is not number:
            yield finding(
                number,
                "a port that the container declares once",
                f"{numbers[key].path} has it already, and an apply keeps one of the two",
                severity=Severity.WARNING,
            )


def _named_twice(target: Node, pod: Pod) -> Iterator[Finding]:
    """Yield a name of two containers that a Service goes by: the endpoints are of the first one (FindPort)."""
    found = [each for each in _ports(pod) if each.node["name"].text == target.text]
    others = [each for each in found[1:] if each.number != found[0].number and each.protocol == found[0].protocol]
    for other in others[:1]:
        yield finding(
            other.node["name"],
            f"a port name that is used once in the pod; {target.object_id.qualified} goes by it",
            f"{found[0].node['name'].path} has it already, and connections go there alone",
            severity=Severity.WARNING,
        )
