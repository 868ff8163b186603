"""Service levels: their workloads, and what an assertion says that fails."""

import pytest
from attrs import evolve

from examx_constructs.manifests import load
from examx_constructs.scaling import Run, burst, fixed, meets, scalings, simulate, workloads_of
from examx_constructs.settings import Duration, ServiceLevel, StandardBurst, StandardExamDay
from tests.blocks import PROJECT, blocks
from tests.unit.scaling.support import keda, scaling, workers
from tests.unit.settings.support import refusal

LEVEL = ServiceLevel(wait_p95=Duration("60s"), task=Duration("10s"), workloads=(StandardBurst(tasks=40),))


def run(tasks: int, *, minimum: int = 1, maximum: int = 3, at: float = 61.0, paused_at: int | None = None) -> Run:
    policy = keda(minimum, maximum, paused_at=paused_at)
    return simulate(scaling(policy, workers(4)), burst(tasks, fixed(10), at=at))


def table(text: str) -> dict[int, str]:
    """What held the policy back, by the second."""
    rows = [line.split(maxsplit=4) for line in text.splitlines() if line.startswith("    ")]
    return {int(row[0]): row[4] for row in rows[1:]}


def said(of: Run, allowed: str, share: float = 0.95) -> str:
    with pytest.raises(AssertionError) as broken:
        meets(of, Duration(allowed), share)
    return str(broken.value)


def test_a_run_meets_what_it_just_reaches() -> None:
    each = run(40)
    assert each.wait(0.95) == 50
    meets(each, Duration("50s"))
    meets(each, LEVEL)
    assert "allowed: 49s" in said(each, "49s")
    with pytest.raises(AssertionError):
        meets(each, evolve(LEVEL, wait_p95=Duration("49s")))


def test_the_share_is_that_of_the_tasks() -> None:
    each = run(40)
    meets(each, Duration("1s"), 0.1)
    assert said(each, "1s", 0.5).startswith("p50 wait is ")


def test_a_level_broken_shows_when_and_why() -> None:
    each = run(300)
    text = said(each, "60s")
    first, where, *_ = text.splitlines()
    late = sum(wait > 60 for wait in each.waits)
    assert first == (
        f"p95 wait is {each.wait(0.95)!r}; allowed: 60s; {late} of 300 tasks waited longer, "
        f"the longest {each.wait(1)!r}"
    )
    assert where == f"  second 61 to {max(each.started):.0f}: {late} of them"
    why = table(text)
    assert why[61] == "the next look, and how many its behavior adds: 30 pods asked for"
    assert why[75] == "pods that start: 2 of 3; there may be no more than 3"
    assert why[121] == "the most pods, 3, which all work"


def test_figures_of_a_moment_are_those_of_the_run() -> None:
    each = run(300)
    [row] = [line.split() for line in said(each, "60s").splitlines() if line.split()[0] == "121"]
    ready = sum(pod.ready <= 121 and (pod.deleted or 1e9) > 121 for pod in each.pods)
    assert [int(cell) for cell in row[1:4]] == [each.waiting(121), each.replicas(121), ready]


def test_a_list_length_that_asks_for_no_more_is_named() -> None:
    text = said(run(13, maximum=20), "10s")
    assert "list length: at 10 tasks a pod it asks for 1 pod" in text


def test_a_worker_that_sleeps_is_named() -> None:
    text = said(run(3, minimum=0, maximum=3, at=62.0), "5s")
    assert table(text)[62] == "sleep until the next look: every 15 s"


def test_a_pause_is_named() -> None:
    assert "scaling is paused" in said(run(300, paused_at=1), "60s")


def test_tasks_that_never_begin_are_told() -> None:
    each = simulate(scaling(keda(1, 1), workers(1)), burst(500, fixed(10)), until=300)
    assert said(each, "60s").startswith("p95 wait is without end; allowed: 60s; ")


def test_two_bursts_are_two_times() -> None:
    two = burst(100, fixed(10), at=61) + burst(100, fixed(10), at=5000)
    text = said(simulate(scaling(keda(1, 2), workers(4)), two), "60s")
    assert [line.split()[1] for line in text.splitlines() if line.startswith("  second")] == ["61", "5000"]


def test_many_times_and_many_steps_stay_short() -> None:
    many = burst(60, fixed(10), at=61)
    for number in range(1, 10):
        many += burst(60, fixed(10), at=61 + 4000 * number)
    text = said(simulate(scaling(keda(1, 2), workers(2)), many), "60s")
    assert text.splitlines()[-1] == "  and 7 more times"
    assert len(text.splitlines()) <= 2 + 3 * 10


def test_the_document_shows_a_real_failure() -> None:
    (shown,) = [each for each in blocks(PROJECT / "docs" / "scaling.md") if each.marker == "broken level"]
    queues = {each.queue: each for each in scalings(load(PROJECT / "dist" / "dev.k8s.yaml"))}
    text = said(simulate(queues["default"], burst(300, fixed(8), at=61)), "45s")
    assert shown.text == f"{text}\n"


def test_the_workloads_of_a_level_are_those_it_names() -> None:
    level = ServiceLevel(
        wait_p95=Duration("60s"),
        task=Duration("8s"),
        task_p95=Duration("24s"),
        workloads=(
            StandardBurst(tasks=500),
            StandardBurst(tasks=20, over=Duration("60s")),
            StandardExamDay(students=100, zones=(Duration("0s"), Duration("90m"))),
        ),
    )
    at_once, over, exam = workloads_of(level)
    assert [each.said for each in (at_once, over, exam)] == [
        "burst of 500",
        "burst of 20 over 60s",
        "exam day of 100 students in 2 zones",
    ]
    assert (len(at_once), set(at_once.arrivals)) == (500, {61.0})
    assert over.last - over.arrivals[0] == 57
    assert len(exam) == 300
    # Half begin an hour and a half later, and hand in then.
    assert exam.arrivals[0] < 9.1 * 3600
    assert 12.4 * 3600 < exam.last <= 12.5 * 3600
    late = sorted(at_once.durations)[int(0.95 * 500)]
    assert 18 < late < 30
    assert [*workloads_of(level)] == [at_once, over, exam]


def test_tasks_without_a_p95_take_alike() -> None:
    [made] = workloads_of(LEVEL)
    assert set(made.durations) == {10.0}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StandardBurst(tasks=0), "StandardBurst.tasks is 0; the least is 1"),
        (lambda: StandardBurst(tasks=1_000_001), "StandardBurst.tasks is 1000001; the most is 1000000"),
        (lambda: StandardBurst(tasks=1, over=Duration("25h")), "StandardBurst.over is 90000s; the most is 24h"),
        (lambda: StandardExamDay(students=0), "StandardExamDay.students is 0; the least is 1"),
        (lambda: StandardExamDay(students=1, zones=()), "StandardExamDay.zones is (); it must have a zone"),
        (lambda: StandardExamDay(students=1, length=Duration("0s")), "StandardExamDay.length is 0s; the least is 1s"),
        (
            lambda: ServiceLevel(wait_p95=Duration("0s"), task=Duration("1s"), workloads=(StandardBurst(tasks=1),)),
            "ServiceLevel.wait_p95 is 0s; the least is 1s",
        ),
        (
            lambda: ServiceLevel(wait_p95=Duration("1s"), task=Duration("1s"), workloads=()),
            "ServiceLevel.workloads is (); it must name one",
        ),
        (
            lambda: ServiceLevel(
                wait_p95=Duration("1s"),
                task=Duration("8s"),
                task_p95=Duration("8s"),
                workloads=(StandardBurst(tasks=1),),
            ),
            "ServiceLevel.task_p95 is 8s; it must exceed the median, 8s",
        ),
    ],
)
def test_what_no_level_can_be_is_refused(make: object, message: str) -> None:
    assert refusal(make).startswith(message)  # pyright: ignore[reportArgumentType]
