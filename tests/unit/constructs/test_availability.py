from cdk8s import Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import DisruptionBudget
from tests.support import synth


def test_minimal_is_all_there_is(chart: Chart, snapshot: SnapshotAssertion) -> None:
    DisruptionBudget(chart, "budget", name="app", selector={"app": "a"}, labels={"app": "a", "team": "b"})
    assert synth(chart) == snapshot


def test_one_pod_may_always_go(chart: Chart) -> None:
    DisruptionBudget(chart, "budget", name="app", selector={"app": "a"}, labels={})
    (budget,) = synth(chart)
    assert budget["spec"]["maxUnavailable"] == 1
    assert budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
