"""Flows across the border of an environment."""

from ipaddress import ip_address, ip_network

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examx_constructs.settings import NetworkSettings
from examx_constructs.settings.network import INSTANCE_METADATA, cidr, link_local_within
from tests.unit.settings.samples import FLOW
from tests.unit.settings.support import refusal, reproducible

NEAR = {32: ("169.254.169.254", "169.254.170.23"), 128: ("fd00:ec2::254", "fe80::1")}
"""Addresses that a node answers on, by the bits of their kind."""
EVERYTHING = "it must name a network: a NetworkPolicy without one allows all"


@pytest.mark.parametrize(
    "text", ["0.0.0.0/0", "10.0.0.0/8", "100.64.0.0/10", "192.0.2.1/32", "::/0", "2001:db8::/32", "2001:0db8::/32"]
)
def test_accepts_a_network(text: str) -> None:
    assert attrs.evolve(FLOW, cidrs=(text,)).cidrs == (text,)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("10.0.0.0", "such as 10.0.0.0/16"),
        ("10.0.0.0/255.0.0.0", "such as 10.0.0.0/16"),
        ("fe80::%eth0/64", "such as 10.0.0.0/16"),
        ("", "such as 10.0.0.0/16"),
        ("db.example.com", "such as 10.0.0.0/16"),
        ("10.0.0.0/8 ", "such as 10.0.0.0/16"),
        ("10.0.0.1/8", "has host bits set"),
        ("10.0.0.0/33", "does not appear to be an IPv4 or IPv6 network"),
        ("10.0.0/8", "does not appear to be an IPv4 or IPv6 network"),
        ("300.0.0.0/8", "does not appear to be an IPv4 or IPv6 network"),
    ],
)
def test_refuses_what_kubernetes_takes_for_no_network(text: str, why: str) -> None:
    message = refusal(lambda: attrs.evolve(FLOW, cidrs=("10.0.0.0/8", text)))
    assert message.startswith(f'ExternalFlow.cidrs is "{text}"; it must be a network in CIDR form')
    assert why in message


def test_refuses_a_list_of_no_networks_which_would_allow_all() -> None:
    assert refusal(lambda: attrs.evolve(FLOW, cidrs=())) == f"ExternalFlow.cidrs is (); {EVERYTHING}"
    assert refusal(lambda: NetworkSettings(load_balancer_cidrs=())) == (
        f"NetworkSettings.load_balancer_cidrs is (); {EVERYTHING}"
    )


def test_an_environment_may_call_nobody() -> None:
    assert NetworkSettings(external_flows=()).external_flows == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"port": 0}, "ExternalFlow.port is 0; the least is 1: a port"),
        ({"port": 65536}, "ExternalFlow.port is 65536; the most is 65535: a port"),
        ({"name": "Postgre SQL"}, 'ExternalFlow.name is "Postgre SQL"; it must be a DNS label'),
        ({"protocol": "tcp"}, 'ExternalFlow.protocol is "tcp"; it must be one of "TCP", "UDP"'),
        ({"cidrs": "10.0.0.0/8"}, 'ExternalFlow.cidrs is "10.0.0.0/8"; it must be a tuple of str'),
    ],
)
def test_refuses_a_flow(changes: dict[str, object], message: str) -> None:
    assert refusal(lambda: attrs.evolve(FLOW, **changes)).startswith(message)


def test_refuses_a_namespace_that_is_no_name() -> None:
    message = refusal(lambda: NetworkSettings(keda_namespace="KEDA"))
    assert message.startswith('NetworkSettings.keda_namespace is "KEDA"; it must be a DNS label')


def test_refuses_a_reader_of_metrics_that_is_no_namespace() -> None:
    message = refusal(lambda: NetworkSettings(metrics_namespaces=("Monitoring",)))
    assert message.startswith('NetworkSettings.metrics_namespaces is "Monitoring"; it must be a DNS label')


@pytest.mark.parametrize("address", ["169.254.20.10", "10.96.0.0/33", "kube-dns.kube-system"])
def test_refuses_a_place_of_names_that_is_no_network(address: str) -> None:
    message = refusal(lambda: NetworkSettings(dns_cidrs=("169.254.20.10/32", address)))
    assert message.startswith(f'NetworkSettings.dns_cidrs is "{address}"; it must be a network in CIDR form')


@reproducible
@given(st.ip_addresses(), st.integers(0, 128) | st.just(-1))
def test_a_network_is_an_address_and_a_length_that_fits(address: object, length: int) -> None:
    bits = 32 if "." in str(address) else 128
    aligned = 0 <= length <= bits and int(address) % 2 ** (bits - length) == 0  # pyright: ignore[reportArgumentType]
    assert (cidr(f"{address}/{length}") is None) == aligned


@pytest.mark.parametrize(
    "network", ["169.254.0.0/16", "169.254.169.254/32", "169.254.169.0/24", "fd00:ec2::254/128", "fd00:ec2::/32"]
)
def test_refuses_a_flow_to_the_metadata_service_of_the_nodes(network: str) -> None:
    message = refusal(lambda: attrs.evolve(FLOW, cidrs=("10.0.0.0/8", network)))
    assert message.startswith(f'ExternalFlow.cidrs is "{network}"; it must not hold 169.254.169.254 or fd00:ec2::254')


@pytest.mark.parametrize("network", ["169.254.170.23/32", "169.254.20.10/32", "fd00:ec2::23/128", "fe80::/10"])
def test_one_address_of_the_node_may_be_named(network: str) -> None:
    assert attrs.evolve(FLOW, cidrs=(network,)).cidrs == (network,)


@reproducible
@given(st.ip_addresses(), st.integers(0, 128))
def test_a_network_with_the_metadata_service_excepts_it_or_is_refused(address: object, length: int) -> None:
    """Whatever the network: refused, without the service, or with a part excepted, as Kubernetes asks for."""
    bits = 32 if "." in str(address) else 128
    network = str(ip_network((int(address), min(length, bits)), strict=False))  # pyright: ignore[reportArgumentType]
    near_it = [str(ip_network(f"{each}/{min(length, bits)}", strict=False)) for each in NEAR[bits]]
    for near in (network, *near_it):
        excepted = link_local_within(near)
        assert all(ip_network(each).subnet_of(ip_network(near)) and each != near for each in excepted)  # pyright: ignore[reportArgumentType]
        held = [each for each in INSTANCE_METADATA if ip_address(each) in ip_network(near)]
        if held and not any(ip_address(each) in ip_network(one) for each in held for one in excepted):
            assert "it must not hold 169.254.169.254" in refusal(lambda near=near: attrs.evolve(FLOW, cidrs=(near,)))
        else:
            assert attrs.evolve(FLOW, cidrs=(near,)).cidrs == (near,)
