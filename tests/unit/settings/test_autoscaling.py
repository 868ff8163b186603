"""How many replicas, on which load, how fast."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examx_constructs.settings import Duration, Fallback, Replicas, ScalingBehavior, Utilization
from tests.unit.settings.support import attempt, refusal, reproducible


@pytest.mark.parametrize(("minimum", "maximum"), [(0, 1), (1, 1), (2, 20), (0, 2**31 - 1)])
def test_accepts_a_range(minimum: int, maximum: int) -> None:
    assert Replicas.between(minimum, maximum) == Replicas(minimum=minimum, maximum=maximum)


@pytest.mark.parametrize(
    ("minimum", "maximum", "message"),
    [
        (
            5,
            2,
            "Replicas.minimum is 5; the most is the maximum, 2: KEDA before 2.20 accepts it and then stops",
        ),
        (-1, 2, "Replicas.minimum is -1; the least is 0: replicas cannot be negative"),
        (0, 0, "Replicas.maximum is 0; the least is 1: an autoscaler needs room for one replica"),
        (1, 2**31, "Replicas.maximum is 2147483648; it must fit into 32 bits"),
    ],
)
def test_refuses_an_impossible_range(minimum: int, maximum: int, message: str) -> None:
    assert refusal(lambda: Replicas.between(minimum, maximum)).startswith(message)


@reproducible
@given(st.integers(), st.integers())
def test_a_range_is_accepted_or_refused_by_name(minimum: int, maximum: int) -> None:
    made = attempt(lambda: Replicas.between(minimum, maximum))
    if isinstance(made, str):
        assert made.startswith(("Replicas.minimum is ", "Replicas.maximum is "))
    else:
        assert 0 <= made.minimum <= made.maximum
        assert 1 <= made.maximum < 2**31


def test_utilization_is_that_of_the_seed_unless_given() -> None:
    assert (Utilization().cpu, Utilization().memory) == (70, 80)
    assert Utilization(memory=None).cpu == 70


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cpu": 0}, "Utilization.cpu is 0; the least is 1: a share of the request"),
        ({"memory": -5}, "Utilization.memory is -5; the least is 1: a share of the request"),
        (
            {"cpu": None, "memory": None},
            "Utilization is None; give cpu, memory or both: an HPA without metrics falls back to 80 % CPU",
        ),
    ],
)
def test_refuses_an_impossible_utilization(changes: dict[str, int | None], message: str) -> None:
    assert refusal(lambda: Utilization(**changes)) == message


@pytest.mark.parametrize(
    "changes",
    [
        {"period": Duration("1s")},
        {"period": Duration("1800s")},
        {"scale_down_window": Duration("0s")},
        {"scale_up_window": Duration("1h")},
        {"scale_down_percent": 1},
        {"scale_up_percent": 900},
    ],
)
def test_accepts_a_behavior(changes: dict[str, object]) -> None:
    made = ScalingBehavior(**changes)
    assert {name: getattr(made, name) for name in changes} == changes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"period": Duration("0s")},
            "ScalingBehavior.period is 0s; it must be 1s to 1800s: the limit of autoscaling/v2",
        ),
        ({"period": Duration("1801s")}, "ScalingBehavior.period is 1801s; it must be 1s to 1800s"),
        (
            {"scale_down_window": Duration("3601s")},
            "ScalingBehavior.scale_down_window is 3601s; the most is 3600s: the limit of autoscaling/v2",
        ),
        ({"scale_up_window": Duration("2h")}, "ScalingBehavior.scale_up_window is 7200s; the most is 3600s"),
        (
            {"scale_down_percent": 0},
            "ScalingBehavior.scale_down_percent is 0; the least is 1: 0 would never scale down",
        ),
        (
            {"scale_down_percent": 101},
            "ScalingBehavior.scale_down_percent is 101; the most is 100: a share of the pods",
        ),
        ({"scale_up_percent": 0}, "ScalingBehavior.scale_up_percent is 0; the least is 1: 0 would never scale up"),
        ({"scale_up_pods": 0}, "ScalingBehavior.scale_up_pods is 0; the least is 1: 0 would never scale up"),
    ],
)
def test_refuses_a_behavior_that_kubernetes_refuses(changes: dict[str, object], message: str) -> None:
    assert refusal(lambda: ScalingBehavior(**changes)).startswith(message)


def test_a_fallback_holds_the_given_number_unless_told_otherwise() -> None:
    assert Fallback(failure_threshold=3, replicas=2).behavior == "static"
    assert attrs.evolve(Fallback(failure_threshold=1, replicas=0), behavior="currentReplicas").replicas == 0
