from cdk8s import Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import DefaultDeny, ExternalFlows, GuestFlows, IncomingFromNetworks, InternalFlow, ServiceFlows
from examx_constructs.settings import ClusterService, ExternalFlow
from tests.support import one, synth

APP = {"app.kubernetes.io/name": "app"}
COLLECTOR = ClusterService(name="collector", namespace="monitoring", port=4317)
CACHE = {"app.kubernetes.io/name": "cache"}


def test_minimal(chart: Chart, snapshot: SnapshotAssertion) -> None:
    DefaultDeny(chart, "deny")
    InternalFlow(chart, "cache", name="app-to-cache", clients=APP, servers=CACHE, ports=[6379])
    assert synth(chart) == snapshot


def test_full(chart: Chart, snapshot: SnapshotAssertion) -> None:
    DefaultDeny(chart, "deny", dns_cidrs=["169.254.20.10/32"])
    IncomingFromNetworks(
        chart,
        "in",
        name="from-outside",
        pods=APP,
        port=8080,
        cidrs=["10.0.0.0/16", "10.1.0.0/16"],
        namespaces=["monitoring"],
    )
    ServiceFlows(chart, "services", name="to-services", pods=APP, services=[COLLECTOR])
    GuestFlows(chart, "guests", guests=["celery-flower", "old-worker"], name="open")
    flows = [
        ExternalFlow(name="https", port=443),
        ExternalFlow(name="ntp", port=123, protocol="UDP", cidrs=("192.0.2.0/24",)),
    ]
    ExternalFlows(chart, "out", name="to-outside", pods=APP, flows=flows)
    InternalFlow(
        chart, "cache", name="app-to-cache", clients=APP, servers=CACHE, ports=[6379, 26379], namespaces=["keda"]
    )
    assert synth(chart) == snapshot


def test_guests_send_and_take_anything(chart: Chart) -> None:
    GuestFlows(chart, "guests", guests=["celery-flower", "old-worker"])
    assert one(synth(chart), "NetworkPolicy", "guests")["spec"] == {
        "podSelector": {
            "matchExpressions": [{"key": "app", "operator": "In", "values": ["celery-flower", "old-worker"]}]
        },
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{}],
        "egress": [{}],
    }


def test_a_service_of_another_namespace_is_reached_by_its_port(chart: Chart) -> None:
    ServiceFlows(chart, "services", name="to-services", pods=APP, services=[COLLECTOR])
    assert one(synth(chart), "NetworkPolicy")["spec"]["egress"] == [
        {
            "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
            "ports": [{"port": 4317, "protocol": "TCP"}],
        }
    ]


def test_names_are_resolved_by_pods_and_by_what_answers_on_the_node(chart: Chart) -> None:
    DefaultDeny(chart, "deny", dns_cidrs=["169.254.20.10/32", "fd00::a/128"])
    spec = one(synth(chart), "NetworkPolicy", "allow-dns")["spec"]
    assert spec["podSelector"] == {}
    (rule,) = spec["egress"]
    assert [peer["ipBlock"]["cidr"] for peer in rule["to"][1:]] == ["169.254.20.10/32", "fd00::a/128"]
    assert rule["to"][0].keys() == {"namespaceSelector", "podSelector"}
    assert [(port["port"], port["protocol"]) for port in rule["ports"]] == [(53, "UDP"), (53, "TCP")]


def test_default_deny_has_no_rule_in_either_direction(chart: Chart) -> None:
    DefaultDeny(chart, "deny")
    spec = one(synth(chart), "NetworkPolicy", "default-deny")["spec"]
    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_dns_is_asked_of_the_cluster_s_dns_pods_only(chart: Chart) -> None:
    DefaultDeny(chart, "deny")
    (rule,) = one(synth(chart), "NetworkPolicy", "allow-dns")["spec"]["egress"]
    # One peer with both selectors: a namespace AND its pods. Two peers would be either.
    assert len(rule["to"]) == 1
    assert rule["to"][0].keys() == {"namespaceSelector", "podSelector"}


def test_no_flow_reaches_the_metadata_service_of_the_nodes(chart: Chart) -> None:
    flows = [
        ExternalFlow(name="http", port=80, cidrs=("0.0.0.0/0", "::/0", "10.0.0.0/8", "192.0.2.0/24")),
        ExternalFlow(name="pod-identity", port=80, cidrs=("169.254.170.23/32",)),
    ]
    ExternalFlows(chart, "out", name="to-outside", pods=APP, flows=flows)
    wide, named = one(synth(chart), "NetworkPolicy")["spec"]["egress"]
    assert [peer["ipBlock"] for peer in wide["to"]] == [
        {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]},
        {"cidr": "::/0", "except": ["fe80::/10", "fd00:ec2::/32"]},
        {"cidr": "10.0.0.0/8"},
        {"cidr": "192.0.2.0/24"},
    ]
    assert named["to"] == [{"ipBlock": {"cidr": "169.254.170.23/32"}}]


def test_the_names_cache_of_the_node_is_asked_on_port_53_alone(chart: Chart) -> None:
    """It is in the same range as the metadata service, which answers on port 80."""
    DefaultDeny(chart, "deny", dns_cidrs=["169.254.20.10/32"])
    (rule,) = one(synth(chart), "NetworkPolicy", "allow-dns")["spec"]["egress"]
    assert {"ipBlock": {"cidr": "169.254.20.10/32"}} in rule["to"]
    assert {port["port"] for port in rule["ports"]} == {53}
