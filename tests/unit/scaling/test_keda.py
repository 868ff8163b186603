"""KEDA's own steps, by examples."""

from collections.abc import Callable

import pytest

from examx_constructs.scaling.keda import Keda
from examx_constructs.scaling.policy import ExternalMetric, Fallback, FallbackBehavior, Trigger
from tests.unit.scaling.support import LIST, keda

PROMETHEUS = Trigger(ExternalMetric(5_000), counts_running=True, connects=False)


def says(amount: float | None) -> Callable[[Trigger], float | None]:
    return lambda _: amount


def polls(made: Keda, replicas: int, amounts: list[float | None], *, period: float = 15.001) -> list[int]:
    found: list[int] = []
    for index, each in enumerate(amounts):
        replicas = made.poll(index * period, replicas, says(each))
        found.append(replicas)
    return found


def test_a_task_wakes_a_worker_and_the_cooldown_lets_it_sleep():
    """The API keeps whole seconds of when it was active last, so a cooldown of 180 s takes twelve polls."""
    found = polls(Keda(keda(0, 3, cooldown=180)), 0, [0, 3, *[0] * 14])
    assert found == [0, *[1] * 12, *[0] * 3]


def test_no_replica_is_taken_while_the_least_is_one():
    assert polls(Keda(keda(1, 3, cooldown=15)), 1, [0] * 10) == [1] * 10


def test_activation_is_above_its_number():
    trigger = Trigger(ExternalMetric(10_000), activation=5.0)
    assert polls(Keda(keda(0, 3, triggers=(trigger,))), 0, [5, 5, 6]) == [0, 0, 1]


def test_waking_leads_to_the_least_and_idling_to_the_idle_count():
    found = polls(Keda(keda(3, 9, idle=0, cooldown=30)), 0, [0, 1, 0, 0, 0, 0])
    assert found == [0, 3, 3, 0, 0, 0]


def test_the_first_cooldown_counts_from_the_creation():
    assert polls(Keda(keda(0, 3, initial_cooldown=40)), 1, [0, 0, 0, 0, 0]) == [1, 1, 1, 0, 0]
    assert polls(Keda(keda(0, 3)), 1, [0, 0]) == [1, 0]


def test_nobody_sleeps_while_nothing_can_be_counted():
    made = Keda(keda(0, 3, cooldown=60), last_active=0.0)
    assert polls(made, 1, [None] * 10) == [1] * 10
    assert made.poll(200.0, 1, says(0)) == 0


def test_without_a_number_from_outside_it_is_always_active():
    assert Keda(keda(1, 3, triggers=())).poll(0.0, 1, says(None)) == 1


@pytest.mark.parametrize(
    ("behavior", "replicas", "told"),
    [
        (FallbackBehavior.STATIC, 3, 8),
        (FallbackBehavior.CURRENT, 3, 3),
        (FallbackBehavior.CURRENT_IF_HIGHER, 3, 8),
        (FallbackBehavior.CURRENT_IF_HIGHER, 12, 12),
        (FallbackBehavior.CURRENT_IF_LOWER, 3, 3),
        (FallbackBehavior.CURRENT_IF_LOWER, 12, 8),
    ],
)
def test_a_source_without_a_connection_falls_back(behavior: FallbackBehavior, replicas: int, told: int):
    made = Keda(keda(2, 20, triggers=(PROMETHEUS,), fallback=Fallback(3, 8, behavior)))
    assert [made.told(0, replicas, says(None)) for _ in range(4)] == [None, None, None, told * 5000]
    assert made.told(0, replicas, says(10)) == 10_000
    assert made.told(0, replicas, says(None)) is None


def test_redis_never_falls_back():
    """Measured in outages of 60 and 120 s: without its scaler KEDA counts no failure."""
    made = Keda(keda(2, 20, fallback=Fallback(3, 8)))
    assert made.told(0, 2, says(10)) == 10_000
    assert [made.told(0, 2, says(None)) for _ in range(20)] == [None] * 20
    assert made.told(0, 2, says(0)) == 0


def test_redis_falls_back_at_once_where_a_look_comes_first():
    """With a threshold of 0 the first failure is enough, unless a poll saw it before and took the scaler away."""
    first = Keda(keda(2, 20, fallback=Fallback(0, 8)))
    first.told(0, 2, says(10))
    assert [first.told(0, 2, says(None)) for _ in range(3)] == [80_000] * 3
    second = Keda(keda(2, 20, fallback=Fallback(0, 8)))
    second.told(0, 2, says(10))
    second.poll(1.0, 2, says(None))
    assert [second.told(0, 2, says(None)) for _ in range(3)] == [None] * 3


def test_an_outage_of_one_source_takes_the_other_with_it():
    made = Keda(keda(2, 20, triggers=(LIST, PROMETHEUS)))

    def count(trigger: Trigger) -> float | None:
        return None if trigger.connects else 10

    assert made.told(1, 2, count) is None


def test_cached_metrics_are_those_of_the_last_poll():
    trigger = Trigger(ExternalMetric(10_000), cached=True)
    made = Keda(keda(1, 20, triggers=(trigger,)))
    assert made.told(0, 1, says(7)) == 7_000
    made.poll(0.0, 1, says(40))
    assert made.told(0, 1, says(7)) == 40_000


def test_pauses():
    assert polls(Keda(keda(2, 20, paused_at=5)), 2, [100, 100]) == [5, 5]
    assert Keda(keda(is_paused=True)).is_stopped
    assert not Keda(keda()).is_stopped
