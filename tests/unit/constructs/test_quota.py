from cdk8s import Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import NamespaceQuota
from examx_constructs.settings import NamespaceLimits, PodGroup, Quantity, Resources
from tests.support import one, synth
from tests.unit.constructs.conftest import RESOURCES

LIMITS = NamespaceLimits(container=Resources.of("50m", "64Mi", "200m", "128Mi"))


def test_minimal(chart: Chart, snapshot: SnapshotAssertion) -> None:
    NamespaceQuota(chart, "quota", limits=LIMITS, pods=[])
    assert synth(chart) == snapshot


def test_full(chart: Chart, snapshot: SnapshotAssertion) -> None:
    limits = NamespaceLimits(container=LIMITS.container, spare_pods=1)
    web = PodGroup(containers=(RESOURCES, LIMITS.container), most=3, rolling=True)
    store = PodGroup(containers=(RESOURCES,), most=1, claims=1, scratch=Quantity("1Gi"))
    NamespaceQuota(chart, "quota", limits=limits, pods=[web, store], name="team-a")
    assert synth(chart) == snapshot


def test_nobody_gets_a_load_balancer_or_a_port_of_the_nodes(chart: Chart) -> None:
    NamespaceQuota(chart, "quota", limits=LIMITS, pods=[])
    hard = one(synth(chart), "ResourceQuota")["spec"]["hard"]
    assert (hard["services.loadbalancers"], hard["services.nodeports"]) == ("0", "0")


def test_a_container_without_figures_gets_some(chart: Chart) -> None:
    NamespaceQuota(chart, "quota", limits=LIMITS, pods=[])
    (item,) = one(synth(chart), "LimitRange")["spec"]["limits"]
    assert item == {
        "type": "Container",
        "defaultRequest": {"cpu": "50m", "memory": "64Mi", "ephemeral-storage": "64Mi"},
        "default": {"cpu": "200m", "memory": "128Mi"},
    }
