from cdk8s import Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import DefaultDeny, ExternalFlows, IncomingFromNetworks, InternalFlow
from examx_constructs.settings import ExternalFlow
from tests.support import one, synth

APP = {"app.kubernetes.io/name": "app"}
CACHE = {"app.kubernetes.io/name": "cache"}


def test_minimal(chart: Chart, snapshot: SnapshotAssertion) -> None:
    DefaultDeny(chart, "deny")
    InternalFlow(chart, "cache", name="app-to-cache", clients=APP, servers=CACHE, ports=[6379])
    assert synth(chart) == snapshot


def test_full(chart: Chart, snapshot: SnapshotAssertion) -> None:
    DefaultDeny(chart, "deny")
    IncomingFromNetworks(chart, "in", name="from-outside", pods=APP, port=8080, cidrs=["10.0.0.0/16", "10.1.0.0/16"])
    flows = [
        ExternalFlow(name="https", port=443),
        ExternalFlow(name="ntp", port=123, protocol="UDP", cidrs=("192.0.2.0/24",)),
    ]
    ExternalFlows(chart, "out", name="to-outside", pods=APP, flows=flows)
    InternalFlow(
        chart, "cache", name="app-to-cache", clients=APP, servers=CACHE, ports=[6379, 26379], namespaces=["keda"]
    )
    assert synth(chart) == snapshot


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
