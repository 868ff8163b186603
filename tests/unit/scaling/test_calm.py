"""Passing over calm stretches changes nothing that comes out."""

from dataclasses import replace
from random import Random

import pytest

from examx_constructs.scaling import ClusterModel, Run, Use, Workers, Workload, burst, daily, fixed, lognormal, simulate
from examx_constructs.scaling import engine as engine_module
from examx_constructs.scaling.calm import end_of_calm, most_busy, nominal_ends
from examx_constructs.scaling.policy import ExternalMetric, KedaPolicy, Trigger
from examx_constructs.scaling.proposals import Tolerances
from examx_constructs.scaling.tasks import Tasks
from tests.unit.scaling.support import GIB, keda, scaling

DAY = 86400.0
HOLD = Tolerances(0.1, 0.1)
PROMETHEUS = Trigger(ExternalMetric(3_000), counts_running=True, connects=False)


def chance(seed: int) -> tuple[KedaPolicy, Workers, Workload, Use, ClusterModel]:
    random = Random(seed)
    counted = random.choice(((PROMETHEUS,), (Trigger(ExternalMetric(random.choice((2, 10)) * 1000)),)))
    policy = keda(random.choice((1, 2, 5)), 20, triggers=counted)
    made = Workers(
        random.choice((2, 8, 40)),
        refill=random.choice((0.0, 2.0)),
        take=random.choice((0.0, 0.005, 1.5)),
        cpu=1000,
        memory=GIB,
        grace=random.choice((20.0, 600.0)),
    )
    work = daily(random.choice((300, 2000, 6000)), lognormal(random.choice((2, 12)), 60), seed=seed)
    if random.random() < 0.5:
        work += burst(300, fixed(10), at=random.uniform(0, DAY), over=random.choice((0, 60)), seed=seed)
    use = random.choice((Use(), Use(0.1, 0.9, 0.3, 0.7), Use(0.05, 3.0, 0.1, 0.2), Use(0.4, 0.1, 0.2, 0.2)))
    return policy, made, work, use, ClusterModel(phase=random.uniform(0, 15))


def told(run: Run) -> tuple[object, ...]:
    lives = [(pod.number, pod.created, pod.ready, pod.deleted, pod.gone) for pod in run.pods]
    return list(run.started), list(run.pods_of_tasks), list(run.steps), lives, list(run.cuts), run.until


@pytest.mark.parametrize("seed", [*range(25), 1046])
def test_it_is_the_same_run(seed: int, monkeypatch: pytest.MonkeyPatch):
    policy, made, work, use, cluster = chance(seed)
    quick = simulate(scaling(policy, made), work, cluster, use=use, until=DAY)
    monkeypatch.setattr(engine_module, "most_busy", lambda *_: 0)
    assert told(quick) == told(simulate(scaling(policy, made), work, cluster, use=use, until=DAY))


def test_most_of_a_quiet_day_is_passed_over(monkeypatch: pytest.MonkeyPatch):
    """Counted: a day has more than five thousand looks."""
    looks = 0
    advance = Tasks.advance

    def counted(tasks: Tasks, until: float) -> None:
        nonlocal looks
        looks += 1
        advance(tasks, until)

    monkeypatch.setattr(Tasks, "advance", counted)
    work = daily(5000, lognormal(4, 20))
    policy, made = keda(2, 20), Workers(40, cpu=1000, memory=GIB)
    simulate(scaling(policy, made), work, until=DAY)
    assert looks < 500
    looks = 0
    monkeypatch.setattr(engine_module, "most_busy", lambda *_: 0)
    simulate(scaling(policy, made), work, until=DAY)
    assert looks > 5000


def test_looks_are_passed_over_while_a_worker_is_full_and_another_is_not(monkeypatch: pytest.MonkeyPatch):
    """Six slots, three a worker: full workers are common, full queues are not."""
    glided, glide = [0, 0], Tasks.glide

    def counted(tasks: Tasks, until: float) -> None:
        glided[until > tasks._in_turn] += 1
        glide(tasks, until)

    monkeypatch.setattr(Tasks, "glide", counted)
    given = scaling(keda(2, 20), Workers(3, cpu=1000, memory=GIB)), daily(15_000, lognormal(4, 20))
    quick = simulate(*given, until=DAY)
    assert glided[True] > 20
    monkeypatch.setattr(engine_module, "most_busy", lambda *_: 0)
    assert told(quick) == told(simulate(*given, until=DAY))


def test_calm_ends_with_the_task_that_makes_too_many():
    arrivals = [0.0, 1.0, 2.0, 3.0, 20.0]
    ends = nominal_ends(arrivals, [10.0] * 5, 0.0)
    assert end_of_calm([], arrivals, ends, limit=4, apart=1, take=0.0) == 5
    assert end_of_calm([], arrivals, ends, limit=3, apart=1, take=0.0) == 3
    assert end_of_calm([15.0], arrivals, ends, limit=3, apart=1, take=0.0) == 2
    assert end_of_calm([1.5], arrivals, ends, limit=3, apart=1, take=0.0) == 3
    assert end_of_calm([15.0, 15.0], arrivals, ends, limit=2, apart=1, take=0.0) == 0


def test_calm_ends_where_a_task_waits_for_its_turn():
    arrivals = [0.0, 5.0, 5.1, 5.2]
    ends = nominal_ends(arrivals, [1.0] * 4, 0.5)
    assert ends == [1.5, 6.5, 6.6, 6.7]
    assert end_of_calm([], arrivals, ends, limit=9, apart=1, take=0.5) == 2
    assert end_of_calm([], arrivals, ends, limit=9, apart=2, take=0.5) == 3
    assert end_of_calm([], arrivals, ends, limit=9, apart=3, take=0.5) == 4


def test_how_many_may_be_busy():
    made = Workers(40, cpu=1000, memory=GIB)
    assert most_busy(keda(2, 20), made, Use(), HOLD) == 80
    # Who looks only now and then whether a slot is free, or holds more than it works on, lets tasks wait before.
    for alone in (replace(made, refill=2.0), replace(made, hold=41)):
        assert most_busy(keda(2, 20), alone, Use(), HOLD) == 39
    assert most_busy(keda(2, 20, triggers=(PROMETHEUS,)), made, Use(), HOLD) == 6
    # CPU: 80 slots would use 160 %, and 77 % is the most within the tolerance of 70 %.
    assert most_busy(keda(2, 20), made, Use(cpu_idle=0.0, cpu_busy=1.6), HOLD) == 38
    assert most_busy(keda(2, 20), made, Use(cpu_idle=0.9), HOLD) == 0
    for policy in (
        keda(0, 3),
        keda(2, 20, idle=0),
        keda(2, 20, is_paused=True),
        keda(2, 20, triggers=(replace(PROMETHEUS, cached=True),)),
        replace(keda(2, 20), hpa=replace(keda(2, 20).hpa, behavior=None)),
    ):
        assert most_busy(policy, made, Use(), HOLD) == 0
