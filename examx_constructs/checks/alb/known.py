"""A rule on the names of annotations: the controller passes over those that it does not know."""

import difflib
import re
from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.alb.annotations import CONTROLLER, PREFIX, said
from examx_constructs.checks.alb.classes import Member, members
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.resources import Manifests

# pkg/annotations/constants.go. Those of a target group count on a Service too, and go there before the Ingress's.
_OF_TARGETS = words(
    """auth-idp-cognito auth-idp-oidc auth-on-unauthenticated-request auth-scope auth-session-cookie
    auth-session-timeout auth-type backend-protocol backend-protocol-version healthcheck-interval-seconds
    healthcheck-path healthcheck-port healthcheck-protocol healthcheck-timeout-seconds healthy-threshold-count
    multi-cluster-target-group success-codes tags target-group-attributes target-node-labels target-type
    unhealthy-threshold-count"""
)
_OF_INGRESSES = words(
    """acm-pca-arn certificate-arn create-acm-cert customer-owned-ipv4-pool dry-run-plan enable-frontend-nlb
    frontend-nlb-attributes frontend-nlb-eip-allocations frontend-nlb-healthcheck-healthy-threshold-count
    frontend-nlb-healthcheck-interval-seconds frontend-nlb-healthcheck-path frontend-nlb-healthcheck-port
    frontend-nlb-healthcheck-protocol frontend-nlb-healthcheck-success-codes
    frontend-nlb-healthcheck-timeout-seconds frontend-nlb-healthcheck-unhealthy-threshold-count
    frontend-nlb-listener-port-mapping frontend-nlb-scheme frontend-nlb-security-groups frontend-nlb-subnets
    frontend-nlb-tags group.name group.order inbound-cidrs ip-address-type ipam-ipv4-pool-id jwt-validation
    listen-ports load-balancer-attributes load-balancer-name manage-backend-security-group-rules
    minimum-load-balancer-capacity mutual-authentication scheme security-group-prefix-lists security-groups
    shield-advanced-protection ssl-policy ssl-redirect subnets use-regex-path-match waf-acl-id wafv2-acl-arn
    wafv2-acl-name web-acl-id"""
)
KNOWN = _OF_TARGETS | _OF_INGRESSES
_FAMILIES = regex(r"(actions|conditions|transforms)\..+|listener-attributes\.HTTPS?-\d+")
_FAMILIES_OF_TARGETS = regex(r"target-control-port\..+\.[^.]+")
# EKS user guide, Configure an ALB with EKS Auto Mode, Considerations.
_NOT_IN_AUTO_MODE = words("group.name shield-advanced-protection waf-acl-id web-acl-id")
_HEADERS = "listener-attributes.HTTPS-443 with routing.http.response.…, or the application"
# What people bring along from ingress-nginx and from Terraform, and what does it here.
_INSTEAD: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (regex(pattern), instead)
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
        (r"target-control-port.*", "target-control-port.<service>.<port>"),
        (r"listener-attributes.*", "listener-attributes.HTTPS-443, or HTTP-80: protocol and port"),
    )
)


@rule(f"{CONTROLLER}, pkg/annotations/constants.go")
def alb_annotation_is_known(manifests: Manifests) -> Iterator[Finding]:
    """Every `alb.ingress.kubernetes.io/` annotation is one that the controller reads: it ignores others silently.

    On a Service it reads those of a target group, and in EKS Auto Mode some not at all.
    """
    for member in members(manifests):
        for suffix, value in said(member.ingress):
            if suffix not in KNOWN and not _FAMILIES.fullmatch(suffix) and not _FAMILIES_OF_TARGETS.fullmatch(suffix):
                allowed = f"an annotation that the controller reads{_instead(suffix)}"
                yield finding(value, allowed, "it ignores this one silently")
            elif member.auto_mode and suffix in _NOT_IN_AUTO_MODE:
                allowed = "in EKS Auto Mode, the IngressClassParams of the class, or nothing"
                yield finding(value, allowed, "its controller ignores this one silently")
        yield from _mistyped(member)
    for service in manifests.kind("Service"):
        for suffix, value in said(service):
            if suffix in _OF_INGRESSES or _FAMILIES.fullmatch(suffix):
                yield finding(value, "this annotation on the Ingress", "the controller does not read it on a Service")
            elif suffix not in _OF_TARGETS and not _FAMILIES_OF_TARGETS.fullmatch(suffix):
                allowed = f"an annotation that the controller reads{_instead(suffix)}"
                yield finding(value, allowed, "it ignores this one silently")


def _mistyped(member: Member) -> Iterator[Finding]:
    """Yield annotations whose suffix is the controller's, under a prefix that is nearly its own."""
    for key, value in member.ingress.annotations.entries():
        prefix, _, suffix = key.partition("/")
        near = prefix != PREFIX[:-1] and difflib.get_close_matches(prefix, [PREFIX[:-1]], n=1, cutoff=0.9)
        if near and suffix in KNOWN:
            yield finding(value, f"this under {PREFIX}{suffix}", "it ignores this one silently")


def _instead(suffix: str) -> str:
    for pattern, instead in _INSTEAD:
        if found := pattern.fullmatch(suffix):
            return f"; use {found.expand(instead)}"
    return "".join(f"; did you mean {close}?" for close in difflib.get_close_matches(suffix, KNOWN, n=1, cutoff=0.8))
