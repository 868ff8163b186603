"""Runs of many settings through the same workloads, each once, on all processors."""

import os
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import ceil
from multiprocessing import active_children
from signal import SIG_IGN, SIGINT, signal
from typing import cast

from examx_cli.errors import CommandError
from examx_cli.scale.simulating import Surroundings
from examx_cli.scale.tunable import Tunable
from examx_constructs.scaling import KedaPolicy, Run, Scaling, Workload, simulate

_P95 = 0.95
_AFTER = 3600.0
"""Seconds for which a run goes on after its last task: what is not done by then counts as never done."""
_ROUNDING = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of some settings."""

    settings: Tunable
    waits: tuple[float, ...]
    """The p95 of each workload, in seconds."""
    pod_hours: float
    """Of all workloads together."""
    most: int
    """The most pods at a time."""
    lost: int
    """Tasks that were cut by a grace period, or not done at the end."""

    @property
    def wait(self) -> float:
        """The worst of the waits."""
        return max(self.waits)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is run: an autoscaler, what comes to it, and where."""

    scaling: Scaling
    workloads: Sequence[Workload]
    around: Surroundings

    def trial(self, settings: Tunable) -> Trial:
        """Return one setting through all workloads. Raises ScalingError."""
        policy = settings.on_policy(cast("KedaPolicy", self.scaling.policy))
        scaling = replace(self.scaling, policy=policy)
        around, made = self.around, list[Run]()
        for each in self.workloads:
            # All go on for the same time, so that their hours can be compared.
            end = each.last + _AFTER
            made.append(simulate(scaling, each, around.cluster, until=end, start=around.start))
        return Trial(
            settings,
            waits=tuple(round(float(run.wait(_P95)), _ROUNDING) for run in made),
            pod_hours=round(sum(run.pod_hours for run in made), _ROUNDING),
            most=max(run.most_replicas for run in made),
            lost=sum(run.cut_tasks + run.unfinished for run in made),
        )


class Runs:
    """All that was tried."""

    def __init__(self, problem: Problem, pool: Executor | None, processes: int, limit: int) -> None:
        self._problem, self._pool, self._processes = problem, pool, processes
        self._limit = limit
        self.trials: dict[Tunable, Trial] = {}

    @property
    def is_over(self) -> bool:
        """Whether as many were tried as may be."""
        return len(self.trials) >= self._limit

    def of(self, settings: Tunable) -> Trial:
        """Return what came of one. Raises ScalingError."""
        return self.all([settings])[0]

    def all(self, settings: Iterable[Tunable]) -> list[Trial]:
        """Return what came of these, without those for which there are no runs left. Raises ScalingError."""
        wanted = list(dict.fromkeys(settings))
        new = [each for each in wanted if each not in self.trials][: max(self._limit - len(self.trials), 0)]
        if self._pool is None or len(new) < self._processes:
            found = list(map(self._problem.trial, new))
        else:
            found = list(self._pool.map(_trial, new, chunksize=ceil(len(new) / (4 * self._processes))))
        self.trials.update((each.settings, each) for each in found)
        return [self.trials[each] for each in wanted if each in self.trials]


@contextmanager
def runs(problem: Problem, *, limit: int, processes: int | None = None) -> Generator[Runs]:
    """Make runs on so many processors, else on all that this process may use. Their number changes no result."""
    count = processes or len(os.sched_getaffinity(0))
    if count == 1:
        yield Runs(problem, None, 1, limit)
        return
    with ProcessPoolExecutor(count, initializer=_begin, initargs=(problem,)) as pool:
        try:
            yield Runs(problem, pool, count, limit)
        except BrokenProcessPool:
            raise CommandError("a process of the search was ended from outside, as for want of memory") from None
        except BaseException:
            # Somebody wants to go: what still runs is not waited for.
            for each in active_children():
                each.terminate()
            raise


_problems: list[Problem] = []


def _begin(problem: Problem) -> None:
    """Give a process what it works on, once. Who interrupts the command interrupts the one that waits for it."""
    signal(SIGINT, SIG_IGN)
    _problems[:] = [problem]


def _trial(settings: Tunable) -> Trial:
    return _problems[0].trial(settings)
