"""Which peers of a NetworkPolicy may be the DNS of the cluster, as far as manifests tell."""

import ipaddress

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.manifests.selection import selected
from examx_constructs.manifests.selectors import is_empty, written

_HOMES = frozenset({"kube-system", "openshift-dns"})
_NAME = "kubernetes.io/metadata.name"
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
_SPECIAL = ("100.64.0.0/10", "169.254.0.0/16")
"""Where pods or a node's own DNS are in some clusters, and what `0.0.0.0/0` with exceptions is not meant for."""


def may_resolve(manifests: Manifests, scope: Scope, egress: Node) -> bool:
    """Return whether an egress rule of a policy in that scope reaches what may be the DNS of the cluster."""
    peers = list(egress["to"])
    return not peers or any(_may_be_dns(manifests, scope, peer) for peer in peers)


def _may_be_dns(manifests: Manifests, scope: Scope, peer: Node) -> bool:
    if peer["ipBlock"].present:
        return _is_private(peer["ipBlock"])
    if peer["namespaceSelector"].present:
        return _is_home(peer["namespaceSelector"]) and _are_dns_pods(peer["podSelector"])
    return _is_own(manifests, scope, peer["podSelector"])


def _is_private(block: Node) -> bool:
    """Return whether a block holds addresses that a cluster gives to its DNS, and does not except all of them."""
    try:
        cidr = ipaddress.ip_network(block["cidr"].text, strict=False)
        excepted = [ipaddress.ip_network(each, strict=False) for each in block["except"].texts]
    except ValueError:
        return True
    if any(_holds(ipaddress.ip_network(each), cidr) for each in _SPECIAL):
        return True
    for each in map(ipaddress.ip_network, _PRIVATE):
        part = cidr if _holds(each, cidr) else each
        if (_holds(each, cidr) or _holds(cidr, each)) and not any(_holds(one, part) for one in excepted):
            return True
    return False


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _holds(whole: _Network, part: _Network) -> bool:
    return whole.version == part.version and whole.prefixlen <= part.prefixlen and part.network_address in whole


def _is_home(selector: Node) -> bool:
    """Return whether namespaces that are chosen by name are those of a DNS; by other labels they may be."""
    named = {value.text for key, value in selector["matchLabels"].entries() if key == _NAME}
    for expression in selector["matchExpressions"]:
        if expression["key"].text == _NAME and expression["operator"].text == "In":
            named |= set(expression["values"].texts)
    return not named or any(name in _HOMES or "dns" in name or "$" in name or "{" in name for name in named)


def _are_dns_pods(selector: Node) -> bool:
    """Return whether pods that are chosen by labels may be those of a DNS.

    What counts is the labels that they have in every cluster.

    `k8s-app` is that of kubeadm, EKS, GKE and AKS, others are those of charts, of add-ons and of OpenShift; `app` is
    none of them.
    """
    sure = all(each["operator"].text == "In" for each in selector["matchExpressions"])
    by_labels = {key for key, _ in selector["matchLabels"].entries()}
    keys = by_labels | {each["key"].text for each in selector["matchExpressions"]}
    return is_empty(selector) or not sure or ("dns" in written(selector) and "app" not in keys)


def _is_own(manifests: Manifests, scope: Scope, selector: Node) -> bool:
    """Return whether pods of the policy's own namespace resolve names.

    They do where they are the cluster's, or seem to be a DNS.
    """
    if scope.namespace in _HOMES or not scope.namespace:
        return _are_dns_pods(selector)
    return any("dns" in f"{pod.workload.name} {pod.labels}" for pod in selected(manifests, scope, selector))
