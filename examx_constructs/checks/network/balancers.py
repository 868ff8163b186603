"""Rules on Services of type LoadBalancer in AWS: network load balancers by annotations."""

import difflib
from collections.abc import Callable, Iterator, Mapping

from examx_constructs._regex import regex
from examx_constructs.checks.alb.annotations import API, CONTROLLER, LAST_PORT, listed, pairs, truth, whole
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource

_PREFIX = "service.beta.kubernetes.io/"
_AWS = "aws-load-balancer-"
_REFUSED = "the controller refuses it, and the load balancer stays as it is"
_REFUSED_BY_AWS = "AWS refuses it, and the load balancer stays as it is"
# pkg/annotations/constants.go of the controller, and docs/service_controller.md of cloud-provider-aws.
_KNOWN = words(
    """access-log-emit-interval access-log-enabled access-log-s3-bucket-name access-log-s3-bucket-prefix
    additional-resource-tags alpn-policy attributes backend-protocol connection-draining-enabled
    connection-draining-timeout connection-idle-timeout cross-zone-load-balancing-enabled disable-nlb-sg
    eip-allocations enable-icmp-for-path-mtu-discovery enable-prefix-for-ipv6-source-nat enable-tcp-udp-listener
    extra-security-groups healthcheck-healthy-threshold healthcheck-interval healthcheck-path healthcheck-port
    healthcheck-protocol healthcheck-success-codes healthcheck-timeout healthcheck-unhealthy-threshold
    inbound-sg-rules-on-private-link-traffic internal ip-address-type ipv6-addresses
    manage-backend-security-group-rules minimum-load-balancer-capacity multi-cluster-target-group name nlb-target-type
    private-ipv4-addresses proxy-protocol proxy-protocol-per-target-group quic-enabled-containers quic-enabled-ports
    scheme security-group-prefix-lists security-groups source-nat-ipv6-prefixes ssl-cert ssl-negotiation-policy
    ssl-ports subnets target-group-attributes target-node-labels type"""
)
_FAMILIES = regex(r"listener-attributes\.[A-Z_]+-\d+|target-group-attributes\.\d+")
_CLASSES = ("service.k8s.aws/nlb", "eks.amazonaws.com/nlb")
_TCP_INTERVAL, _TCP_TIMEOUT = 10, 10
_LOCAL_TIMEOUT = 6
_LONGEST_NAME = 32

Check = Callable[[str], str]


def _one_of(*choices: str) -> Check:
    return lambda text: "" if text in choices else " or ".join(choices)


def _truth(text: str) -> str:
    return "true or false" if truth(text) is None else ""


def _map(text: str) -> str:
    return "pairs such as key=value,key=value; \\, is a comma in a value" if pairs(text) is None else ""


def _name(text: str) -> str:
    return "" if 0 < len(text) <= _LONGEST_NAME else "1 to 32 characters"


_SAID: Mapping[str, Check] = {
    "access-log-enabled": _truth,
    "additional-resource-tags": _map,
    "attributes": _map,
    "cross-zone-load-balancing-enabled": _truth,
    "disable-nlb-sg": _truth,
    "enable-tcp-udp-listener": _truth,
    "healthcheck-protocol": lambda text: "" if text.upper() in ("TCP", "HTTP", "HTTPS") else "TCP, HTTP or HTTPS",
    "internal": _truth,
    "ip-address-type": _one_of("ipv4", "dualstack"),
    "manage-backend-security-group-rules": _truth,
    "minimum-load-balancer-capacity": _map,
    "multi-cluster-target-group": _truth,
    "name": _name,
    "nlb-target-type": _one_of("instance", "ip"),
    "proxy-protocol": _one_of("*"),
    "scheme": _one_of("internal", "internet-facing"),
    "target-group-attributes": _map,
    "target-node-labels": _map,
}
_BOUNDS = {
    "healthcheck-healthy-threshold": (2, 10),
    "healthcheck-interval": (5, 300),
    "healthcheck-timeout": (2, 120),
    "healthcheck-unhealthy-threshold": (2, 10),
}


@rule(f"{CONTROLLER}, pkg/annotations/constants.go; cloud-provider-aws v1.34, docs/service_controller.md")
def nlb_annotation_is_known(manifests: Manifests) -> Iterator[Finding]:
    """Each annotation `service.beta.kubernetes.io/aws-load-balancer-…` is one that a controller reads.

    Others are passed over silently. One that is near none of them may be newer than this rule, and is a warning.
    """
    for service in manifests.kind("Service"):
        for suffix, value in _annotations(service):
            if suffix not in _KNOWN and not _FAMILIES.fullmatch(suffix):
                close = difflib.get_close_matches(suffix, _KNOWN, n=1, cutoff=0.8)
                mean = f"; did you mean {_AWS}{close[0]}?" if close else ""
                severity = Severity.ERROR if close else Severity.WARNING
                allowed = f"an annotation that a controller reads{mean}"
                yield finding(value, allowed, "it is ignored silently", severity=severity)


@rule(f"{CONTROLLER}, pkg/service; {API}, CreateTargetGroup")
def nlb_value_is_allowed(manifests: Manifests) -> Iterator[Finding]:
    """Annotations of a network load balancer hold what the controller can read and AWS takes."""
    for service in filter(_is_of_controller, manifests.kind("Service")):
        for suffix, value in _annotations(service):
            text = "" if value.value is None else value.value
            if not isinstance(text, str) or is_placeholder(text):
                continue
            allowed, why = _allowed(suffix, text)
            if allowed:
                yield finding(value, allowed, why)
        yield from _times(service)
        yield from _ports(service)


def _allowed(suffix: str, text: str) -> tuple[str, str]:
    if suffix in _BOUNDS:
        (least, most), number = _BOUNDS[suffix], whole(text)
        fits = number is not None and least <= number <= most
        why = _REFUSED if number is None else _REFUSED_BY_AWS
        return "" if fits else f"a whole number from {least} to {most}", why
    check = _SAID.get(suffix)
    if check is None and _FAMILIES.fullmatch(suffix):
        check = _map
    return (check(text) if check else ""), _REFUSED


def _times(service: Resource) -> Iterator[Finding]:
    """Yield a health check that waits longer than it is far from the next one."""
    interval, timeout = _said(service, "healthcheck-interval"), _said(service, "healthcheck-timeout")
    # With targets of type instance and the policy Local, the controller asks kube-proxy, and waits less by default.
    is_local = service.spec["externalTrafficPolicy"].text == "Local" and _target_type(service) == "instance"
    seconds = whole(timeout.text) if timeout.present else _LOCAL_TIMEOUT if is_local else _TCP_TIMEOUT
    longest = whole(interval.text) if interval.present else _TCP_INTERVAL
    if seconds is not None and longest is not None and seconds > longest:
        if timeout.present:
            yield finding(timeout, f"at most the interval, {longest} s", _REFUSED_BY_AWS)
        else:
            yield finding(interval, f"at least the timeout, {seconds} s by default", _REFUSED_BY_AWS)


def _ports(service: Resource) -> Iterator[Finding]:
    """Yield ports for TLS and for health checks that the Service does not have."""
    ports = list(service.spec["ports"])
    known = {text for port in ports for text in (port["name"].text, str(port["port"].value))}
    tls, health = _said(service, "ssl-ports"), _said(service, "healthcheck-port")
    for each in listed(tls.text):
        if each not in known and each != "*" and not is_placeholder(each):
            yield finding(tls, f"ports of the Service: {', '.join(sorted(known - {''}))}", _REFUSED, value=each)
    number = whole(health.text)
    if number is not None and not 1 <= number <= LAST_PORT:
        yield finding(health, f"a port from 1 to {LAST_PORT}", _REFUSED_BY_AWS)
    elif health.text not in ("", "traffic-port") and number is None and not is_placeholder(health.text):
        named = next((port for port in ports if port["name"].text == health.text), None)
        if named is None:
            yield finding(health, "a port number, its name in the Service, or traffic-port", _REFUSED)
        elif _target_type(service) == "ip" and named["targetPort"].text:
            yield finding(health, "the number of the pods' port: the Service's has a name for it", _REFUSED)


@rule(f"{CONTROLLER}, pkg/service/model_build_target_group.go, buildTargetType")
def nlb_service_has_node_ports(manifests: Manifests) -> Iterator[Finding]:
    """A network load balancer with targets of type `instance` has node ports to send to.

    `instance` is what the controller takes without `aws-load-balancer-nlb-target-type`, except in EKS Auto Mode.
    """
    for service in filter(_is_of_controller, manifests.kind("Service")):
        allocated = service.spec["allocateLoadBalancerNodePorts"]
        without = allocated.value is False and not all(port["nodePort"].number for port in service.spec["ports"])
        if _target_type(service) == "instance" and without:
            yield finding(allocated, f"true, or the annotation {_AWS}nlb-target-type: ip", _REFUSED)


def _target_type(service: Resource) -> str:
    if _said(service, "type").text == "nlb-ip":
        return "ip"
    default = "ip" if service.spec["loadBalancerClass"].text == "eks.amazonaws.com/nlb" else "instance"
    return _said(service, "nlb-target-type").text or default


def _is_of_controller(service: Resource) -> bool:
    """Return whether the load balancer controller makes the load balancer, and not the cloud provider."""
    if service.spec["type"].text != "LoadBalancer":
        return False
    given = service.spec["loadBalancerClass"]
    if given.present:
        return given.text in _CLASSES
    return _said(service, "type").text in ("nlb-ip", "external")


def _said(service: Resource, suffix: str) -> Node:
    return service.annotations[f"{_PREFIX}{_AWS}{suffix}"]


def _annotations(service: Resource) -> Iterator[tuple[str, Node]]:
    for key, value in service.annotations.entries():
        if key.startswith(f"{_PREFIX}{_AWS}"):
            yield key.removeprefix(f"{_PREFIX}{_AWS}"), value
