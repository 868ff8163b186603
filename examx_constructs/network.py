"""Who may talk to whom: everything is denied, then the flows that exist are named.

On EKS these have an effect only where the VPC CNI enforces them (`enableNetworkPolicy`). The kubelet's probes pass.
"""

from collections.abc import Iterable, Mapping, Sequence

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import lean, match, metadata, number
from examx_constructs._strict import strict
from examx_constructs.settings import ClusterService, ExternalFlow
from examx_constructs.settings.naming import APP_LABEL
from examx_constructs.settings.network import link_local_within


class _Policy(k8s.KubeNetworkPolicy):
    """A NetworkPolicy that governs the directions for which it has rules: with none at all it denies everything."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        pods: k8s.LabelSelector,
        ingress: list[k8s.NetworkPolicyIngressRule] | None = None,
        egress: list[k8s.NetworkPolicyEgressRule] | None = None,
    ) -> None:
        directions = {"Ingress": ingress, "Egress": egress}
        super().__init__(
            scope,
            id,
            metadata=metadata(name),
            spec=lean(
                k8s.NetworkPolicySpec(
                    pod_selector=pods,
                    policy_types=[direction for direction, rules in directions.items() if rules is not None],
                    ingress=ingress or None,
                    egress=egress or None,
                )
            ),
        )


class DefaultDeny(Construct):
    """Denies every flow of every pod in the namespace, but for the cluster's DNS: its pods, and `dns_cidrs`.

    Where the nodes themselves resolve names, no selector of pods matches them (NodeLocal DNSCache: 169.254.20.10/32).
    """

    @strict
    def __init__(self, scope: Construct, id: str, *, dns_cidrs: Sequence[str] = ()) -> None:
        super().__init__(scope, id)
        everything = k8s.LabelSelector()
        self.deny = _Policy(self, "default-deny", name="default-deny", pods=everything, ingress=[], egress=[])
        dns = k8s.NetworkPolicyPeer(
            namespace_selector=_namespace("kube-system"), pod_selector=match({"k8s-app": "kube-dns"})
        )
        self.dns = _Policy(
            self,
            "allow-dns",
            name="allow-dns",
            pods=everything,
            egress=[k8s.NetworkPolicyEgressRule(to=[dns, *_networks(dns_cidrs)], ports=[_port(53, "UDP"), _port(53)])],
        )


class ExternalFlows(_Policy):
    """Lets pods call services outside the cluster, each by port and network.

    What answers on the node itself is excepted of every wider network. Its metadata service, 169.254.169.254, would
    give the node's role to any pod that asks.

    `pods`: labels of those that may call. `flows` are the services.
    """

    @strict
    def __init__(
        self, scope: Construct, id: str, *, name: str, pods: Mapping[str, str], flows: Sequence[ExternalFlow]
    ) -> None:
        super().__init__(
            scope,
            id,
            name=name,
            pods=match(pods),
            egress=[
                k8s.NetworkPolicyEgressRule(to=_outside(flow.cidrs), ports=[_port(flow.port, flow.protocol)])
                for flow in flows
            ],
        )


class ServiceFlows(_Policy):
    """Lets pods call Services of other namespaces, each by its port: whatever there listens on it.

    `pods`: labels of those that may call. `services`: what they may call.
    """

    @strict
    def __init__(
        self, scope: Construct, id: str, *, name: str, pods: Mapping[str, str], services: Sequence[ClusterService]
    ) -> None:
        super().__init__(
            scope,
            id,
            name=name,
            pods=match(pods),
            egress=[
                k8s.NetworkPolicyEgressRule(to=[_any_pod_of(each.namespace)], ports=[_port(each.port)])
                for each in services
            ],
        )


class GuestFlows(_Policy):
    """Lets pods that somebody else runs in the namespace send and take anything, as if nothing were denied.

    `guests`: the labels `app` of the pods.
    """

    @strict
    def __init__(self, scope: Construct, id: str, *, guests: Sequence[str], name: str = "guests") -> None:
        of_guests = k8s.LabelSelectorRequirement(key=APP_LABEL, operator="In", values=list(guests))
        super().__init__(
            scope,
            id,
            name=name,
            pods=k8s.LabelSelector(match_expressions=[of_guests]),
            ingress=[k8s.NetworkPolicyIngressRule()],
            egress=[k8s.NetworkPolicyEgressRule()],
        )


class IncomingFromNetworks(_Policy):
    """Lets networks outside the cluster reach a port of pods, such as a load balancer's subnets.

    `health_port`: where they alone may ask how a pod is. `namespaces`: namespaces whose pods may come in as well.

    `pods`: labels of those that are reached. `port` is a number of their containers. `cidrs` are the networks, such as
    `10.0.0.0/8`.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        pods: Mapping[str, str],
        port: int,
        cidrs: Sequence[str],
        health_port: int | None = None,
        namespaces: Iterable[str] = (),
    ) -> None:
        health = [
            k8s.NetworkPolicyIngressRule(from_=_networks(cidrs), ports=[_port(each)])
            for each in [health_port]
            if each is not None
        ]
        super().__init__(
            scope,
            id,
            name=name,
            pods=match(pods),
            ingress=[
                k8s.NetworkPolicyIngressRule(
                    from_=[*_networks(cidrs), *(_any_pod_of(each) for each in namespaces)], ports=[_port(port)]
                ),
                *health,
            ],
        )


class IncomingFromNamespaces(_Policy):
    """Lets pods of other namespaces reach ports of pods, such as Prometheus those where metrics are told.

    `pods`: labels of those that are reached. `ports` are numbers of their containers. `namespaces`: names of
    those whose pods may come in.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        pods: Mapping[str, str],
        ports: Sequence[int],
        namespaces: Sequence[str],
    ) -> None:
        super().__init__(
            scope,
            id,
            name=name,
            pods=match(pods),
            ingress=[
                k8s.NetworkPolicyIngressRule(
                    from_=[_any_pod_of(each) for each in namespaces], ports=[_port(each) for each in ports]
                )
            ]
            if namespaces and ports
            # A rule without peers or without ports would let in all.
            else [],
        )


class InternalFlow(Construct):
    """Lets pods reach ports of other pods of the namespace: both the way out and the way in.

    `namespaces`: other namespaces whose pods may come in as well.

    `clients`: labels of those that call. `servers`: labels of those that are called. `ports` are numbers of
    the servers' containers.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        clients: Mapping[str, str],
        servers: Mapping[str, str],
        ports: Sequence[int],
        namespaces: Iterable[str] = (),
    ) -> None:
        super().__init__(scope, id)
        tcp = [_port(port) for port in ports]
        self.outgoing = _Policy(
            self,
            f"{name}-outgoing",
            name=f"{name}-outgoing",
            pods=match(clients),
            egress=[k8s.NetworkPolicyEgressRule(to=[_pods(servers)], ports=tcp)],
        )
        self.incoming = _Policy(
            self,
            f"{name}-incoming",
            name=f"{name}-incoming",
            pods=match(servers),
            ingress=[
                k8s.NetworkPolicyIngressRule(
                    from_=[
                        _pods(clients),
                        *(_any_pod_of(each) for each in namespaces),
                    ],
                    ports=tcp,
                )
            ],
        )


def _pods(labels: Mapping[str, str]) -> k8s.NetworkPolicyPeer:
    return k8s.NetworkPolicyPeer(pod_selector=match(labels))


def _any_pod_of(namespace: str) -> k8s.NetworkPolicyPeer:
    return k8s.NetworkPolicyPeer(namespace_selector=_namespace(namespace))


def _namespace(name: str) -> k8s.LabelSelector:
    return match({"kubernetes.io/metadata.name": name})


def _networks(cidrs: Iterable[str]) -> list[k8s.NetworkPolicyPeer]:
    return [k8s.NetworkPolicyPeer(ip_block=k8s.IpBlock(cidr=cidr)) for cidr in cidrs]


def _outside(cidrs: Iterable[str]) -> list[k8s.NetworkPolicyPeer]:
    """Return networks, without what answers on the node itself."""
    return [
        k8s.NetworkPolicyPeer(ip_block=k8s.IpBlock(cidr=cidr, except_=link_local_within(cidr) or None))
        for cidr in cidrs
    ]


def _port(port: int, protocol: str = "TCP") -> k8s.NetworkPolicyPort:
    return k8s.NetworkPolicyPort(port=number(port), protocol=protocol)
