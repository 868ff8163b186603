"""The search for the figures of a queue that hold a wait at the fewest pod hours.

First a coarse grid. It has the fewest pods by the tasks that one pod is worth, the bounds, and a few paces from
today's to a quick one. Waits and hours are steps of these figures, not slopes, with plateaus between. So a search along
a gradient would stay where it began. The grid finds the valleys. Then a beam: the best few take each figure one step up
and down until none of them improves. At last every way to leave some of the changed figures as they are is tried: a
reader of the proposal has to believe each.

What is found holds for these tasks and for one moment of the first look, and often only just. A level is best given
with some room. Nothing is drawn by lot: the same figures and workloads give the same proposal on any number of
processors.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

from examx_cli.scale.tunable import NAMES, Tunable, ladder
from examx_cli.scale.tuning_runs import Runs, Trial

MOST_TRIES = 1000
_BEAM, _ROUNDS, _FEW = 6, 16, 5
_ALIKE = 1.005
"""Hours that are so much apart are alike: then the setting counts that changes fewer figures."""
_SHORTEST_DOWN = 60
"""Seconds: below it pods go while the last ones that came are not counted yet (looks of metrics-server, a start)."""

_COUNTS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 300, 400, 500, 1000)
_PERCENTS = (20, 30, 50, 70, 100, 150, 200, 300, 400)
_UP_WINDOWS = (0, 15, 30, 60, 120)
_DOWN_WINDOWS = (_SHORTEST_DOWN, 90, 120, 180, 240, 300, 450, 600, 900)
_FIXED: Mapping[str, tuple[int, ...]] = {
    "up_percent": _PERCENTS,
    "up_window": _UP_WINDOWS,
    "down_window": _DOWN_WINDOWS,
}
_COARSE_LEAST = (0, 1, 2, 4, 8, 16, 32, 64)
_COARSE_PER_POD = (1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Goal:
    """What has to hold, and where a search begins."""

    level: float
    """Seconds that 95 of 100 tasks of each workload may wait at most."""
    now: Trial
    """Today's settings."""
    most: int
    """Pods that there may be at most."""

    def holds(self, trial: Trial) -> bool:
        """Return whether it holds the level, and loses no more tasks than today's settings do."""
        return trial.wait <= self.level and trial.lost <= self.now.lost

    def rank(self, trial: Trial) -> tuple[object, ...]:
        """Put better ones first; of those that do not hold, the nearest."""
        changed = len(trial.settings.differs(self.now.settings))
        if self.holds(trial):
            return (0, trial.pod_hours, changed, trial.settings)
        missed = max(trial.wait, self.level)
        return (1, missed, trial.lost, trial.pod_hours, changed, trial.settings)


@dataclass(frozen=True, slots=True)
class Bound:
    """The step that would be the next one, and what keeps from it."""

    name: str
    trial: Trial


def search(runs: Runs, goal: Goal, is_allowed: Callable[[Tunable], bool]) -> list[Trial]:
    """Return all that was tried and is allowed, the best first. Raises ScalingError."""

    def ranked() -> list[Trial]:
        return sorted((each for each in runs.trials.values() if is_allowed(each.settings)), key=goal.rank)

    now = goal.now.settings
    runs.all(filter(is_allowed, _grid(now, goal.most)))
    beam: list[Trial] = []
    for _ in range(_ROUNDS):
        best = ranked()[:_BEAM]
        if best == beam or runs.is_over:
            break
        beam = best
        runs.all(filter(is_allowed, (step for each in beam for _, step in steps(each.settings, goal))))
    found = ranked()
    if found and goal.holds(found[0]):
        runs.all(filter(is_allowed, _simpler(found[0].settings, now)))
        found = _simplest_first(ranked(), goal)
    return found


def bound(trial: Trial, runs: Runs, goal: Goal) -> Bound | None:
    """Return what keeps a setting from being better.

    Of the steps from it, it is the cheapest, which would break the level. Where it does not hold it, the one that would
    shorten the wait most.
    """
    near = [(name, runs.trials[step]) for name, step in steps(trial.settings, goal) if step in runs.trials]
    if goal.holds(trial):
        breaks = [(other.pod_hours, name, other) for name, other in near if other.pod_hours < trial.pod_hours]
        cheapest = min((each for each in breaks if not goal.holds(each[2])), default=None, key=lambda each: each[:2])
        return Bound(cheapest[1], cheapest[2]) if cheapest else None
    helps = [(other.wait, name, other) for name, other in near if other.wait < trial.wait]
    quickest = min(helps, default=None, key=lambda each: each[:2])
    return Bound(quickest[1], quickest[2]) if quickest else None


def few(trials: Sequence[Trial]) -> list[Trial]:
    """Return the best few, of those that come to the same only the first."""
    shown: dict[tuple[object, ...], Trial] = {}
    for each in trials:
        shown.setdefault((each.waits, each.pod_hours), each)
        if len(shown) == _FEW:
            break
    return [*shown.values()]


def steps(settings: Tunable, goal: Goal) -> Iterator[tuple[str, Tunable]]:
    """Yield each figure a step up and a step down, by its name."""
    for name in NAMES:
        value = getattr(settings, name)
        values = _values(name, goal.now.settings, goal.most)
        rungs = ladder(values, value)
        place = rungs.index(value)
        for other in (place - 1, place + 1):
            if 0 <= other < len(rungs):
                yield name, replace(settings, **{name: rungs[other]})


def _values(name: str, now: Tunable, most: int) -> list[int]:
    """Return what a figure may be; what it is today among it."""
    today = getattr(now, name)
    if name in _FIXED:
        return ladder(_FIXED[name], today)
    if name == "per_pod":
        return ladder(_COUNTS[1:], today)
    # Numbers of pods.
    return ladder([*_COUNTS[name != "minimum" :], most], today, most=most)


def _grid(now: Tunable, most: int) -> Iterator[Tunable]:
    """Yield the coarse grid."""
    quick = {"up_percent": max(now.up_percent, 100), "up_pods": max(now.up_pods, min(most, 10)), "up_window": 0}
    paces = [{}, {"down_window": min(now.down_window, 120)}, {**quick, "down_window": _SHORTEST_DOWN}]
    least = ladder(_COARSE_LEAST, now.minimum, most=most)
    yield now
    for maximum, pace, minimum, per_pod in product(
        dict.fromkeys((now.maximum, most)), paces, least, ladder(_COARSE_PER_POD, now.per_pod)
    ):
        if minimum <= maximum:
            yield replace(now, minimum=minimum, maximum=maximum, per_pod=per_pod, **pace)


def _simpler(settings: Tunable, now: Tunable) -> Iterator[Tunable]:
    """Yield the same with some of its changes left out, those with the fewest changes first."""
    changed = settings.differs(now)
    for count in range(1, len(changed)):
        for kept in combinations(changed, count):
            yield replace(now, **{name: getattr(settings, name) for name in kept})


def _simplest_first(trials: list[Trial], goal: Goal) -> list[Trial]:
    """Return the same, the one first that changes fewest of those that cost as good as the least."""
    least = trials[0].pod_hours * _ALIKE
    alike = [each for each in trials if goal.holds(each) and each.pod_hours <= least]
    first = min(alike, key=lambda each: (len(each.settings.differs(goal.now.settings)), goal.rank(each)))
    return [first, *(each for each in trials if each is not first)]
