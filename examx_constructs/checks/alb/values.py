"""A rule on the values of single annotations: what the controller cannot read, and what AWS does not take."""

import re
from collections.abc import Callable, Iterator, Mapping

from examx_constructs._regex import regex
from examx_constructs.checks.alb.annotations import (
    API,
    CONTROLLER,
    LAST_PORT,
    REFUSED,
    REFUSED_BY_AWS,
    listed,
    network,
    pairs,
    said,
    truth,
    whole,
)
from examx_constructs.checks.alb.classes import members
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

Check = Callable[[str], str]
"""What a text should be; empty where it is fine."""

_IN_NO_GROUP = "the controller takes the Ingress into no group, and it gets no load balancer"
_LONGEST_GROUP_NAME, _LONGEST_LOAD_BALANCER_NAME, _LONGEST_PATH = 63, 32, 1024
_FURTHEST_ORDER = 1000
_LONGEST_SESSION = 604800
_MOST_TAGS = 50
_NAME = regex(r"(?!internal-)[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?")
_GROUP_NAME = regex(r"([a-z0-9][-a-z0-9.]*)?[a-z0-9]")
_CERTIFICATE = regex(r"arn:[a-z-]+:(acm|iam):")
_WEB_ACL = regex(r"none|arn:[a-z-]+:wafv2:[^:]*:[^:]*:regional/webacl/.+")
# Policies have the month in which they came in their name, so those of a month that is over are all known.
_POLICY = regex(r"ELBSecurityPolicy-(?P<name>([A-Za-z0-9]+-)*)(?P<date>\d{4}-\d{2})")
_ANY = regex(r".*")
_POLICIES_OF: Mapping[str, re.Pattern[str]] = {
    month: regex(names)
    for month, names in (
        ("2015-04", r"TLS-1-0-"),
        ("2015-05", r""),
        ("2016-08", r""),
        ("2017-01", r"TLS-1-[12]-"),
        ("2018-06", r"TLS-1-2-Ext-|FS-"),
        ("2019-08", r"FS-1-[12]-|FS-1-2-Res-"),
        ("2020-10", r"FS-1-2-Res-"),
        ("2021-06", r"TLS13-1-[0-3]-|TLS13-1-2-(Res|Ext[12])-"),
        ("2023-04", r"TLS13-1-[0-3]-FIPS-|TLS13-1-2-(Res|Ext[012])-FIPS-"),
    )
}
_TAG = regex(r"[\w\s.:/=+\-@]*")


def _one_of(*choices: str) -> Check:
    return lambda text: "" if text in choices else " or ".join(choices)


def _between(least: int, most: int) -> Check:
    def check(text: str) -> str:
        number = whole(text)
        return "" if number is not None and least <= number <= most else f"a whole number from {least} to {most}"

    return check


def _boolean(text: str) -> str:
    return "true or false" if truth(text) is None else ""


def _map(text: str) -> str:
    return "pairs such as key=value,key=value; \\, is a comma in a value" if pairs(text) is None else ""


def _ports(text: str) -> str:
    ports = pairs(text)
    sound = ports is not None and all(whole(port) is not None for pair in ports.items() for port in pair)
    return "" if sound else "pairs of ports such as 80=443"


def _capacity(text: str) -> str:
    units = pairs(text)
    sound = units is not None and set(units) <= {"CapacityUnits"} and all(whole(unit) for unit in units.values())
    return "" if sound else "CapacityUnits=<a whole number>"


def _networks(text: str) -> str:
    return "" if all(map(network, listed(text))) else "CIDRs such as 192.0.2.0/24,2001:db8::/32"


def _group_name(text: str) -> str:
    sound = len(text) <= _LONGEST_GROUP_NAME and _GROUP_NAME.fullmatch(text)
    return "" if sound else "lower case letters, digits, - and ., at most 63 characters"


def _load_balancer_name(text: str) -> str:
    return "" if 0 < len(text) <= _LONGEST_LOAD_BALANCER_NAME else "1 to 32 characters"


def _load_balancer_letters(text: str) -> str:
    return "" if _NAME.fullmatch(text) else "letters, digits and - between them, and not internal- in front"


def _health_port(text: str) -> str:
    number = whole(text) if re.fullmatch(r"[+-]?[0-9]+", text) else 1
    return "" if number is not None and 1 <= number <= LAST_PORT else "a port, its name in the Service, or traffic-port"


def _frontend_port(text: str) -> str:
    return "" if text == "traffic-port" or whole(text) is not None else "a port number, or traffic-port"


def _path(text: str) -> str:
    return "" if text.startswith("/") and len(text) <= _LONGEST_PATH else "a path that begins with /"


def _certificates(text: str) -> str:
    sound = all(is_placeholder(arn) or _CERTIFICATE.match(arn) for arn in listed(text))
    return "" if sound else "ARNs of certificates in ACM or IAM, parted by commas"


def _web_acl(text: str) -> str:
    return (
        "" if _WEB_ACL.fullmatch(text) else "none, or the ARN of a regional web ACL: arn:aws:wafv2:…:regional/webacl/…"
    )


def _policy(text: str) -> str:
    found = _POLICY.fullmatch(text)
    sound = found and _POLICIES_OF.get(found["date"], _ANY).fullmatch(found["name"])
    return "" if sound else "a policy of AWS, such as ELBSecurityPolicy-TLS13-1-2-Res-2021-06"


def _tags(text: str) -> str:
    tags = pairs(text) or {}
    if any(key.lower().startswith("aws:") for key in tags):
        return "keys that do not begin with aws:"
    if len(tags) > _MOST_TAGS:
        return f"at most {_MOST_TAGS} tags"
    sound = all(_TAG.fullmatch(part) for tag in tags.items() for part in tag)
    return "" if sound else "letters, digits, blanks and _ . : / = + - @ in keys and values"


_ORDER = _between(-_FURTHEST_ORDER, _FURTHEST_ORDER)
_SCHEME = _one_of("internal", "internet-facing")
_PROTOCOL = _one_of("HTTP", "HTTPS")
# What makes the controller give up the model of the group.
_BY_CONTROLLER: Mapping[str, Check] = {
    "auth-type": _one_of("none", "oidc", "cognito"),
    "backend-protocol": _PROTOCOL,
    "backend-protocol-version": _one_of("HTTP1", "HTTP2", "GRPC"),
    "create-acm-cert": _boolean,
    "customer-owned-ipv4-pool": lambda text: "" if text else "the ID of a pool",
    "enable-frontend-nlb": _boolean,
    "frontend-nlb-attributes": _map,
    "frontend-nlb-healthcheck-port": _frontend_port,
    "frontend-nlb-healthcheck-protocol": _PROTOCOL,
    "frontend-nlb-listener-port-mapping": _ports,
    "frontend-nlb-scheme": _SCHEME,
    "frontend-nlb-tags": _map,
    "group.order": _ORDER,
    "healthcheck-protocol": _PROTOCOL,
    "inbound-cidrs": _networks,
    "ip-address-type": _one_of("ipv4", "dualstack", "dualstack-without-public-ipv4"),
    "load-balancer-attributes": _map,
    "load-balancer-name": _load_balancer_name,
    "manage-backend-security-group-rules": _boolean,
    "minimum-load-balancer-capacity": _capacity,
    "multi-cluster-target-group": _boolean,
    "scheme": _SCHEME,
    "shield-advanced-protection": _boolean,
    "ssl-redirect": _between(1, LAST_PORT),
    "tags": _map,
    "target-group-attributes": _map,
    "target-node-labels": _map,
    "target-type": _one_of("instance", "ip"),
    "use-regex-path-match": _boolean,
}
_FAMILIES: Mapping[str, Check] = {"listener-attributes.": _map, "target-control-port.": _between(1, LAST_PORT)}
# What the controller passes on, and AWS refuses.
_BY_AWS: Mapping[str, Check] = {
    "auth-on-unauthenticated-request": _one_of("authenticate", "allow", "deny"),
    "certificate-arn": _certificates,
    "frontend-nlb-healthcheck-path": _path,
    "frontend-nlb-tags": _tags,
    "healthcheck-path": _path,
    "load-balancer-name": _load_balancer_letters,
    "healthcheck-port": _health_port,
    "ssl-policy": _policy,
    "tags": _tags,
    "wafv2-acl-arn": _web_acl,
}
# Whole numbers: the controller refuses what is none, and AWS what is out of these bounds.
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "auth-session-timeout": (1, _LONGEST_SESSION),
    **{
        f"{of}{suffix}": bounds
        for of, threshold in (("", ""), ("frontend-nlb-", "healthcheck-"))
        for suffix, bounds in (
            ("healthcheck-interval-seconds", (5, 300)),
            ("healthcheck-timeout-seconds", (2, 120)),
            (f"{threshold}healthy-threshold-count", (2, 10)),
            (f"{threshold}unhealthy-threshold-count", (2, 10)),
        )
    },
}


@rule(f"{CONTROLLER}, pkg/ingress; {API}")
def alb_value_is_allowed(manifests: Manifests) -> Iterator[Finding]:
    """ALB annotations hold values that the controller can read and AWS takes: another stops the whole IngressGroup.

    No admission webhook looks at them, so a dry run shows nothing. A number has no unit: seconds are `15`, not `15s`.
    """
    ingresses = (each.ingress for each in members(manifests))
    for resource in (*ingresses, *manifests.kind("Service")):
        for suffix, value in said(resource):
            text = "" if value.value is None else value.value
            if not isinstance(text, str):
                yield finding(value, "a string: put it in quotes", REFUSED)
            elif not is_placeholder(text):
                allowed, why = allowed_value(suffix, text)
                if allowed:
                    yield finding(value, allowed, why)


def allowed_value(suffix: str, text: str) -> tuple[str, str]:
    """Return what a value should be, and who refuses it; an empty text where it is fine."""
    if suffix == "group.name":
        return _group_name(text), _IN_NO_GROUP
    if suffix in _BOUNDS:
        return _between(*_BOUNDS[suffix])(text), REFUSED if whole(text) is None else REFUSED_BY_AWS
    family = next((check for prefix, check in _FAMILIES.items() if suffix.startswith(prefix)), None)
    for check, why in ((_BY_CONTROLLER.get(suffix, family), REFUSED), (_BY_AWS.get(suffix), REFUSED_BY_AWS)):
        if check and (allowed := check(text)):
            return allowed, why
    return "", ""
