"""Preconditions of NetworkPolicies: somebody enforces them, and they let names be resolved.

Sources: aws-vpc-cni chart 1.22.4 (templates/daemonset.yaml). amazon-network-policy-controller-k8s, which lets pods
reach a Service's own address by the labels in the Service's selector. NodeLocal DNSCache of kubernetes/dns; Cilium's
documentation, Policy Enforcement Modes (`enable-policy` of the ConfigMap cilium-config).
"""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from examx_cli.doctor import questions
from examx_cli.doctor.component import Component, written
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import Object, items, mapping, pod_labels, selects, text

TOPIC = "network"
NODE_LOCAL = "169.254.20.10"
"""Where NodeLocal DNSCache answers on each node, unless it is set up otherwise."""

_CACHE = Component("NodeLocal DNSCache", image="k8s-dns-node-cache")
_AGENT = Component("network policy agent", image="aws-network-policy-agent", container="aws-eks-nodeagent")
_HEARS_EXCEPTIONS = (1, 0, 4)
"""The first agent that looks at `except` of an ipBlock (aws-network-policy-agent issue 92); of VPC CNI 1.15.1."""
_DNS_PORT = 53
ENFORCES = "--enable-network-policy=true"
_SWITCH, _YES = "--enable-network-policy", ("true", "1", "t", "T", "TRUE", "True")
"""The flag, and what its program, written in Go, takes for yes (strconv.ParseBool); alone the flag says yes too."""
_OTHERS = {
    "anetd": "Cilium",
    "antrea-agent": "Antrea",
    "calico-node": "Calico",
    "canal": "Canal",
    "cilium": "Cilium",
    "kube-router": "kube-router",
    "weave-net": "Weave Net",
}
_CONTROLLER = "enable-network-policy-controller"


@precondition(
    TOPIC,
    "NetworkPolicies are enforced",
    when=lambda needs: needs.policies,
    breaks="the policies are words: every pod of the cluster reaches Redis, and the application reaches everything",
    mend=(
        "aws eks update-addon --cluster-name CLUSTER --addon-name vpc-cni --resolve-conflicts PRESERVE "
        """--configuration-values '{"enableNetworkPolicy":"true"}'"""
    ),
)
def enforcement(_needs: Needs, seen: Seen) -> Found:
    """The VPC CNI's agent is told to enforce them, or another does; EKS Auto Mode is told by a ConfigMap."""
    sets = {text(each, "metadata", "name"): each for each in seen.objects(questions.DAEMON_SETS)}
    for name, who in _OTHERS.items():
        if name in sets:
            if who == "Cilium" and _cilium_lets_all_pass(seen):
                return lacking(
                    f"{who} runs (DaemonSet {name}), and its ConfigMap cilium-config says enable-policy: never"
                )
            return _on_every_node(sets[name], f"by {who} (DaemonSet {name})")
    if "aws-node" in sets:
        return _by_vpc_cni(sets["aws-node"])
    for each in seen.objects(questions.SYSTEM_CONFIG_MAPS):
        if text(each, "metadata", "name") == "amazon-vpc-cni" and text(each, "data", _CONTROLLER) == "true":
            return good(f"by EKS Auto Mode (ConfigMap amazon-vpc-cni, {_CONTROLLER})")
    return unsure("no DaemonSet is one that is known to enforce them")


def _by_vpc_cni(daemon_set: Object) -> Found:
    """Return whether the agent of AWS's own network is told to enforce, and knows how."""
    if not any(map(_is_told, items(daemon_set, "spec", "template", "spec", "containers"))):
        return lacking(f"no container of DaemonSet aws-node is told {ENFORCES}")
    version = _AGENT.version(daemon_set)
    if version and version < _HEARS_EXCEPTIONS:
        return lacking(
            f"the agent of DaemonSet aws-node is {written(version)}, and before {written(_HEARS_EXCEPTIONS)} it opens "
            "what a policy excepts, such as the nodes' metadata service"
        )
    return _on_every_node(daemon_set, f"by the VPC CNI (DaemonSet aws-node, {ENFORCES})")


def _is_told(container: object) -> bool:
    """Return whether a container is told to enforce; of two flags the last one counts."""
    told = False
    for word in [*items(container, "command"), *items(container, "args")]:
        name, equals, given = (word if isinstance(word, str) else "").partition("=")
        if name == _SWITCH:
            told = given in _YES if equals else True
    return told


def _cilium_lets_all_pass(seen: Seen) -> bool:
    return any(
        text(each, "metadata", "name") == "cilium-config" and text(each, "data", "enable-policy") == "never"
        for each in seen.objects(questions.SYSTEM_CONFIG_MAPS)
    )


def _on_every_node(daemon_set: Object, said: str) -> Found:
    """Say that it is enforced, but where what enforces is not ready.

    Pods of such a node are as open as it left them.
    """
    ready, wanted = (mapping(daemon_set, "status").get(each) for each in ("numberReady", "desiredNumberScheduled"))
    if isinstance(ready, int) and isinstance(wanted, int) and ready < wanted:
        return unsure(f"{said}, which is ready on {ready} of {wanted} nodes")
    return good(said)


@precondition(
    TOPIC,
    "DNS behind the policies",
    when=lambda needs: bool(_name_peers(needs)),
    breaks="no pod resolves a name: neither Redis nor the database nor AWS is found",
    mend=(
        "kubectl describe service/kube-dns --namespace kube-system --context CLUSTER; the policy allow-dns and the "
        "Service must select the same pods, or NetworkSettings.dns_cidrs name the Service's address"
    ),
)
def dns(needs: Needs, seen: Seen) -> Found:
    """The Service of the cluster's DNS has the selector that the policy names, and pods have these labels."""
    peers = _name_peers(needs)
    services = {text(each, "metadata", "name"): each for each in seen.objects(questions.SYSTEM_SERVICES)}
    if "kube-dns" not in services:
        return lacking(f"there is no Service kube-dns in {questions.SYSTEM}")
    address = text(services["kube-dns"], "spec", "clusterIP")
    if any(_is_in(address, each) for each in _networks(needs)):
        return good(f"Service kube-dns at {address}, which a policy allows")
    selector = dict(mapping(services["kube-dns"], "spec", "selector"))
    if not any(selects(each, selector) for each in peers):
        wanted = ", ".join(f"{name}={label}" for each in peers for name, label in mapping(each, "matchLabels").items())
        had = ", ".join(f"{name}={label}" for name, label in selector.items())
        return lacking(f"Service kube-dns selects {had or 'nothing'}, and the policy allows {wanted}")
    servers = [
        each
        for each in (*seen.objects(questions.DEPLOYMENTS), *seen.objects(questions.DAEMON_SETS))
        if text(each, "metadata", "namespace") == questions.SYSTEM
        and any(selects(peer, pod_labels(each)) for peer in peers)
    ]
    if not servers:
        return lacking(f"no workload of {questions.SYSTEM} has pods with the labels that the policy names")
    return good(f"Service kube-dns, pods of {', '.join(text(each, 'metadata', 'name') for each in servers)}")


def _dns_rules(needs: Needs) -> Iterator[object]:
    """Yield the rules by which every pod may ask for names."""
    for policy in needs.of_kind("NetworkPolicy"):
        for rule in items(policy, "spec", "egress"):
            ports = [mapping(each) for each in items(rule, "ports")]
            if any(each.get("port") == _DNS_PORT and each.get("protocol") == "UDP" for each in ports):
                yield rule


def _name_peers(needs: Needs) -> list[object]:
    """Return the selectors of pods that may be asked for names."""
    return [
        mapping(peer, "podSelector")
        for rule in _dns_rules(needs)
        for peer in items(rule, "to")
        if mapping(peer, "podSelector")
    ]


def _networks(needs: Needs) -> list[str]:
    """Return the networks that may be asked for names."""
    return [text(peer, "ipBlock", "cidr") for rule in _dns_rules(needs) for peer in items(rule, "to")]


@precondition(
    TOPIC,
    "NodeLocal DNSCache",
    when=lambda needs: bool(_name_peers(needs)),
    breaks=(
        f"no pod resolves a name: pods ask {NODE_LOCAL}, an address of the node, and the policy lets them ask the pods "
        "of kube-dns alone"
    ),
    mend=f'NetworkSettings(dns_cidrs=("{NODE_LOCAL}/32",)) in the environment\'s file, and `examx apply ENVIRONMENT`',
)
def node_local_dns(needs: Needs, seen: Seen) -> Found | None:
    """Where each node has a cache of names, the policies let pods ask it."""
    caches = [each for each in seen.objects(questions.DAEMON_SETS) if _is_cache(each)]
    if not caches:
        return None
    addresses = sorted(set(_addresses(caches[0]))) or [NODE_LOCAL]
    lost = [each for each in addresses if not any(_is_in(each, network) for network in _networks(needs))]
    where = f"DaemonSet {text(caches[0], 'metadata', 'name')} answers on {', '.join(addresses)}"
    return lacking(f"{where}, which no policy allows") if lost else good(f"{where}, which a policy allows")


def _is_cache(daemon_set: Object) -> bool:
    names = (text(daemon_set, "metadata", "name"), text(daemon_set, "metadata", "labels", "k8s-app"))
    named = any("node-local-dns" in each or "nodelocaldns" in each for each in names)
    return named or bool(_CACHE.among([daemon_set]))


def _addresses(daemon_set: Object) -> Iterator[str]:
    """Yield the link-local addresses that a cache is told to answer on: `-localip 169.254.20.10,10.100.0.10`."""
    for container in items(daemon_set, "spec", "template", "spec", "containers"):
        words = [each for each in items(container, "args") if isinstance(each, str)]
        for flag, after in zip(words, [*words[1:], ""], strict=False):
            name, _, given = flag.partition("=")
            if name.lstrip("-") == "localip":
                yield from (each for each in (given or after).split(",") if each.startswith("169.254."))


def _is_in(address: str, network: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False
