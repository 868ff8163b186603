"""The list and its workers, held against a plain simulation of the same."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examx_constructs.scaling import Lost, Outage, Use, Workers
from examx_constructs.scaling.fleet import PodLife
from examx_constructs.scaling.tasks import NEVER, Tasks
from tests.examples import examples
from tests.unit.scaling import naive
from tests.unit.scaling.support import workers

FOREVER = 1e9


def played(
    tasks: Sequence[tuple[float, float]], pods: Sequence[tuple[float, float]], made: Workers, *outages: Outage
) -> tuple[Tasks, list[PodLife]]:
    """Tasks by when each comes and how long it takes; pods by when each begins and is told to stop."""
    found = Tasks([at for at, _ in tasks], [takes for _, takes in tasks], made, use=Use(), outages=tuple(outages))
    lives = [PodLife(number, begins, begins, begins, begins) for number, (begins, _) in enumerate(pods)]
    moments = sorted(
        [(begins, 0, number) for number, (begins, _) in enumerate(pods)]
        + [(stops, 1, number) for number, (_, stops) in enumerate(pods)]
    )
    for at, what, number in moments:
        found.advance(at)
        if what == 0:
            found.begin(at, lives[number])
        else:
            lives[number].deleted = at
            found.stop(at, [lives[number]])
    found.advance(FOREVER)
    return found, lives


# Moments and times that never meet: which of two things at the same moment comes first is nobody's promise.
def odd(step: int, offset: float, most: int) -> st.SearchStrategy[float]:
    return st.integers(0, most).map(lambda number: number * step + offset)


TASKS = st.lists(st.tuples(odd(1, 0.0, 60), st.integers(1, 40).map(lambda n: n + 0.125)), min_size=1, max_size=40)
PODS = st.lists(st.tuples(odd(1, 0.5, 30), odd(1, 40.75, 60)), max_size=3)


# Always the same examples: two pods whose tasks end at one moment may take the next ones in either order.
@settings(deadline=None, max_examples=examples(300), derandomize=True)
@given(
    tasks=TASKS,
    pods=PODS,
    concurrency=st.integers(1, 4),
    grace=st.sampled_from([0.0, 10.0, 500.0]),
    more=st.sampled_from([0, 0, 1, 6]),
    gives_back=st.booleans(),
)
def test_waits_are_those_of_a_plain_simulation(
    *,
    tasks: list[tuple[float, float]],
    pods: list[tuple[float, float]],
    concurrency: int,
    grace: float,
    more: int,
    gives_back: bool,
):
    tasks.sort(key=lambda each: each[0])
    # One stays for ever, and a task that is cut comes back to it.
    pods = [*pods, (0.25, FOREVER / 2)]
    made = workers(concurrency, grace=grace, visibility=70.03125, hold=concurrency + more, gives_back=gives_back)
    found, _ = played(tasks, pods, made)
    plain = naive.Plain(tasks, pods, made).run()
    assert found.started == pytest.approx(plain.began)
    assert len(found.cuts) == plain.cuts
    assert found.is_done


def test_first_come_first_served():
    found, _ = played([(0, 5), (0, 5), (1, 5), (2, 1)], [(0, FOREVER)], workers(2))
    assert found.started == [0, 0, 5, 5]


def test_a_pool_that_is_full_looks_now_and_then():
    tasks = [(0.0, 2.3), (0.0, 9.0), (0.0, 1.0), (0.0, 1.0)]
    assert played(tasks, [(0, FOREVER)], workers(2, refill=1.0))[0].started == [0, 0, 3, 4]
    assert played(tasks, [(0, FOREVER)], workers(2))[0].started == pytest.approx([0, 0, 2.3, 3.3])


def test_a_worker_takes_one_after_another():
    made = Workers(10, take=0.5)
    assert played([(0.0, 9.0)] * 3, [(0, FOREVER)], made)[0].started == [0.5, 1.0, 1.5]
    assert played([(0.0, 9.0)] * 4, [(0, FOREVER), (0, FOREVER)], made)[0].started == [0.5, 0.5, 1.0, 1.0]


def test_a_warm_stop_lets_tasks_end_within_the_grace_period():
    found, (pod, _) = played([(0.0, 20.0), (1.0, 5.0)], [(0, 10), (0, FOREVER)], workers(1, grace=30))
    assert (found.started, found.cuts, pod.gone) == ([0.0, 1.0], [], 20.0)


def test_what_is_cut_comes_back_after_the_visibility_timeout():
    made = workers(1, grace=5, visibility=100)
    found, (pod, _) = played([(0.0, 20.0), (1.0, 2.0)], [(0, 10), (50, FOREVER)], made)
    assert found.started == [100.0, 50.0]
    assert [(each.task, each.at, each.lost) for each in found.cuts] == [(0, 15.0, 15.0)]
    assert pod.gone == 15.0


def test_what_a_worker_holds_waits_there_though_another_is_idle():
    tasks = [(0.0, 10.0), (0.0, 10.0), (0.0, 10.0), (2.0, 1.0)]
    found, _ = played(tasks, [(0, FOREVER), (1, FOREVER)], workers(1, hold=3))
    assert found.started == [0.0, 10.0, 20.0, 2.0]
    assert played(tasks, [(0, FOREVER), (1, FOREVER)], workers(1))[0].started == [0.0, 1.0, 10.0, 11.0]


def test_counts_leave_out_what_waits_within_a_worker():
    found = Tasks([0.0] * 6, [10.0] * 6, workers(2, hold=5), use=Use(cpu_idle=0.0, cpu_busy=1.0))
    found.begin(0.0, PodLife(0, 0, 0, 0, 0))
    for sample in (2.0, 5.0):
        found.advance(sample)
        found.observe(sample)
        assert (found.waiting(sample), found.running(sample)) == (1, 2)
        assert (found.use("cpu"), found.use("memory")) == pytest.approx((1.0, Use().memory_busy))


def test_a_worker_that_stops_gives_back_what_it_holds_the_last_first():
    tasks = [(0.0, 20.0), (0.0, 1.0), (0.0, 2.0), (1.0, 4.0)]
    pods = [(0, 10), (15, FOREVER)]
    found, (pod, _) = played(tasks, pods, workers(1, hold=3, grace=30))
    assert (found.started, found.cuts, pod.gone) == ([0.0, 22.0, 20.0, 15.0], [], 20.0)


def test_threads_and_greenlets_do_what_they_were_given_before_they_stop():
    found, (pod, _) = played([(0.0, 20.0), (0.0, 1.0)], [(0, 10), (0.5, FOREVER)], workers(1, hold=2, gives_back=False))
    assert (found.started, found.cuts, pod.gone) == ([0.0, 20.0], [], 21.0)


def test_what_a_killed_worker_holds_comes_back_late_and_counts_as_no_cut():
    made = workers(1, grace=5, visibility=100, hold=2)
    found, (pod, _) = played([(0.0, 20.0), (1.0, 2.0)], [(0, 10), (50, FOREVER)], made)
    assert found.started == [100.0, 120.0]
    assert [each.task for each in found.cuts] == [0]
    assert pod.gone == 15.0


def test_nobody_takes_anything_in_an_outage():
    found, _ = played([(0, 1), (12, 1), (25, 1)], [(0, FOREVER)], workers(1), Outage(Lost.REDIS, 10, 20))
    assert found.started == [0, 20, 25]
    long, _ = played([(8, 15), (9, 1)], [(0, FOREVER)], workers(1), Outage(Lost.REDIS, 10, 20))
    assert long.started == [8, 23]


def test_counts_at_a_moment():
    found = Tasks([0.0, 1.0, 2.0], [10.0, 10.0, 10.0], workers(1), use=Use())
    found.begin(0.0, PodLife(0, 0, 0, 0, 0))
    found.advance(5.0)
    assert (found.waiting(5.0), found.running(5.0), found.is_done) == (2, 1, False)
    found.advance(35.0)
    assert (found.waiting(35.0), found.running(35.0), found.is_done) == (0, 0, True)
    assert found.last_finish() == 30.0


def test_use_is_that_of_the_busy_slots():
    use = Use(cpu_idle=0.1, cpu_busy=0.9, memory_idle=0.2, memory_busy=0.6)
    found = Tasks([0.0, 0.0], [10.0, 30.0], workers(4), use=use)
    found.begin(0.0, PodLife(0, 0, 0, 0, 0))
    for sample, cpu, memory in ((5.0, 0.5, 0.4), (15.0, 0.4, 0.3), (25.0, 0.3, 0.3), (40.0, 0.1 + 0.8 / 12, 0.2)):
        found.advance(sample)
        found.observe(sample)
        assert found.use("cpu") == pytest.approx(cpu)
        assert found.use("memory") == pytest.approx(memory)


def test_a_task_that_no_worker_takes_never_begins():
    assert played([(0.0, 1.0)], [], workers(1))[0].started == [NEVER]
