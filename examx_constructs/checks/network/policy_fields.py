"""Rules on single NetworkPolicies: what the API server refuses, and what nothing reads."""

import ipaddress
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.manifests.selection import selected, served

_REFUSED = "the API server refuses the policy"
_SIDES = (("ingress", "from", "Ingress"), ("egress", "to", "Egress"))
_PROTOCOLS = ("TCP", "UDP", "SCTP")
_LAST_PORT = 65535


@rule("Kubernetes v1.34, pkg/apis/networking/validation, ValidateNetworkPolicySpec")
def network_policy_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """A NetworkPolicy has types, peers and ports that the API server takes.

    A peer is addresses or pods, not both; addresses have a mask, and exceptions are of them; a range ends behind its
    beginning.
    """
    for policy in manifests.kind("NetworkPolicy"):
        for kind in policy.spec["policyTypes"]:
            if kind.text not in ("Ingress", "Egress"):
                yield finding(kind, "Ingress or Egress", _REFUSED)
        for direction, peers, _ in _SIDES:
            for each in policy.spec[direction]:
                for peer in each[peers]:
                    yield from _peer(peer)
                for port in each["ports"]:
                    yield from _port(port)


def _peer(peer: Node) -> Iterator[Finding]:
    block, selects = peer["ipBlock"], peer["podSelector"].present or peer["namespaceSelector"].present
    if block.present == selects:
        yield finding(peer, "either an ipBlock, or a podSelector or namespaceSelector", _REFUSED)
    if not block.present or is_placeholder(block["cidr"].text):
        return
    whole = _network(block["cidr"])
    if whole is None:
        yield finding(block["cidr"], "a network with its mask, such as 10.0.0.0/8", _REFUSED)
    for each in block["except"]:
        if is_placeholder(each.text):
            continue
        part = _network(each)
        if part is None:
            yield finding(each, "a network with its mask, such as 10.0.0.0/8", _REFUSED)
        elif whole is not None and not _is_inside(part, whole):
            yield finding(each, f"a smaller network inside of {whole}", _REFUSED)


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(node: Node) -> _Network | None:
    if "/" not in node.text:
        return None
    try:
        return ipaddress.ip_network(node.text, strict=False)
    except ValueError:
        return None


def _is_inside(part: _Network, whole: _Network) -> bool:
    return part.version == whole.version and part.prefixlen > whole.prefixlen and part.network_address in whole


def _port(port: Node) -> Iterator[Finding]:
    number, last, protocol = port["port"], port["endPort"], port["protocol"]
    if protocol.text and protocol.text not in _PROTOCOLS and not is_placeholder(protocol.text):
        yield finding(protocol, ", ".join(_PROTOCOLS), _REFUSED)
    if number.number is not None and not 1 <= number.number <= _LAST_PORT:
        yield finding(number, f"a port from 1 to {_LAST_PORT}", _REFUSED)
    if last.present and number.number is None:
        yield finding(last, "this with a port number to begin at", _REFUSED)
    elif last.number is not None and number.number is not None and not number.number <= last.number <= _LAST_PORT:
        yield finding(last, f"a port from {number.number} to {_LAST_PORT}", _REFUSED)


@rule("Kubernetes API networking.k8s.io/v1 NetworkPolicySpec, policyTypes")
def network_policy_rules_are_of_its_types(manifests: Manifests) -> Iterator[Finding]:
    """Rules of a NetworkPolicy are of a direction that its `policyTypes` name: others are not read, silently.

    Egress rules under the type Ingress alone neither restrict nor allow.
    """
    for policy in manifests.kind("NetworkPolicy"):
        types = policy.spec["policyTypes"].texts
        for direction, _, kind in _SIDES:
            if types and kind not in types and list(policy.spec[direction]):
                yield finding(
                    policy.spec["policyTypes"],
                    f"{kind} among them, for the rules in spec.{direction}",
                    f"nothing reads the rules in spec.{direction}",
                    value=", ".join(types),
                )


@rule("Kubernetes documentation, Network Policies, Targeting a range of ports; Service, targetPort")
def network_policy_port_is_of_pods(manifests: Manifests) -> Iterator[Finding]:
    """A port of an ingress rule is one of the pods, not of their Service: policies see a request behind the Service.

    A name is that of a container's port. A number is told to be wrong only where a Service has it for another port of
    the pods, and no container declares it.
    """
    services = _services(manifests)
    for policy in manifests.kind("NetworkPolicy"):
        rules = list(policy.spec["ingress"])
        pods = selected(manifests, policy.scope, policy.spec["podSelector"]) if rules else []
        if not pods or not policy.complete:
            continue
        names, numbers = _declared(pods)
        translated = _translated(services, pods) if names or numbers else {}
        for port in (port for each in rules for port in each["ports"]):
            given = port["port"]
            behind = translated.get(given.number) if given.number not in numbers else None
            if given.text and not is_placeholder(given.text) and given.text not in names:
                known = ", ".join(sorted(names)) or "none"
                yield finding(given, f"a port name of the selected pods: {known}", "the name leads to no port")
            elif behind and not port["endPort"].present:
                why = f"{behind.service} sends to port {behind.port} of the pods, and policies see that"
                yield finding(given, f"the port of the pods: {behind.port}", why)


class _Behind(NamedTuple):
    """The port of the pods behind that of a Service."""

    service: str
    port: object


def _declared(pods: list[Pod]) -> tuple[set[str], set[int]]:
    ports = [port for pod in pods for container in pod.all_containers for port in container["ports"]]
    numbers = {port["containerPort"].number for port in ports}
    return {port["name"].text for port in ports} - {""}, {each for each in numbers if each is not None}


def _services(manifests: Manifests) -> dict[Pod, list[Resource]]:
    """Return the Services of each pod."""
    found: defaultdict[Pod, list[Resource]] = defaultdict(list)
    for service in manifests.kind("Service"):
        for pod in served(manifests, service):
            found[pod].append(service)
    return found


def _translated(services: dict[Pod, list[Resource]], pods: list[Pod]) -> dict[int | None, _Behind]:
    """Return the ports of these pods' Services that lead to another port, and that no pod has for its own."""
    own: set[object] = set()
    found: dict[int | None, _Behind] = {}
    for service in (service for pod in pods for service in services.get(pod, ())):
        for port in service.spec["ports"]:
            behind = port["targetPort"].value if port["targetPort"].present else port["port"].value
            own.add(behind)
            if behind != port["port"].value:
                found[port["port"].number] = _Behind(service.id.qualified, behind)
    return {number: behind for number, behind in found.items() if number is not None and number not in own}
