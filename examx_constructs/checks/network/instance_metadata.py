"""A rule on NetworkPolicies that open the metadata service of the nodes, which gives the role of a node away."""

import ipaddress
from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.house import weight_of_advice
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.settings.addresses import INSTANCE_METADATA
from examx_constructs.settings.naming import APP_LABEL, GUESTS_ANNOTATION

_PORT = 80
_LEAKS = "the metadata service of the node gives all who ask it the credentials of the node"


@rule("EKS best practices, Restrict access to the instance profile; EC2 user guide, Instance metadata")
def egress_spares_instance_metadata(manifests: Manifests) -> Iterator[Finding]:
    """Where port 80 is open to a network, 169.254.169.254 and fd00:ec2::254 are excepted of it.

    A rule without peers opens every network. Pods that somebody else runs are left alone, by the annotation
    `examx.ai/guests` of the Namespace: what they need of the node is not known here. Outside of this project's
    namespaces it is a warning: whether nodes give their role away (a hop limit above 1) is not in manifests. A rule
    `{}` is left alone there.
    """
    for policy in manifests.kind("NetworkPolicy"):
        for egress in policy.spec["egress"] if not _is_for_guests(manifests, policy) else ():
            if not _opens_port(egress):
                continue
            peers = list(egress["to"])
            if not peers:
                severity = weight_of_advice(manifests, egress)
                # Others write `{}` for a policy that is about ingress alone.
                if severity is Severity.ERROR or list(egress["ports"]):
                    allowed = "a rule with peers, or with other ports than 80"
                    yield finding(egress, allowed, _LEAKS, value="open to all", severity=severity)
            for block in (peer["ipBlock"] for peer in peers):
                if opened := [each for each in INSTANCE_METADATA if _opens(block, each)]:
                    yield finding(
                        block["except"],
                        f"networks with {' and '.join(opened)} in them, such as 169.254.0.0/16 and fd00:ec2::/32",
                        _LEAKS,
                        value=f"{', '.join(block['except'].texts) or 'nothing'} of {block['cidr'].text}",
                        severity=weight_of_advice(manifests, block),
                    )


def _is_for_guests(manifests: Manifests, policy: Resource) -> bool:
    guests = manifests.listed_on_namespace(GUESTS_ANNOTATION, policy.scope)
    chosen = {
        label
        for each in policy.spec["podSelector"]["matchExpressions"]
        if each["key"].text == APP_LABEL and each["operator"].text == "In"
        for label in each["values"].texts
    }
    return bool(chosen) and chosen <= guests


def _opens_port(egress: Node) -> bool:
    ports = list(egress["ports"])
    return not ports or any(map(_is_open, ports))


def _is_open(port: Node) -> bool:
    """Return whether a port of a rule is that of the metadata service; a name means nothing outside of pods."""
    first, last = port["port"].number, port["endPort"].number
    if port["protocol"].text not in ("", "TCP") or port["port"].text:
        return False
    return first is None or first <= _PORT <= (first if last is None else last)


def _opens(block: Node, address: str) -> bool:
    return _holds(block["cidr"].text, address) and not any(_holds(each, address) for each in block["except"].texts)


def _holds(network: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
