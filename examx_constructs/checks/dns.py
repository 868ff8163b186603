"""A rule on NetworkPolicies that let pods call something, and not ask for its address."""

from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.manifests.selectors import is_empty, matches

_PORT = 53
# What may allow more than NetworkPolicies show.
_OTHER_POLICIES = (
    "AdminNetworkPolicy",
    "BaselineAdminNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "CiliumNetworkPolicy",
    "GlobalNetworkPolicy",
)


@rule("Kubernetes documentation, Network Policies, Default deny all egress traffic")
def egress_allows_dns(manifests: Manifests) -> Iterator[Finding]:
    """Pods that may call something may also ask the cluster's DNS: one policy of theirs, at least, allows port 53.

    Policies add up, so all that select a pod are looked at. Whether the peers of such a rule are those that resolve
    names cannot be told from here: that differs from cluster to cluster. Pods that may call nothing are left alone.
    """
    if any(True for _ in manifests.kind(*_OTHER_POLICIES)):
        return
    told: set[Node] = set()
    for policy in manifests.kind("NetworkPolicy"):
        for pod in manifests.pods_in(policy.scope) if _restricts_egress(policy) else ():
            policies = [each for each in _restricting(manifests, policy, pod) if each.complete]
            rules = [each for one in policies for each in one.spec["egress"]]
            if policy in policies and rules and not any(map(_allows_port, rules)) and pod.template not in told:
                told.add(pod.template)
                yield finding(
                    policy.spec["egress"],
                    f"a rule for port {_PORT}, UDP and TCP, in one of the policies of {pod.workload.qualified}",
                    "it may call others and resolve none of their names",
                    value="without DNS",
                )


def _restricting(manifests: Manifests, policy: Resource, pod: Pod) -> list[Resource]:
    return [
        each
        for each in manifests.in_scope("NetworkPolicy", policy.scope)
        if _restricts_egress(each)
        and (is_empty(each.spec["podSelector"]) or matches(each.spec["podSelector"], pod.labels))
    ]


def _restricts_egress(policy: Resource) -> bool:
    """Left out, the types are Ingress, and Egress where there are rules for it."""
    types = policy.spec["policyTypes"]
    return "Egress" in types.texts if types.present else bool(list(policy.spec["egress"]))


def _allows_port(egress: Node) -> bool:
    ports = list(egress["ports"])
    return not ports or any(map(_is_dns, ports))


def _is_dns(port: Node) -> bool:
    given, last = port["port"], port["endPort"].number
    if given.number is None:
        # Every port, or one by a name that the pods of the DNS server give it.
        return not given.present or bool(given.text)
    return given.number <= _PORT <= (given.number if last is None else last)
