"""The model's waits are those of real Celery workers on a real Redis, while pods come and go."""

from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from examx_constructs.scaling import Use, Workers
from examx_constructs.scaling.fleet import PodLife
from examx_constructs.scaling.tasks import Tasks
from examx_constructs.scaling.workers import GREEN_REFILL
from tests.process.scaling.real.celery_play import Played, play

pytestmark = [pytest.mark.long, pytest.mark.longest]

TASKS, RATE = 2000, 15.0
SHORTEST, LONGEST = 0.4, 2.0
FURTHEST = 0.10
"""The largest Kolmogorov-Smirnov distance between both distributions of waits."""
STEP = 0.1
"""Waits are compared to a tenth of a second: what a task waits for a busy processor is nothing that a model knows."""


@pytest.mark.parametrize(
    ("pool", "prefetch", "workers"),
    [
        ("prefork", 1, Workers(10, grace=60.0)),
        ("gevent", 1, Workers(24, grace=60.0, refill=GREEN_REFILL, gives_back=False)),
        ("prefork", 4, Workers(10, grace=60.0, hold=40)),
        ("gevent", 4, Workers(10, grace=60.0, hold=11, gives_back=False)),
    ],
)
def test_waits_are_those_of_real_workers(tmp_path: Path, pool: str, prefetch: int, workers: Workers):
    random = Random(5)
    tasks: list[tuple[float, float]] = []
    at = 1.0
    for _ in range(TASKS):
        at += random.expovariate(RATE)
        tasks.append((at, random.uniform(SHORTEST, LONGEST)))
    # One pod, then three, then one again: twice the list grows, and is worked off.
    pods = [(0.0, at + 90), (at * 0.2, at * 0.65), (at * 0.25, at * 0.65)]
    played = play(tmp_path, pool, workers.concurrency, tasks, pods, prefetch=prefetch)
    real = [played.began[number] - sent for number, sent in enumerate(played.sent)]
    ours = _modelled(played, [played.took[number] for number in range(TASKS)], workers)
    assert max(real) > 5, "without a list that grows there would be nothing to compare"
    distance = _distance(real, ours)
    assert distance <= FURTHEST, (distance, _quartiles(real), _quartiles(ours))


def _modelled(played: Played, durations: Sequence[float], workers: Workers) -> list[float]:
    """The model's waits for tasks that were sent at the same moments, and pods that lived as long."""
    tasks = Tasks(played.sent, durations, workers, use=Use())
    lives = [PodLife(number, begins, begins, begins, begins) for number, (begins, _) in enumerate(played.pods)]
    moments = [(begins, 0, number) for number, (begins, _) in enumerate(played.pods)]
    moments += [(stops, 1, number) for number, (_, stops) in enumerate(played.pods) if stops is not None]
    for at, stops, number in sorted(moments):
        tasks.advance(at)
        if stops:
            lives[number].deleted = at
            tasks.stop(at, [lives[number]])
        else:
            tasks.begin(at, lives[number])
    tasks.advance(played.sent[-1] + 3600)
    return [began - sent for sent, began in zip(tasks.sent, tasks.started, strict=True)]


def _distance(real: Sequence[float], ours: Sequence[float]) -> float:
    first, second = (sorted(round(each / STEP) for each in waits) for waits in (real, ours))
    return max(
        abs(bisect_right(first, each) / len(first) - bisect_right(second, each) / len(second))
        for each in {*first, *second}
    )


def _quartiles(waits: Sequence[float]) -> list[float]:
    ordered = sorted(waits)
    return [round(ordered[int(share * (len(ordered) - 1))], 2) for share in (0.25, 0.5, 0.75, 0.95, 1.0)]
