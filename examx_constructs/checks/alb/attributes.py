"""Rules on attributes of load balancers, listeners and target groups."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from examx_constructs._regex import regex
from examx_constructs.checks.alb.annotations import API, REFUSED_BY_AWS, annotation, pairs, said, whole
from examx_constructs.checks.alb.classes import Member, members
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

Allowed = Callable[[str], str]


def _one_of(*choices: str) -> Allowed:
    return lambda text: "" if text in choices else " or ".join(choices)


def _between(least: int, most: int, *others: str) -> Allowed:
    def check(text: str) -> str:
        number = whole(text)
        if text in others or (number is not None and least <= number <= most):
            return ""
        return " or ".join((*others, f"a whole number from {least} to {most}"))

    return check


def _any(_: str) -> str:
    return ""


def _truth(text: str) -> str:
    """Accept small letters alone: AWS documents small letters; that it refuses others is not."""
    return "" if text.lower() in ("true", "false") else "true or false"


_PERCENT, _COUNT = _between(1, 100, "off"), _between(1, 2**31 - 1, "off")
_COOKIE = _between(1, 604800)

LOAD_BALANCER: Mapping[str, Allowed] = {
    "access_logs.s3.bucket": _any,
    "access_logs.s3.enabled": _truth,
    "access_logs.s3.prefix": _any,
    "client_keep_alive.seconds": _between(60, 604800),
    "connection_logs.s3.bucket": _any,
    "connection_logs.s3.enabled": _truth,
    "connection_logs.s3.prefix": _any,
    "deletion_protection.enabled": _truth,
    "health_check_logs.s3.bucket": _any,
    "health_check_logs.s3.enabled": _truth,
    "health_check_logs.s3.prefix": _any,
    "idle_timeout.timeout_seconds": _between(1, 4000),
    "ipv6.deny_all_igw_traffic": _truth,
    "load_balancing.cross_zone.enabled": _one_of("true"),
    "routing.http.desync_mitigation_mode": _one_of("monitor", "defensive", "strictest"),
    "routing.http.drop_invalid_header_fields.enabled": _truth,
    "routing.http.preserve_host_header.enabled": _truth,
    "routing.http.x_amzn_tls_kx.enabled": _truth,
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": _truth,
    "routing.http.xff_client_port.enabled": _truth,
    "routing.http.xff_header_processing.mode": _one_of("append", "preserve", "remove"),
    "routing.http2.enabled": _truth,
    "waf.fail_open.enabled": _truth,
    "zonal_shift.config.enabled": _truth,
}
TARGET_GROUP: Mapping[str, Allowed] = {
    "deregistration_delay.timeout_seconds": _between(0, 3600),
    "load_balancing.algorithm.anomaly_mitigation": _one_of("on", "off"),
    "load_balancing.algorithm.type": _one_of("round_robin", "least_outstanding_requests", "weighted_random"),
    "load_balancing.cross_zone.enabled": _one_of("true", "false", "use_load_balancer_configuration"),
    "routing.http2.rst_stream_error_forwarding.enabled": _truth,
    "slow_start.duration_seconds": _between(30, 900, "0"),
    "stickiness.app_cookie.cookie_name": lambda text: (
        "a name that does not begin with AWSALB" if not text or text.startswith("AWSALB") else ""
    ),
    "stickiness.app_cookie.duration_seconds": _COOKIE,
    "stickiness.enabled": _truth,
    "stickiness.lb_cookie.duration_seconds": _COOKIE,
    "stickiness.type": _one_of("lb_cookie", "app_cookie"),
    "target_group_health.dns_failover.minimum_healthy_targets.count": _COUNT,
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": _PERCENT,
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": _between(1, 2**31 - 1),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": _PERCENT,
    "waf.http2.traffic_inspection_behavior": _one_of("inspect_immediately", "inspect_after_sufficient_data"),
}
_REQUEST_HEADERS = words(
    """x_amzn_mtls_clientcert x_amzn_mtls_clientcert_issuer x_amzn_mtls_clientcert_leaf
    x_amzn_mtls_clientcert_serial_number x_amzn_mtls_clientcert_subject x_amzn_mtls_clientcert_validity
    x_amzn_tls_cipher_suite x_amzn_tls_version"""
)
_RESPONSE_HEADERS = words(
    """access_control_allow_credentials access_control_allow_headers access_control_allow_methods
    access_control_allow_origin access_control_expose_headers access_control_max_age content_security_policy
    strict_transport_security x_content_type_options x_frame_options"""
)
LISTENER: Mapping[str, Allowed] = {
    "routing.http.response.server.enabled": _truth,
    **{f"routing.http.request.{header}.header_name": _any for header in _REQUEST_HEADERS},
    **{f"routing.http.response.{header}.header_value": _any for header in _RESPONSE_HEADERS},
}
# Of network and gateway load balancers, and of target groups of functions: known names at the wrong place.
_ELSEWHERE = words(
    """deregistration_delay.connection_termination.enabled dns_record.client_routing_policy
    lambda.multi_value_headers.enabled preserve_client_ip.enabled proxy_protocol_v2.enabled
    secondary_ips.auto_assigned.per_subnet target_failover.on_deregistration target_failover.on_unhealthy
    target_health_state.unhealthy.connection_termination.enabled
    target_health_state.unhealthy.draining_interval_seconds tcp.idle_timeout.seconds
    send_tcp_reset.on_idle_timeout.enabled"""
)
# These families have had the same members for years: another one is no newer than this rule, but mistyped.
_COMPLETE = words("client_keep_alive deletion_protection deregistration_delay idle_timeout slow_start stickiness")
_LOGS = ("access_logs", "connection_logs", "health_check_logs")
_LISTENER = regex(r"listener-attributes\.(HTTPS?)-(\d{1,5})")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What has attributes, and which."""

    name: str
    known: Mapping[str, Allowed]


_LOAD_BALANCER = _Kind("an application load balancer", LOAD_BALANCER)
_TARGET_GROUP = _Kind("a target group of an application load balancer", TARGET_GROUP)
_OF_LISTENER = _Kind("a listener of an application load balancer", LISTENER)


@rule(f"{API}, LoadBalancerAttribute, TargetGroupAttribute, ListenerAttribute")
def alb_attribute_is_allowed(manifests: Manifests) -> Iterator[Finding]:
    """Attributes are `name=value` of what they are for, with values that AWS takes: one it refuses stops the group.

    A name that is near none that AWS documents may be newer than this rule, and is a warning.
    """
    ingresses = (each.ingress for each in members(manifests))
    for resource in (*ingresses, *manifests.kind("Service")):
        for suffix, value in said(resource):
            if kind := _kind_of(suffix):
                for name, text in (pairs(value.text) or {}).items():
                    yield from _attribute(kind, value, name, text)
    for params in manifests.kind("IngressClassParams"):
        of_listeners = [each for listener in params.spec["listeners"] for each in listener["listenerAttributes"]]
        for kind, given in ((_LOAD_BALANCER, params.spec["loadBalancerAttributes"]), (_OF_LISTENER, of_listeners)):
            for each in given:
                yield from _attribute(kind, each, each["key"].text, each["value"].text)


def _kind_of(suffix: str) -> _Kind | None:
    if _LISTENER.fullmatch(suffix):
        return _OF_LISTENER
    return {"load-balancer-attributes": _LOAD_BALANCER, "target-group-attributes": _TARGET_GROUP}.get(suffix)


def _attribute(kind: _Kind, place: Node, name: str, value: str) -> Iterator[Finding]:
    if is_placeholder(name) or is_placeholder(value):
        return
    check = kind.known.get(name)
    if check is None:
        close = difflib.get_close_matches(name, kind.known, n=1, cutoff=0.85)
        mean = f"; did you mean {close[0]}?" if close else ""
        elsewhere = name in _ELSEWHERE or any(name in other.known for other in _KINDS if other is not kind)
        sure = close or elsewhere or name.partition(".")[0] in _COMPLETE
        severity = Severity.ERROR if sure else Severity.WARNING
        allowed, why = f"an attribute of {kind.name}{mean}", REFUSED_BY_AWS
        yield finding(place, allowed, why, value=f"{name}={value}", severity=severity)
    elif allowed := check(value):
        yield finding(place, f"{name}={allowed}", REFUSED_BY_AWS, value=f"{name}={value}")


_KINDS = (_LOAD_BALANCER, _TARGET_GROUP, _OF_LISTENER)


@rule(f"{API}, TargetGroupAttribute")
def alb_target_group_attributes_agree(manifests: Manifests) -> Iterator[Finding]:
    """Attributes of a target group that need or exclude each other: AWS refuses half of a pair.

    A cookie of the application needs its name, and anomaly mitigation the algorithm that does it; a slow start goes
    with round robin alone.
    """
    ingresses = (each.ingress for each in members(manifests))
    for resource in (*ingresses, *manifests.kind("Service")):
        place = annotation(resource, "target-group-attributes")
        given = pairs(place.text) or {}
        algorithm = given.get("load_balancing.algorithm.type", "round_robin")
        if given.get("stickiness.type") == "app_cookie" and "stickiness.app_cookie.cookie_name" not in given:
            yield _half(place, "stickiness.type=app_cookie", "stickiness.app_cookie.cookie_name=… with it")
        if given.get("load_balancing.algorithm.anomaly_mitigation") == "on" and algorithm == "round_robin":
            allowed = "load_balancing.algorithm.type=weighted_random with it"
            yield _half(place, "load_balancing.algorithm.anomaly_mitigation=on", allowed)
        slow = given.get("slow_start.duration_seconds", "0")
        if slow != "0" and algorithm in ("least_outstanding_requests", "weighted_random"):
            yield _half(
                place, f"slow_start.duration_seconds={slow}", "load_balancing.algorithm.type=round_robin with it"
            )


def _half(place: Node, value: str, allowed: str) -> Finding:
    return finding(place, allowed, REFUSED_BY_AWS, value=value)


def logs_without_bucket(attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the logs of a load balancer that are on and have no bucket: the attribute, and the one that it needs."""
    for log in _LOGS:
        bucket = f"{log}.s3.bucket"
        if attributes.get(f"{log}.s3.enabled") == "true" and not attributes.get(bucket):
            yield f"{log}.s3.enabled=true", f"{bucket}=…"


def listener_of(suffix: str) -> tuple[str, int] | None:
    """Return the protocol and port that a suffix `listener-attributes.HTTPS-443` is for."""
    found = _LISTENER.fullmatch(suffix)
    return (found[1], int(found[2])) if found else None


def attributes_of(member: Member, suffix: str) -> dict[str, str]:
    """Return the attributes that an annotation of an Ingress holds; none where it cannot be read."""
    return pairs(member.said(suffix).text) or {}
