"""Rules on the annotations of the AWS Load Balancer Controller."""

import difflib
import re
from collections.abc import Iterator, Mapping

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.resources import Manifests, Resource

PREFIX = "alb.ingress.kubernetes.io/"

_SOURCE = "AWS Load Balancer Controller, Ingress annotations"
_KNOWN = words(
    """acm-pca-arn auth-idp-cognito auth-idp-oidc auth-on-unauthenticated-request auth-scope auth-session-cookie
    auth-session-timeout auth-type backend-protocol backend-protocol-version certificate-arn create-acm-cert
    customer-owned-ipv4-pool dry-run-plan enable-frontend-nlb frontend-nlb-attributes frontend-nlb-eip-allocations
    frontend-nlb-healthcheck-healthy-threshold-count frontend-nlb-healthcheck-interval-seconds
    frontend-nlb-healthcheck-path frontend-nlb-healthcheck-port frontend-nlb-healthcheck-protocol
    frontend-nlb-healthcheck-success-codes frontend-nlb-healthcheck-timeout-seconds
    frontend-nlb-healthcheck-unhealthy-threshold-count frontend-nlb-listener-port-mapping frontend-nlb-scheme
    frontend-nlb-security-groups frontend-nlb-subnets frontend-nlb-tags group.name group.order
    healthcheck-interval-seconds healthcheck-path healthcheck-port healthcheck-protocol healthcheck-timeout-seconds
    healthy-threshold-count inbound-cidrs ip-address-type ipam-ipv4-pool-id jwt-validation listen-ports
    load-balancer-attributes load-balancer-name manage-backend-security-group-rules minimum-load-balancer-capacity
    multi-cluster-target-group mutual-authentication scheme security-group-prefix-lists security-groups
    shield-advanced-protection ssl-policy ssl-redirect subnets success-codes tags target-control-port
    target-group-attributes target-node-labels target-type unhealthy-threshold-count use-regex-path-match waf-acl-id
    wafv2-acl-arn wafv2-acl-name web-acl-id"""
)
_FAMILIES = re.compile(r"(actions|conditions|transforms)\..+|listener-attributes\.HTTPS?-\d+")
_HEADERS = "listener-attributes.HTTPS-443 with routing.http.response.…, or the application"
# What people bring along from ingress-nginx and from Terraform, and what does it here.
_INSTEAD: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"(enable-)?cors.*", "CORS in the application; a load balancer answers no preflight"),
        (r"auth-tls-.*", "mutual-authentication"),
        (r"custom-response-headers|.*-headers", _HEADERS),
        (r"(limit|rate-limit).*", "a rate rule of the web ACL in wafv2-acl-arn"),
        (r"proxy-body-size", "nothing: the load balancer does not limit bodies"),
        (r"(force-)?ssl-redirect|force-https", 'ssl-redirect: "443"'),
        (r"(idle|proxy-(read|send|connect))-timeout.*", "load-balancer-attributes: idle_timeout.timeout_seconds=…"),
        (r"access-logs?.*", "load-balancer-attributes: access_logs.s3.enabled=true,…"),
        (r"deletion-protection.*", "load-balancer-attributes: deletion_protection.enabled=true"),
        (r"healthcheck-((un)?healthy-threshold-count)", r"\1"),
        (r"healthcheck-success-codes", "success-codes"),
        (r"rewrite-target", "transforms.<service>"),
    )
)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "scheme": ("internal", "internet-facing"),
    "target-type": ("instance", "ip"),
    "ip-address-type": ("ipv4", "dualstack", "dualstack-without-public-ipv4"),
    "backend-protocol": ("HTTP", "HTTPS"),
    "backend-protocol-version": ("HTTP1", "HTTP2", "GRPC"),
}
_GROUP_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_LONGEST_GROUP_NAME = 63
_LONGEST_LOAD_BALANCER_NAME = 32
_FURTHEST_ORDER = 1000


def _annotations(resource: Resource) -> Iterator[tuple[str, Node]]:
    for key, value in resource.annotations.entries():
        if key.startswith(PREFIX):
            yield key.removeprefix(PREFIX), value


@rule(_SOURCE)
def alb_annotation_is_known(manifests: Manifests) -> Iterator[Finding]:
    """Every `alb.ingress.kubernetes.io/` annotation is one that the controller reads: it ignores others silently."""
    for resource in manifests.kind("Ingress", "Service"):
        for suffix, value in _annotations(resource):
            if suffix not in _KNOWN and not _FAMILIES.fullmatch(suffix):
                yield finding(
                    value, f"an annotation that the controller reads{_instead(suffix)}", "it ignores this one silently"
                )


def _instead(suffix: str) -> str:
    for pattern, instead in _INSTEAD:
        if found := pattern.fullmatch(suffix):
            return f"; use {found.expand(instead)}"
    return "".join(f"; did you mean {close}?" for close in difflib.get_close_matches(suffix, _KNOWN, n=1, cutoff=0.8))


@rule(_SOURCE)
def alb_value_is_allowed(manifests: Manifests) -> Iterator[Finding]:
    """ALB annotations hold values that the controller accepts: one it cannot parse fails the whole IngressGroup."""
    for resource in manifests.kind("Ingress", "Service"):
        for suffix, value in _annotations(resource):
            allowed = _allowed(suffix, value)
            if allowed:
                yield finding(value, allowed, "the controller refuses it, and the whole IngressGroup with it")


def _allowed(suffix: str, value: Node) -> str:
    """What a value that is not allowed should be; empty where it is fine."""
    if not isinstance(value.value, str):
        return "a string: put it in quotes"
    choices = _CHOICES.get(suffix, ())
    if choices and value.text not in choices:
        return " or ".join(choices)
    if suffix == "group.order" and not _is_order(value.text):
        return "a whole number from -1000 to 1000"
    if suffix == "group.name" and (len(value.text) > _LONGEST_GROUP_NAME or not _GROUP_NAME.fullmatch(value.text)):
        return "lower case letters, digits, - and ., at most 63 characters"
    if suffix == "load-balancer-name" and not 0 < len(value.text) <= _LONGEST_LOAD_BALANCER_NAME:
        return "1 to 32 characters"
    return ""


def _is_order(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d{1,9}", text) is not None and abs(int(text)) <= _FURTHEST_ORDER


@rule("Kubernetes API networking.k8s.io/v1 IngressSpec")
def ingress_class_is_set_once(manifests: Manifests) -> Iterator[Finding]:
    """An Ingress names its class in spec.ingressClassName, without the old annotation: the API server refuses both."""
    for ingress in manifests.kind("Ingress"):
        old = ingress.annotations["kubernetes.io/ingress.class"]
        if old.present and ingress.spec["ingressClassName"].present:
            yield finding(old, "spec.ingressClassName alone", "the API server refuses an Ingress with both")
