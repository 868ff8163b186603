"""What came out of a simulation: waits, runs and pods, and the figures that people ask for."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Self

from examx_constructs.scaling.errors import ScalingError
from examx_constructs.scaling.fleet import PodLife
from examx_constructs.scaling.policy import Policy
from examx_constructs.scaling.prices import Prices
from examx_constructs.scaling.seconds import Seconds
from examx_constructs.scaling.tasks import Cut
from examx_constructs.scaling.workers import Workers

_HOUR = 3600.0
_GIB = 1 << 30


class Wait(Seconds):
    """How long such a share of the tasks of a run waits at most. It knows its run, so that a test can say why."""

    run: "Run"
    share: float

    def __new__(cls, seconds: float, run: "Run", share: float) -> Self:
        """Make it of a number of seconds."""
        made = super().__new__(cls, seconds)
        made.run, made.share = run, share
        return made

    def __reduce__(self) -> tuple[type[Seconds], tuple[float]]:
        """Return what another process gets is the number alone: a run may be large."""
        return Seconds, (float(self),)


@dataclass(frozen=True)
class Run:
    """A simulation from its start, second 0, to `until`. Tasks that were never taken have begun at infinity."""

    arrivals: Sequence[float]
    durations: Sequence[float]
    started: Sequence[float]
    """When each task began for the last time."""
    pods_of_tasks: Sequence[int]
    cuts: Sequence[Cut]
    pods: Sequence[PodLife]
    steps: Sequence[tuple[float, int]]
    """When the replicas changed, and to what; the first is the start."""
    until: float
    workers: Workers
    policy: Policy
    """The autoscaler that it ran under."""

    def __len__(self) -> int:
        return len(self.arrivals)

    @cached_property
    def waits(self) -> list[float]:
        """From the moment when each task came to the one when it began, in seconds, in the order of arrival."""
        return [began - came for came, began in zip(self.arrivals, self.started, strict=True)]

    @cached_property
    def finished(self) -> list[float]:
        """When each task was done."""
        return [began + takes for began, takes in zip(self.started, self.durations, strict=True)]

    def wait(self, share: float) -> Wait:
        """Return the wait that such a share of the tasks does not exceed: `wait(0.95) <= Duration("60s")`."""
        return Wait(_quantile(self._sorted_waits, share), self, share)

    @property
    def unfinished(self) -> int:
        """The tasks that were not done at the end."""
        return sum(each > self.until for each in self.finished)

    @property
    def drained(self) -> float:
        """When the last task was done; infinity where one was not."""
        return max(self.finished, default=0.0)

    def drain_time(self, since: float = 0.0) -> Seconds:
        """Return the seconds from a moment, such as that of a burst, until all tasks that came until then are done."""
        done = [end for came, end in zip(self.arrivals, self.finished, strict=True) if came <= since]
        return Seconds(max(done, default=since) - since)

    @property
    def cut_tasks(self) -> int:
        """The tasks that a grace period cut, each counted once."""
        return len({each.task for each in self.cuts})

    def replicas(self, moment: float) -> int:
        """Return what the workload was told to have at a moment."""
        return self.steps[max(bisect_right(self._moments, moment) - 1, 0)][1]

    @property
    def most_replicas(self) -> int:
        """The most that it was told to have."""
        return max(size for _, size in self.steps)

    def waiting(self, moment: float) -> int:
        """Return the tasks that had come and not begun."""
        return bisect_right(self.arrivals, moment) - bisect_right(self._sorted_starts, moment)

    @cached_property
    def pod_hours(self) -> float:
        """Hours in which pods had a place on a node, and so held their requests, within the run."""
        return sum(self._held(each) for each in self.pods) / _HOUR

    @property
    def cpu_hours(self) -> float:
        """Requested CPUs times hours."""
        return self.pod_hours * (self.workers.cpu or 0) / 1000

    @property
    def memory_hours(self) -> float:
        """Requested GiB times hours."""
        return self.pod_hours * (self.workers.memory or 0) / _GIB

    def cost(self, prices: Prices) -> float:
        """Return what the requests cost, in the currency of the prices."""
        return self.cpu_hours * prices.cpu_hour + self.memory_hours * prices.gib_hour

    @cached_property
    def _sorted_waits(self) -> list[float]:
        return sorted(self.waits)

    @cached_property
    def _sorted_starts(self) -> list[float]:
        return sorted(self.started)

    @cached_property
    def _moments(self) -> list[float]:
        return [moment for moment, _ in self.steps]

    def _held(self, pod: PodLife) -> float:
        start = max(pod.scheduled, 0.0)
        if pod.deleted is not None and pod.scheduled > pod.deleted:
            # It never got its place.
            return 0.0
        end = min(self.until if pod.gone is None else pod.gone, self.until)
        return max(end - start, 0.0)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Return the nearest rank: one of the values, and never one between two."""
    if not 0 < share <= 1:
        raise ScalingError.of("share of the tasks", share, "more than 0, at most 1", "it is a share, such as 0.95")
    if not ordered:
        return 0.0
    return ordered[min(ceil(share * len(ordered)), len(ordered)) - 1]
