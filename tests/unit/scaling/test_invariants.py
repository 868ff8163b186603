"""What holds in every run, whatever the policy, the workload and what fails meanwhile."""

from random import Random

import pytest

from examx_constructs.scaling import ClusterModel, Lost, Nodes, Outage, Run, simulate
from examx_constructs.scaling.policy import hpa_of
from tests.unit.scaling.support import scaling
from tests.unit.scaling.test_calm import DAY, chance


def outages(random: Random) -> list[Outage]:
    """One of each kind, now and then."""
    found: list[Outage] = []
    for what in Lost:
        if random.random() < 0.5:
            start = random.uniform(0, DAY / 2)
            found.append(Outage(what, start, start + random.choice((5, 60, 700))))
    return found


def busiest(run: Run, pod: int) -> int:
    """The most tasks that a pod ran at once."""
    changes = [
        change
        for began, takes, by in zip(run.started, run.durations, run.pods_of_tasks, strict=True)
        if by == pod and began < run.until
        for change in ((began, 1), (began + takes, -1))
    ]
    most = running = 0
    for _, change in sorted(changes):
        running += change
        most = max(most, running)
    return most


@pytest.mark.parametrize("seed", range(100, 125))
def test_what_always_holds(seed: int):
    policy, workers, work, use, _ = chance(seed)
    random = Random(seed)
    nodes = Nodes(random.choice((None, 5)), per_node=2, delay=70, pull=20)
    cluster = ClusterModel(phase=random.uniform(0, 15), nodes=nodes)
    run = simulate(scaling(policy, workers), work, cluster, use=use, outages=outages(random), until=DAY)
    lives = {pod.number: pod for pod in run.pods}
    hpa = hpa_of(policy)
    assert len(run.started) == len(work)
    for came, began, by in zip(run.arrivals, run.started, run.pods_of_tasks, strict=True):
        if began < DAY:
            assert began >= came + workers.take - 1e-9
            pod = lives[by]
            assert began >= pod.ready
            # A worker that is told to stop may be in the middle of taking one.
            assert pod.deleted is None or began <= pod.deleted + workers.pre_stop + workers.take + 1e-9
    assert all(hpa.minimum <= size <= hpa.maximum for _, size in run.steps)
    assert [moment for moment, _ in run.steps] == sorted({moment for moment, _ in run.steps})
    for pod in run.pods:
        assert pod.created <= pod.scheduled <= pod.running <= pod.ready
        if pod.gone is not None and pod.deleted is not None:
            assert pod.deleted <= pod.gone <= pod.deleted + workers.grace + workers.take + 1e-9
    for number in lives:
        assert busiest(run, number) <= workers.concurrency
    assert 0 < run.pod_hours <= hpa.maximum * (DAY + workers.grace) / 3600
    assert run.wait(0.5) <= run.wait(0.95) <= run.wait(1.0)
