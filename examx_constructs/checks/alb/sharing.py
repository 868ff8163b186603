"""Rules on IngressGroups as a whole: what their members say of one load balancer is the same, and enough."""

from collections import defaultdict
from collections.abc import Iterator

from examx_constructs.checks.alb.annotations import API, CONTROLLER, REFUSED_BY_AWS, whole
from examx_constructs.checks.alb.attributes import attributes_of, logs_without_bucket
from examx_constructs.checks.alb.classes import Member
from examx_constructs.checks.alb.groups import groups
from examx_constructs.checks.alb.listeners import certificates, listeners, told
from examx_constructs.checks.alb.statements import Statement, statements
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource

_STOPS = "the controller refuses the whole IngressGroup, and its load balancer stays as it is"


@rule(f"{CONTROLLER}, pkg/ingress: conflicting values of an IngressGroup")
def alb_group_agrees(manifests: Manifests) -> Iterator[Finding]:
    """Ingresses of one IngressGroup say the same of their load balancer: scheme, firewall, attributes, listeners.

    What one leaves out, another may say; of a listener only those speak that listen on its port. Members may be in any
    namespace, and each cluster has groups of its own. Whether folders are applied to one cannot be told, so that is a
    warning. Equal values of `group.order` are no quarrel.
    """
    for group in groups(manifests):
        earlier: defaultdict[str, list[Statement]] = defaultdict(list)
        reported: set[int] = set()
        for statement in statements(group) if len(group.members) > 1 else ():
            others, place = earlier[statement.of], statement.place
            quarrel = _quarrel(manifests, statement, others)
            if quarrel and not (" of port " in statement.of and id(place) in reported):
                reported.add(id(place))
                other, severity = quarrel
                said = f"what {other.place.object_id.qualified} of the group {group.name} says of {statement.of}"
                short = place.path.endswith(f"/{statement.of}]")
                value = statement.told if short else f"{statement.of} {statement.told}"
                yield finding(place, f"{said}: {other.told}", _STOPS, value=value or "empty", severity=severity)
            elif statement.key not in {each.key for each in others}:
                others.append(statement)


def _quarrel(manifests: Manifests, statement: Statement, others: list[Statement]) -> tuple[Statement, Severity] | None:
    """Return the first statement that this one contradicts, and how sure it is that the two meet."""
    found: Statement | None = None
    for other in others:
        if other.value != statement.value and meet(manifests, other.member, statement.member):
            if _is_sure(other.member.ingress, statement.member.ingress):
                return other, Severity.ERROR
            found = found or other
    return (found, Severity.WARNING) if found else None


def meet(manifests: Manifests, one: Member, other: Member) -> bool:
    """Return whether two members can be in one cluster.

    One of the same name in another file or folder is in its place.

    So do the copies that overlays make of one Ingress, each in a namespace of its own.
    """
    first, second = one.ingress, other.ingress
    if first.id == second.id:
        return first.root.file == second.root.file
    if first.name == second.name and not _is_sure(first, second):
        return False
    return manifests.meet(first, second)


def _is_sure(one: Resource, other: Resource) -> bool:
    """Return whether two objects are applied together, or in a cluster that both name."""
    return one.unit == other.unit or bool(one.scope.cluster)


@rule(f"{CONTROLLER}, pkg/ingress/model_build_listener.go")
def alb_group_has_one_default_backend(manifests: Manifests) -> Iterator[Finding]:
    """Of the Ingresses that listen on one port, one has a `spec.defaultBackend`: it answers what no rule matches."""
    for group in groups(manifests):
        reported: set[int] = set()
        for port, those in group.on_port.items():
            if group.redirects and group.protocols[port] == "HTTP":
                continue
            having = [each for each in those if each.ingress.spec["defaultBackend"].present]
            for number, member in enumerate(having):
                others = [each for each in having[:number] if meet(manifests, each, member)]
                if others and id(member) not in reported:
                    reported.add(id(member))
                    sure = any(_is_sure(each.ingress, member.ingress) for each in others)
                    owner = others[0].ingress.id.qualified
                    allowed = f"none, as {owner} of the group {group.name} has one on port {port}"
                    severity = Severity.ERROR if sure else Severity.WARNING
                    place = member.ingress.spec["defaultBackend"]
                    yield finding(place, allowed, _STOPS, value="there", severity=severity)


@rule(f"{CONTROLLER}, pkg/ingress/model_builder.go")
def alb_redirect_has_listener(manifests: Manifests) -> Iterator[Finding]:
    """`ssl-redirect` names an HTTPS port of `listen-ports`, of the Ingress or of another of its IngressGroup.

    A group's other members may be elsewhere: where none of those here has an HTTPS port, it is a warning.
    """
    for group in groups(manifests):
        ports = [port for port, protocol in group.protocols.items() if protocol == "HTTPS"]
        for member in group.members if group.is_read else ():
            param = member.param("sslRedirectPort")
            redirect = param if param.text else member.said("ssl-redirect")
            port = whole(redirect.text)
            if port is not None and port not in ports:
                own = "HTTPS" in (listeners(member) or {}).values()
                severity = Severity.WARNING if group.name and not own else Severity.ERROR
                allowed, why = f"an HTTPS port of listen-ports: {told(ports)}", "there is no listener to redirect to"
                yield finding(redirect, allowed, why, severity=severity)


@rule(f"{API}, CreateListener")
def alb_https_listener_has_certificate(manifests: Manifests) -> Iterator[Finding]:
    """An HTTPS listener has a certificate: named, made by the controller, or found in ACM by a host of the Ingress.

    Without a host in `spec.rules` or `spec.tls` the controller has nothing to search by. Where the parameters of the
    class, or another member of the group, may be elsewhere, it is a warning.
    """
    for group in groups(manifests):
        for port, those in group.on_port.items():
            if group.protocols[port] == "HTTPS" and not any(certificates(each) or _hosts(each) for each in those):
                sure = not group.name and those[0].shown
                severity = Severity.ERROR if sure else Severity.WARNING
                ingress = those[0].ingress
                place = those[0].said("listen-ports") if those[0].has("listen-ports") else ingress.spec["rules"]
                allowed = "this with certificate-arn, or with a host in spec.rules or spec.tls"
                yield finding(place, allowed, REFUSED_BY_AWS, value=f"HTTPS on {port}", severity=severity)


def _hosts(member: Member) -> bool:
    spec = member.ingress.spec
    return any(each["host"].text for each in spec["rules"]) or any(each["hosts"].texts for each in spec["tls"])


@rule(f"{API}, LoadBalancerAttribute")
def alb_logs_have_a_bucket(manifests: Manifests) -> Iterator[Finding]:
    """Logs of a load balancer that are on name their bucket, on the same Ingress or on another of its group."""
    for group in groups(manifests):
        attributes: dict[str, str] = {}
        for member in group.members:
            attributes |= attributes_of(member, "load-balancer-attributes")
            attributes |= {each["key"].text: each["value"].text for each in member.param("loadBalancerAttributes")}
        for on, bucket in logs_without_bucket(attributes):
            places = [each.said("load-balancer-attributes") for each in group.members]
            place = next((each for each in places if on in each.text.replace(" ", "")), places[0])
            severity = Severity.WARNING if group.name else Severity.ERROR
            yield finding(place, f"{bucket} with it", REFUSED_BY_AWS, value=on, severity=severity)


@rule(f"{CONTROLLER}, pkg/ingress/group_loader.go", severity=Severity.WARNING)
def alb_host_has_one_load_balancer(manifests: Manifests) -> Iterator[Finding]:
    """A host is answered by one load balancer of a scheme: without a common `group.name` each Ingress makes its own.

    The name leads to one of them, and what the others would answer is never asked for.
    """
    first: dict[tuple[str, str, str], Member] = {}
    for group in groups(manifests):
        scheme = next((said for member in group.members if (said := _scheme(member))), "internal")
        for member in group.members:
            for each in member.ingress.spec["rules"]:
                host, cluster = each["host"].text, member.ingress.scope.cluster
                if not host or is_placeholder(host):
                    continue
                owner = first.setdefault((cluster, scheme, host), member)
                shared = owner.ingress is member.ingress or (group.name and owner.group == group.name)
                if not shared and _is_sure(owner.ingress, member.ingress) and meet(manifests, owner, member):
                    allowed = f"a host of its own, or one group.name with {owner.ingress.id.qualified}, which has it"
                    yield finding(each["host"], allowed, "the name leads to one of two load balancers")


def _scheme(member: Member) -> str:
    return member.param("scheme").text or member.said("scheme").text
