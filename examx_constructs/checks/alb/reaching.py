"""Rules on how a load balancer reaches what an Ingress sends to."""

from collections.abc import Iterator

from examx_constructs.checks.alb.actions import actions, used_actions
from examx_constructs.checks.alb.annotations import API, CONTROLLER, REFUSED, REFUSED_BY_AWS, said
from examx_constructs.checks.alb.classes import members
from examx_constructs.checks.alb.groups import Group, groups
from examx_constructs.checks.alb.listeners import listeners
from examx_constructs.checks.alb.targets import Target, targets
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource

_SOURCE = f"{CONTROLLER}, pkg/ingress/model_build_target_group.go"
_DUALSTACK = ("dualstack", "dualstack-without-public-ipv4")


@rule(_SOURCE)
def alb_service_has_node_port(manifests: Manifests) -> Iterator[Finding]:
    """Targets of type `instance` are node ports, so their Service is of type NodePort or LoadBalancer.

    `instance` is what the controller takes without an annotation `target-type`, except in EKS Auto Mode.
    """
    for member in members(manifests):
        reported: set[int] = set()
        for target in targets(manifests, member):
            service = target.service
            if service is None or target.type != "instance" or id(service) in reported or _has_node_ports(service):
                continue
            reported.add(id(service))
            given = target.said("target-type")
            of_class = member.param("targetType")
            place = of_class if of_class.present else given if given.present else target.name
            if is_placeholder(given.text):
                continue
            kind = service.spec["type"].text or "ClusterIP"
            why = f"{service.id.qualified} is of type {kind} without node ports, and {REFUSED}"
            value = (
                "instance"
                if place is not target.name
                else f"{target.name.text}, with the target type instance by default"
            )
            yield finding(place, "ip, or a Service of type NodePort or LoadBalancer", why, value=value)


def _has_node_ports(service: Resource) -> bool:
    kind = service.spec["type"].text
    if any(port["nodePort"].number for port in service.spec["ports"]):
        return True
    return kind == "NodePort" or (
        kind == "LoadBalancer" and service.spec["allocateLoadBalancerNodePorts"].value is not False
    )


@rule(_SOURCE)
def alb_service_has_targets(manifests: Manifests) -> Iterator[Finding]:
    """A backend is a Service that has pods: a resource, or a name elsewhere, gives the load balancer no target."""
    for member in members(manifests):
        for backend in member.backends:
            # An old API has the name in serviceName.
            if not backend["service"].present and backend.present and not backend["serviceName"].present:
                yield finding(backend, "a Service", REFUSED)
        for target in targets(manifests, member):
            if target.service and target.service.spec["type"].text == "ExternalName":
                why = f"{target.service.id.qualified} is an ExternalName without endpoints, so the answer is 503"
                yield finding(target.name, "a Service that selects pods", why)


@rule(f"{CONTROLLER}, pkg/ingress/enhanced_backend_builder.go")
def alb_action_has_its_services(manifests: Manifests) -> Iterator[Finding]:
    """An action forwards to Services of the namespace, on ports that they have.

    A missing Service among several is refused; one alone is answered with 503. One that the manifests do not show may
    be elsewhere, and is a warning.
    """
    for member in members(manifests):
        in_paths = {id(backend["service"]["name"]) for backend in member.backends}
        for target in targets(manifests, member):
            if id(target.name) in in_paths:
                continue
            if target.service is None:
                if manifests.in_scope("Service", member.ingress.scope) and member.ingress.complete:
                    allowed, why = "a Service of the namespace", "nothing in these manifests has that name"
                    yield finding(target.name, allowed, why, severity=Severity.WARNING)
            elif not _has_port(target.service, target.port):
                known = ", ".join(str(each["port"].value) for each in target.service.spec["ports"])
                yield finding(target.port, f"a port of {target.service.id.qualified}: {known}", REFUSED)


def _has_port(service: Resource, port: Node) -> bool:
    ports = list(service.spec["ports"])
    wanted = str(port.value)
    return not ports or any(wanted in (str(each["port"].value), each["name"].text) for each in ports)


@rule(f"{API}, CreateRule")
def alb_grpc_has_https_alone(manifests: Manifests) -> Iterator[Finding]:
    """A target group that speaks gRPC is behind HTTPS listeners alone: AWS takes it on no HTTP listener.

    An HTTP listener that only redirects, by `ssl-redirect` or by an action of its own, sends nothing on.
    """
    for group in groups(manifests):
        for member in group.members if not group.redirects else ():
            used = used_actions(member)
            if any(name in used and found.content["type"].text == "redirect" for name, _, found in actions(member)):
                continue
            http = [port for port, protocol in (listeners(member) or {}).items() if protocol == "HTTP"]
            places: dict[int, Node] = {}
            for target in targets(manifests, member) if http else ():
                version = target.said("backend-protocol-version")
                if version.text == "GRPC":
                    places[id(version)] = version
            for place in places.values():
                yield finding(place, f"GRPC without an HTTP listener, here on port {http[0]}", REFUSED_BY_AWS)


@rule(_SOURCE)
def alb_ip_families_agree(manifests: Manifests) -> Iterator[Finding]:
    """A Service with IPv6 addresses is behind a load balancer of `ip-address-type: dualstack`."""
    for group in groups(manifests):
        if _is_dualstack(group):
            continue
        for member in group.members:
            for target in _once(targets(manifests, member)):
                families = target.service.spec["ipFamilies"] if target.service else target.name["no such field"]
                if "IPv6" in families.texts:
                    severity = Severity.WARNING if group.name else Severity.ERROR
                    allowed = (
                        f"IPv4 alone, or the annotation ip-address-type: dualstack on {member.ingress.id.qualified}"
                    )
                    yield finding(families, allowed, REFUSED, severity=severity)


def _is_dualstack(group: Group) -> bool:
    types = [member.param("ipAddressType").text or member.said("ip-address-type").text for member in group.members]
    return any(each in _DUALSTACK for each in types)


def _once(found: tuple[Target, ...]) -> Iterator[Target]:
    """Return each Service once."""
    return iter({id(target.service): target for target in found}.values())


@rule(_SOURCE)
def alb_control_port_is_read(manifests: Manifests) -> Iterator[Finding]:
    """`target-control-port.<service>.<port>` is for a backend as the Ingress writes it, with targets of type ip."""
    for member in members(manifests):
        found = list(targets(manifests, member))
        keys = {f"target-control-port.{target.name.text}.{target.port.value}": target for target in found}
        for suffix, place in said(member.ingress):
            if not suffix.startswith("target-control-port."):
                continue
            if suffix not in keys and found:
                known = ", ".join(keys)
                yield finding(place, f"one of {known}", "the controller ignores it silently", value=suffix)
            elif suffix in keys and keys[suffix].type == "instance":
                yield finding(place, "this with target-type: ip", REFUSED, value=suffix)
