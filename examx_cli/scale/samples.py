"""A run over time, at moments as far from each other as a picture needs them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from examx_constructs.scaling import Run

_MARGIN = 0.03
"""How much of the time before the first task, and after the last thing that happened, is shown."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was at a moment."""

    second: float
    waiting: int
    """Tasks that had come and not begun."""
    replicas: int
    """What the workload was told to have."""
    ready: int
    """Pods that took tasks."""


def samples(run: Run, count: int, within: tuple[float, float] | None = None) -> list[Sample]:
    """Return so many moments, evenly over the part of the run in which something happens; each tells of its worst.

    A sample is valid for the time until the next one: a step or a peak between two moments is not lost. `within` is
    another part of it, in seconds.
    """
    start, end = within or window(run)
    step = (end - start) / count
    begun, ready = sorted(run.started), sorted(pod.ready for pod in run.pods)
    # A pod that was told to stop before it was ready never took a task.
    stopped = sorted(max(pod.deleted, pod.ready) for pod in run.pods if pod.deleted is not None)
    moments = [start + step * index for index in range(count)]
    return [
        Sample(
            moment,
            _most_waiting(run.arrivals, begun, moment, moment + step),
            run.replicas(moment + step),
            bisect_right(ready, moment + step) - bisect_right(stopped, moment + step),
        )
        for moment in moments
    ]


def window(run: Run) -> tuple[float, float]:
    """Return the seconds from shortly before the first task to shortly after the last change."""
    first = run.arrivals[0] if len(run) else 0.0
    last = max([run.steps[-1][0], *(each for each in (run.drained, first) if each <= run.until)])
    if run.unfinished:
        last = run.until
    margin = max((last - first) * _MARGIN, 1.0)
    return max(first - margin, 0.0), min(last + margin, max(run.until, last))


def _most_waiting(arrivals: Sequence[float], begun: Sequence[float], start: float, end: float) -> int:
    """Return the most that wait within a time: it is so many right after something came, or at its beginning."""
    low, high = bisect_right(arrivals, start), bisect_right(arrivals, end)
    most = low - bisect_right(begun, start)
    # The queue is longest right after an arrival; of arrivals at one moment, the last counts.
    for index in range(low, high):
        if index + 1 == high or arrivals[index + 1] > arrivals[index]:
            most = max(most, index + 1 - bisect_right(begun, arrivals[index]))
    return most
