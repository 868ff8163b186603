"""A rule on NetworkPolicies that let pods call something, and not ask for its address."""

from collections import defaultdict
from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.network.dns_peers import may_resolve
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.manifests.selection import selected
from examx_constructs.manifests.selectors import written

_PORT = 53
_OPENSHIFT, _OPENSHIFT_PORT = "openshift", 5353
"""The DNS of OpenShift listens on a port of its own, and policies see the port of the pods."""
# What may allow more than NetworkPolicies show.
_OTHER_POLICIES = (
    "AdminNetworkPolicy",
    "BaselineAdminNetworkPolicy",
    "ClusterNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "CiliumNetworkPolicy",
    "GlobalNetworkPolicy",
)


@rule(
    "Kubernetes documentation, Network Policies, Default deny all egress traffic and Behavior of to and from selectors"
)
def egress_allows_dns(manifests: Manifests) -> Iterator[Finding]:
    """Pods that may call something may also ask the cluster's DNS: one policy of theirs, at least, allows UDP port 53.

    Policies add up, so all that select a pod are looked at together. Resolvers ask by UDP, and `port: 53` alone is TCP.
    A `podSelector` alone means pods of the policy's own namespace, where the DNS of a cluster is not. Pods that may
    call nothing are left alone, and those on the network of their node, which no policy reaches.
    """
    if any(True for _ in manifests.kind(*_OTHER_POLICIES)):
        return
    known: dict[Node, bool] = {}
    for pod, policies in _restricted(manifests).items():
        rules = [each for policy in policies for each in policy.spec["egress"]]
        if not rules or not all(policy.complete for policy in policies) or pod.spec["hostNetwork"].value is True:
            continue
        for each in rules:
            if each not in known:
                known[each] = _asks_by_udp(each) and may_resolve(manifests, policies[0].scope, each)
        # With a resolver of its own, any address may be it.
        own = pod.spec["dnsPolicy"].text in ("None", "Default")
        if not any(known[each] or (own and _asks_by_udp(each)) for each in rules) and not _asks_by_tcp(pod, rules):
            yield _without(pod, policies[0], rules)


def _restricted(manifests: Manifests) -> dict[Pod, list[Resource]]:
    """Return the pods whose egress policies restrict, with these in their order."""
    found: defaultdict[Pod, list[Resource]] = defaultdict(list)
    for policy in manifests.kind("NetworkPolicy"):
        if _restricts_egress(policy):
            for pod in selected(manifests, policy.scope, policy.spec["podSelector"]):
                found[pod].append(policy)
    return found


def _restricts_egress(policy: Resource) -> bool:
    """Return whether egress is restricted: left out, the types are Ingress, and Egress where there are rules for it."""
    types = policy.spec["policyTypes"]
    return "Egress" in types.texts if types.present else bool(list(policy.spec["egress"]))


def _without(pod: Pod, policy: Resource, rules: list[Node]) -> Finding:
    """Return what is wrong: nothing that is meant for DNS, or a rule that is and does not reach it."""
    meant = next((each for each in rules if any(_is_dns(port, _PORT) for port in each["ports"])), None)
    value = "without DNS"
    if meant is not None:
        value = "DNS to others than the DNS of the cluster" if _asks_by_udp(meant) else "DNS by TCP alone"
    return finding(
        policy.spec["egress"] if meant is None else meant,
        f"a rule for port {_PORT}, UDP and TCP, in one of the policies of {pod.workload.qualified}",
        "it may call others and resolve none of their names",
        value=value,
    )


def _asks_by_udp(egress: Node) -> bool:
    ports = list(egress["ports"])
    udp = [port for port in ports if port["protocol"].text == "UDP"]
    return not ports or any(_is_every_or_named(port) or _is_dns(port, _port_of(egress)) for port in udp)


def _port_of(egress: Node) -> int:
    peers = (written(peer["namespaceSelector"]) for peer in egress["to"])
    return _OPENSHIFT_PORT if any(_OPENSHIFT in text for text in peers) else _PORT


def _asks_by_tcp(pod: Pod, rules: list[Node]) -> bool:
    """Return whether a pod says that it asks by TCP (`use-vc` of resolv.conf), and may."""
    by_tcp = any(option["name"].text == "use-vc" for option in pod.spec.at("dnsConfig", "options"))
    return by_tcp and any(_is_dns(port, _PORT) for each in rules for port in each["ports"])


def _is_every_or_named(port: Node) -> bool:
    """Return whether a port of a rule is all of them, or one by a name that the pods of the DNS server give it."""
    return not port["port"].present or bool(port["port"].text)


def _is_dns(port: Node, wanted: int) -> bool:
    first, last = port["port"].number, port["endPort"].number
    if first is None:
        return "dns" in port["port"].text
    return first <= wanted <= (first if last is None else last) or first == _PORT
