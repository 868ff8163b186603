"""The flows that cross an environment's border."""

import ipaddress
import re
from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.addresses import INSTANCE_METADATA
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.refusal import SettingError, at_least, at_most

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_CIDR = re.compile(r"[0-9A-Fa-f:.]+/\d{1,3}", re.ASCII)


def cidr(given: object) -> str | None:
    """Return a rule: a network such as 10.0.0.0/16.

    An address without a length or with a netmask is none to Kubernetes.
    """
    if not _CIDR.fullmatch(str(given)):
        return "it must be a network in CIDR form, such as 10.0.0.0/16"
    try:
        ipaddress.ip_network(str(given))
    except ValueError as error:
        return f"it must be a network in CIDR form ({error})"
    return None


def refuse_no_networks(where: str, cidrs: tuple[str, ...]) -> None:
    """Raise SettingError for an empty list, which a NetworkPolicy reads as every network."""
    if not cidrs:
        raise SettingError(where, cidrs, "it must name a network: a NetworkPolicy without one allows all")


LINK_LOCAL = ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32")
"""Where a node answers its own pods: the credentials of the node among others. No wider network opens them.

The last is where AWS answers by IPv6 (EC2 user guide, Access instance metadata: fd00:ec2::254).
"""


def link_local_within(network: str) -> list[str]:
    """Return those of LINK_LOCAL that a wider network would open: what a NetworkPolicy must except of it."""
    outer = ipaddress.ip_network(network)
    return [each for each in LINK_LOCAL if _is_wider(outer, ipaddress.ip_network(each))]


def _is_wider(outer: _Network, inner: _Network) -> bool:
    if isinstance(outer, ipaddress.IPv4Network) and isinstance(inner, ipaddress.IPv4Network):
        return inner != outer and inner.subnet_of(outer)
    if isinstance(outer, ipaddress.IPv6Network) and isinstance(inner, ipaddress.IPv6Network):
        return inner != outer and inner.subnet_of(outer)
    return False


def _spares_metadata(given: object) -> str | None:
    """Return a rule: a network that leaves the metadata service of the nodes out.

    It does not end there, whatever is excepted of wider networks.
    """
    network = ipaddress.ip_network(str(given))
    if link_local_within(str(given)) or not any(ipaddress.ip_address(each) in network for each in INSTANCE_METADATA):
        return None
    return (
        "it must not hold 169.254.169.254 or fd00:ec2::254, where nodes give their credentials away: name the one "
        "address meant, such as 169.254.170.23/32 of EKS Pod Identity"
    )


@value
class ExternalFlow:
    """A service outside the cluster that the application calls.

    Of a wider network than LINK_LOCAL, such as 0.0.0.0/0, what answers on the node itself stays closed.
    """

    name: str = setting(dns_label)
    """What it is called in messages, and told apart by."""
    port: int = setting(at_least(1, "a port"), at_most(65535, "a port"))
    """Where the service listens."""
    protocol: Literal["TCP", "UDP"] = "TCP"
    """Of the transport. DNS and QUIC need UDP."""
    cidrs: tuple[str, ...] = setting(cidr, _spares_metadata, default=("0.0.0.0/0",))
    """The networks that it may be in. By default it may be anywhere."""

    def __attrs_post_init__(self) -> None:
        refuse_no_networks("ExternalFlow.cidrs", self.cidrs)


PRIVATE_NETWORKS = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
"""The ranges that a VPC can take its addresses from; a load balancer's targets see it under one of them."""

DEFAULT_FLOWS = (
    ExternalFlow(name="postgresql", port=5432),
    ExternalFlow(name="https", port=443),
    ExternalFlow(name="smtp", port=587),
)


@value
class ClusterService:
    """A Service of another namespace of the cluster, which answers plain HTTP or gRPC on a port.

    The port is that of the Service and of its pods: a NetworkPolicy looks at both.
    """

    name: str = setting(dns_label)
    """What the Service is called in its namespace."""
    namespace: str = setting(dns_label)
    """Where it is."""
    port: int = setting(at_least(1, "a port"), at_most(65535, "a port"))
    """A number from 1 to 65535."""

    @property
    def url(self) -> str:
        """Its address in the cluster's DNS."""
        return f"http://{self.name}.{self.namespace}.svc.cluster.local:{self.port}"


@value
class NetworkSettings:
    """Who may reach an environment's pods and whom they may call. All else is denied.

    Narrow `load_balancer_cidrs` to the load balancer's subnets where they are known. A pod inside them could otherwise
    talk to nginx directly and claim headers that only the load balancer may set. Pods of the `metrics_namespaces` may
    do so wherever they are, to read the metrics of the backend.

    `dns_cidrs`: where names are resolved besides the pods of `kube-dns` in `kube-system`, which are always allowed. No
    selector of pods matches what answers from a node's own network. Name 169.254.20.10/32 where NodeLocal DNSCache runs
    (Kubernetes documentation, Using NodeLocal DNSCache in Kubernetes Clusters). Name the address of the DNS Service
    where the nodes resolve names themselves, as those of EKS Auto Mode do.
    """

    load_balancer_cidrs: tuple[str, ...] = setting(cidr, default=PRIVATE_NETWORKS)
    external_flows: tuple[ExternalFlow, ...] = DEFAULT_FLOWS
    """What the application calls outside of the cluster. By default PostgreSQL, HTTPS and mail."""
    keda_namespace: str = setting(dns_label, default="keda")
    """Where KEDA's operator runs, which must reach Redis."""
    metrics_namespaces: tuple[str, ...] = setting(dns_label, default=())
    dns_cidrs: tuple[str, ...] = setting(cidr, default=())

    def __attrs_post_init__(self) -> None:
        refuse_no_networks("NetworkSettings.load_balancer_cidrs", self.load_balancer_cidrs)
