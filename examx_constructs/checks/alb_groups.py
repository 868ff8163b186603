"""A rule on Ingresses that share a load balancer: what they say of it must be the same."""

import json
from collections import defaultdict
from collections.abc import Iterator

from examx_constructs.checks.alb import PREFIX
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests, Resource

# Each is one value for the whole load balancer, or for a listener that the members have in common.
_SHARED = (
    "scheme",
    "ip-address-type",
    "load-balancer-name",
    "customer-owned-ipv4-pool",
    "ipam-ipv4-pool-id",
    "manage-backend-security-group-rules",
    "security-groups",
    "security-group-prefix-lists",
    "inbound-cidrs",
    "subnets",
    "ssl-policy",
    "wafv2-acl-arn",
    "wafv2-acl-name",
    "shield-advanced-protection",
)
# Each is a map, of which members may have different keys, and not the same one with different values.
_SHARED_BY_KEY = ("load-balancer-attributes", "tags")
_BY_PORT = "mutual-authentication"
_STOPS = "the controller refuses the whole IngressGroup, and its load balancer stays as it is"


@rule("AWS Load Balancer Controller v3.5.0, pkg/ingress: conflicting values of an IngressGroup")
def alb_group_agrees(manifests: Manifests) -> Iterator[Finding]:
    """Ingresses of one `group.name` say the same of their load balancer: firewall, protection, attributes, listeners.

    What one leaves out, another may say. Each cluster has groups of its own.
    """
    first: defaultdict[tuple[str, str], dict[str, tuple[str, Resource]]] = defaultdict(dict)
    for ingress in manifests.kind("Ingress"):
        group = ingress.annotations[f"{PREFIX}group.name"].text
        if not group:
            continue
        said = first[ingress.scope.cluster or ingress.scope.folder, group]
        for what, value, place in _said(ingress):
            other, owner = said.setdefault(what, (value, ingress))
            if other != value:
                yield finding(
                    place,
                    f"what {owner.id.qualified} of the group {group} says of {what}: {other}",
                    _STOPS,
                    value=f"{what} {value}",
                )


def _said(ingress: Resource) -> Iterator[tuple[str, str, Node]]:
    """What an Ingress says of the load balancer that it shares: of what, the value, and where."""
    for suffix in _SHARED:
        if (place := ingress.annotations[f"{PREFIX}{suffix}"]).text:
            yield suffix, place.text.strip(), place
    for suffix in _SHARED_BY_KEY:
        place = ingress.annotations[f"{PREFIX}{suffix}"]
        for pair in filter(None, (each.strip() for each in place.text.split(","))):
            key, _, value = pair.partition("=")
            yield f"{suffix} {key.strip()}", value.strip(), place
    yield from _client_tls(ingress.annotations[f"{PREFIX}{_BY_PORT}"])


def _client_tls(place: Node) -> Iterator[tuple[str, str, Node]]:
    try:
        entries: object = json.loads(place.text)
    except (ValueError, RecursionError):
        return
    for entry in Node(place.object_id, place.file, place.path, entries):
        port = entry["port"].number
        if port is not None:
            yield f"{_BY_PORT} of port {port}", json.dumps(entry.value, sort_keys=True, default=str), place
