"""Rules on IngressClasses and their parameters."""

from collections.abc import Iterator

from examx_constructs.checks.alb.annotations import CONTROLLER, network, whole
from examx_constructs.checks.alb.classes import AUTO_MODE_NAME, CONTROLLER_NAME, OLD_CLASS, Member, member_of, members
from examx_constructs.checks.alb.values import allowed_value
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.selectors import matches, written

_GROUPS = {CONTROLLER_NAME: "elbv2.k8s.aws", AUTO_MODE_NAME: "eks.amazonaws.com"}
_FIELDS = {
    "ip-address-type": "ipAddressType",
    "load-balancer-name": "loadBalancerName",
    "scheme": "scheme",
    "ssl-policy": "sslPolicy",
    "target-type": "targetType",
    "wafv2-acl-arn": "wafv2AclArn",
}
_KIND = "IngressClassParams"


@rule(f"Kubernetes v1.34, pkg/apis/networking/validation, ValidateIngressCreate; {CONTROLLER}, group_loader.go")
def ingress_class_is_set_once(manifests: Manifests) -> Iterator[Finding]:
    """An Ingress names its class in spec.ingressClassName, without the old annotation: the API server refuses another.

    Since Kubernetes 1.27 the same in both is taken. But the AWS controller then reads the annotation alone, and passes
    over the parameters of the class. That is a warning.
    """
    for ingress in manifests.kind("Ingress"):
        old, new = ingress.annotations[OLD_CLASS], ingress.spec["ingressClassName"]
        if not old.present or not new.present or is_placeholder(old.text) or is_placeholder(new.text):
            continue
        if old.value != new.value:
            allowed = f"{new.value}, as in spec.ingressClassName, or nothing"
            yield finding(old, allowed, "the API server refuses an Ingress of two classes")
        elif member_of(manifests, ingress):
            why = "the controller reads the annotation, and then no parameters of the class"
            yield finding(old, "spec.ingressClassName alone", why, severity=Severity.WARNING)


@rule(f"{CONTROLLER}, pkg/ingress/class_loader.go")
def alb_class_names_its_parameters(manifests: Manifests) -> Iterator[Finding]:
    """The parameters of an IngressClass of the controller are IngressClassParams: it refuses Ingresses of another."""
    for each in manifests.kind("IngressClass"):
        group = _GROUPS.get(each.spec["controller"].text)
        given = each.spec["parameters"]
        if group and given.present and (given["apiGroup"].text, given["kind"].text) != (group, _KIND):
            value = f"{given['kind'].text} of {given['apiGroup'].text or 'no group'}"
            why = "the controller refuses every Ingress of the class"
            yield finding(given, f"{_KIND} of {group}", why, value=value)


@rule(f"{CONTROLLER}, webhooks/elbv2/ingressclassparams_validator.go")
def alb_class_parameters_are_valid(manifests: Manifests) -> Iterator[Finding]:
    """IngressClassParams name subnets by IDs or by tags, whole networks as CIDRs, and a port number to redirect to.

    The webhook refuses the first two; a port that is no number makes the controller redirect nothing, without a word.
    What annotations of an Ingress say too has the same values.
    """
    for params in manifests.kind(_KIND):
        if params.group != "elbv2.k8s.aws":
            continue
        yield from _subnets(params.spec["subnets"])
        for suffix, place in _said(params.spec):
            allowed, why = allowed_value(suffix, place.text)
            if allowed and place.text and not is_placeholder(place.text):
                yield finding(place, allowed, why)
        for cidr in params.spec["inboundCIDRs"]:
            found = network(cidr.text)
            if found is None or str(found.network_address) != _address(cidr.text):
                yield finding(cidr, f"a network such as {found or '192.0.2.0/24'}", "the webhook refuses it")
        port = params.spec["sslRedirectPort"]
        if port.text and whole(port.text) is None:
            yield finding(port, "a port number, in quotes", "the controller redirects nothing then, without a word")


def _said(spec: Node) -> Iterator[tuple[str, Node]]:
    """Yield what the parameters say in the place of annotations, by their suffixes."""
    yield "group.name", spec["group"]["name"]
    for suffix, field in _FIELDS.items():
        yield suffix, spec[field]
    for arn in spec["certificateArn"]:
        yield "certificate-arn", arn


def _address(cidr: str) -> str:
    found = network(f"{cidr.partition('/')[0]}/{128 if ':' in cidr else 32}")
    return str(found.network_address) if found else ""


def _subnets(subnets: Node) -> Iterator[Finding]:
    ids, tags = subnets["ids"], subnets["tags"]
    if subnets.present and ids.present == tags.present:
        yield finding(subnets, "either ids or tags", "the webhook refuses it")
    elif len(ids.texts) != len(set(ids.texts)):
        yield finding(ids, "each subnet once", "the webhook refuses it")
    elif tags.present and not list(tags.entries()):
        yield finding(tags, "at least one tag", "the webhook refuses it")


@rule(f"{CONTROLLER}, pkg/ingress/class_loader.go")
def alb_class_admits_namespace(manifests: Manifests) -> Iterator[Finding]:
    """An Ingress is in a namespace that its class admits, by the `namespaceSelector` of the IngressClassParams."""
    for member in members(manifests):
        selector, namespace = member.param("namespaceSelector"), manifests.namespace_of(member.ingress)
        if selector.present and namespace and not matches(selector, namespace.metadata["labels"].labels):
            place = _class_place(member)
            allowed = f"a class whose parameters admit {namespace.id.qualified}: {written(selector)}"
            yield finding(place, allowed, "the webhook refuses the Ingress")


def _class_place(member: Member) -> Node:
    return member.ingress.spec["ingressClassName"]
