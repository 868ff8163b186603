"""A rule on TargetGroupBindings, which put the pods of a Service into a target group that somebody else made.

Sources, aws-load-balancer-controller v3.5.0: pkg/backend/endpoint_resolver.go, pkg/k8s/service_utils.go
(LookupServicePort), webhooks/elbv2/targetgroupbinding_validator.go.
"""

from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource

_GROUPS = frozenset({"elbv2.k8s.aws", "eks.amazonaws.com"})
_TYPES = ("instance", "ip")
_OUTSIDE = ("NodePort", "LoadBalancer")
_NO_TARGETS = "the controller registers no target and tries again for ever"
_REFUSED = "the controller's webhook refuses it"


@rule("aws-load-balancer-controller v3.5.0, endpoint_resolver.go and targetgroupbinding_validator.go")
def target_group_binding_finds_targets(manifests: Manifests) -> Iterator[Finding]:
    """A TargetGroupBinding names a port that its Service has, and a target type by which its pods are reached.

    Targets that are instances are reached by a node port, which a Service of type ClusterIP does not have. A missing
    Service is the business of `reference-leads-somewhere`.
    """
    for binding in manifests.kind("TargetGroupBinding"):
        if binding.group in _GROUPS:
            yield from _type(binding)
            service = manifests.find("Service", binding.spec.at("serviceRef", "name").text, binding.scope)
            if service is not None:
                yield from _reached(binding, service)


def _type(binding: Resource) -> Iterator[Finding]:
    given, nodes = binding.spec["targetType"], binding.spec["nodeSelector"]
    if given.present and given.text not in _TYPES and not is_placeholder(given.text):
        yield finding(given, " or ".join(_TYPES), "the API server refuses it")
    if given.text == "ip" and nodes.present:
        yield finding(nodes, "nothing beside the targetType ip", f"pods are the targets, and no nodes: {_REFUSED}")


def _reached(binding: Resource, service: Resource) -> Iterator[Finding]:
    port = binding.spec.at("serviceRef", "port")
    ports = list(service.spec["ports"])
    known = (
        [each["port"].number for each in ports] if port.number is not None else [each["name"].text for each in ports]
    )
    complete = service.complete and not is_placeholder(port.text)
    if port.present and complete and port.value not in known:
        names = (each[field].value for each in ports for field in ("name", "port"))
        allowed = ", ".join(str(each) for each in names if each is not None) or "none: it has no ports"
        yield finding(port, f"a port of {service.id}: {allowed}", f"the Service has no such port: {_NO_TARGETS}")
    kind = service.spec["type"].text or "ClusterIP"
    if binding.spec["targetType"].text == "instance" and kind not in _OUTSIDE and complete and not is_placeholder(kind):
        allowed = f"ip, or {service.id} of type {' or '.join(_OUTSIDE)}"
        yield finding(binding.spec["targetType"], allowed, f"it is of type {kind} and has no node port: {_NO_TARGETS}")
