"""What the members of an IngressGroup say of what they share, in the form in which the controller compares it.

pkg/ingress/model_builder.go, model_build_load_balancer*.go, model_build_listener.go and model_build_frontend_nlb.go of
v3.5.0. What the IngressClassParams of a member say goes before its annotation.
"""

import json
from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple

from examx_constructs._regex import regex
from examx_constructs.checks.alb.annotations import listed, pairs, truth, whole
from examx_constructs.checks.alb.classes import Member
from examx_constructs.checks.alb.documents import document
from examx_constructs.checks.alb.groups import Group, frontend_is_on
from examx_constructs.checks.alb.listeners import listeners
from examx_constructs.checks.alb.shapes import MUTUAL_AUTHENTICATION
from examx_constructs.manifests.node import Node


class Statement(NamedTuple):
    """One value that one member gives to one thing that the group shares."""

    of: str
    """What the value is of; the whole group has one of these."""
    value: Hashable
    """As it is compared."""
    told: str
    """As it is written."""
    place: Node
    member: Member

    @property
    def key(self) -> tuple[Hashable, str]:
        """What makes another statement of the same say nothing new."""
        return self.value, self.member.ingress.unit


class _Source(NamedTuple):
    """Where a value of the load balancer comes from, and how it is compared."""

    suffix: str
    param: str = ""
    read: Callable[[str], Hashable] = str
    empty_counts: bool = True


_UNSORTED: Callable[[str], Hashable] = lambda text: frozenset(listed(text))  # noqa: E731
_SORTED: Callable[[str], Hashable] = lambda text: tuple(listed(text))  # noqa: E731
_SOURCES = (
    _Source("scheme", "scheme"),
    _Source("ip-address-type", "ipAddressType"),
    _Source("load-balancer-name", "loadBalancerName"),
    _Source("customer-owned-ipv4-pool"),
    _Source("subnets", "subnets", _UNSORTED),
    _Source("security-groups", read=_SORTED),
    _Source("shield-advanced-protection", read=truth),
    _Source("ssl-redirect", "sslRedirectPort", whole),
    _Source("enable-frontend-nlb", read=truth),
)
_OF_FRONTEND = (
    _Source("frontend-nlb-scheme"),
    _Source("frontend-nlb-subnets", read=_UNSORTED),
    _Source("frontend-nlb-security-groups", read=_SORTED),
    _Source("frontend-nlb-eip-allocations", read=_UNSORTED),
)
_FRONTEND_HEALTH = tuple(
    f"frontend-nlb-healthcheck-{field}"
    for field in (
        "healthy-threshold-count",
        "interval-seconds",
        "path",
        "port",
        "protocol",
        "success-codes",
        "timeout-seconds",
        "unhealthy-threshold-count",
    )
)
_TRUST_STORE = regex(r"arn:[^/]*:truststore/([^/]+)/.*")


def statements(group: Group) -> Iterator[Statement]:
    """Yield all that the members say of the load balancer, and of the listeners that they have in common."""
    yield from _of_all(group, _SOURCES)
    yield from _web_acls(group)
    if any(listed(member.said("security-groups").text) for member in group.members):
        yield from _of_all(group, (_Source("manage-backend-security-group-rules", read=truth),))
    if not group.members[0].param("ipamConfiguration", "ipv4IPAMPoolId").text:
        yield from _of_all(group, (_Source("ipam-ipv4-pool-id", empty_counts=False),))
    yield from _by_key(group, "load-balancer-attributes", "loadBalancerAttributes")
    if not group.members[0].param("minimumLoadBalancerCapacity").present:
        yield from _by_key(group, "minimum-load-balancer-capacity", "")
    yield from _tags(group)
    for port, those in group.on_port.items():
        yield from _of_port(group, port, those)
    if frontend_is_on(group):
        yield from _of_frontend(group)


def _of_all(group: Group, sources: tuple[_Source, ...]) -> Iterator[Statement]:
    for member in group.members:
        for source in sources:
            param, place = member.param(source.param), member.said(source.suffix)
            if source.param and param.present and param.value != "":
                told = param.text or json.dumps(param.value, sort_keys=True, default=str)
                value = source.read(told) if param.text else told
                yield Statement(source.suffix, value, told, param, member)
            elif member.has(source.suffix) and (place.text or source.empty_counts):
                yield Statement(source.suffix, source.read(place.text), place.text.strip(), place, member)


def _web_acls(group: Group) -> Iterator[Statement]:
    """Yield the names of web ACLs; their ARNs count only where no member gives a name."""
    names = tuple(_of_all(group, (_Source("wafv2-acl-name", "wafv2AclName", empty_counts=False),)))
    yield from names or _of_all(group, (_Source("wafv2-acl-arn", "wafv2AclArn"),))
    for member in group.members:
        suffix = "waf-acl-id" if member.has("waf-acl-id") else "web-acl-id"
        if text := member.said(suffix).text:
            yield Statement("waf-acl-id", text, text, member.said(suffix), member)


def _by_key(group: Group, suffix: str, param: str) -> Iterator[Statement]:
    """Yield a map whose keys have one value each; what the class of the first member sets ends every quarrel."""
    settled = {each["key"].text for each in group.members[0].param(param)} if param else set[str]()
    for member in group.members:
        place = member.said(suffix)
        for key, value in (pairs(place.text) or {}).items():
            if key not in settled:
                yield Statement(f"{suffix} {key}", value, value, place, member)


def _tags(group: Group) -> Iterator[Statement]:
    for member in group.members:
        of_class = {each["key"].text: each["value"] for each in member.param("tags")}
        place = member.said("tags")
        for key, value in (pairs(place.text) or {}).items():
            if key not in of_class:
                yield Statement(f"tags {key}", value, value, place, member)
        for key, node in of_class.items():
            yield Statement(f"tags {key}", node.text, node.text, node, member)


def _of_port(group: Group, port: int, those: list[Member]) -> Iterator[Statement]:
    protocols = group.protocols
    settled = _settled_on_listener(those[0], protocols[port], port)
    for member in those:
        protocol = (listeners(member) or protocols)[port]
        yield Statement(f"listen-ports of port {port}", protocol, protocol, member.said("listen-ports"), member)
        yield from _allowed_from(member, port)
        place = member.said(f"listener-attributes.{protocols[port]}-{port}")
        for key, value in (pairs(place.text) or {}).items():
            if key not in settled:
                yield Statement(f"listener-attributes of port {port} {key}", value, value, place, member)
        if protocols[port] == "HTTPS":
            policy = member.param("sslPolicy") if member.param("sslPolicy").text else member.said("ssl-policy")
            if policy.present:
                yield Statement(f"ssl-policy of port {port}", policy.text, policy.text, policy, member)
            yield from _client_tls(member, port)


def _settled_on_listener(first: Member, protocol: str, port: int) -> set[str]:
    """Return the attributes of a listener that the class of its first member sets."""
    listeners = [
        each for each in first.param("listeners") if each["protocol"].text == protocol and each["port"].number == port
    ]
    return {attribute["key"].text for each in listeners[:1] for attribute in each["listenerAttributes"]}


def _allowed_from(member: Member, port: int) -> Iterator[Statement]:
    """Yield from where a port may be reached; without addresses of its own a member takes those of another."""
    lists = (
        ("inbound-cidrs", ("inboundCIDRs",)),
        ("security-group-prefix-lists", ("prefixListsIDs", "PrefixListsIDs")),
    )
    for suffix, params in lists:
        place = next((member.param(each) for each in params if list(member.param(each))), member.said(suffix))
        values = place.texts if list(place) else listed(place.text)
        if values:
            yield Statement(f"{suffix} of port {port}", frozenset(values), ",".join(values), place, member)


def _client_tls(member: Member, port: int) -> Iterator[Statement]:
    place = member.said("mutual-authentication")
    entries = [each for each in document(place, MUTUAL_AUTHENTICATION).content if each["port"].number == port]
    for entry in entries[-1:]:
        store = entry["trustStore"].text
        named = _TRUST_STORE.fullmatch(store)
        ignores = entry["ignoreClientCertificateExpiry"].value or False
        names = entry["advertiseTrustStoreCaNames"].text
        value = (entry["mode"].text, named[1] if named else store, ignores, names)
        told = json.dumps(entry.value, sort_keys=True, default=str)
        yield Statement(f"mutual-authentication of port {port}", value, told, place, member)


def _of_frontend(group: Group) -> Iterator[Statement]:
    yield from _of_all(group, _OF_FRONTEND)
    yield from _frontend_attributes(group)
    for member in group.members:
        place, listening = member.said("frontend-nlb-listener-port-mapping"), listeners(member) or {}
        mapped = {whole(nlb): whole(alb) for nlb, alb in (pairs(place.text) or {}).items()}
        for port, to in (mapped or {port: port for port in listening}).items():
            if to in listening:
                yield Statement(f"frontend-nlb-listener-port-mapping of port {port}", to, str(to), place, member)
                yield from _frontend_health(member, port)


def _frontend_health(member: Member, port: int | None) -> Iterator[Statement]:
    for suffix in _FRONTEND_HEALTH:
        if text := member.said(suffix).text:
            yield Statement(f"{suffix} of port {port}", text, text, member.said(suffix), member)


def _frontend_attributes(group: Group) -> Iterator[Statement]:
    """Yield what members say.

    From the first one on that has attributes, each has the same: to have none is another value.
    """
    suffix, begun = "frontend-nlb-attributes", False
    for member in group.members:
        place = member.said(suffix)
        begun = begun or place.present
        if begun:
            value = pairs(place.text) or {}
            yield Statement(suffix, frozenset(value.items()), place.text or "nothing", place, member)
