"""Holds the model against a recording: it is given the list and what pods used, and has to find the replicas.

When the HPA controller and KEDA looked first is not known of a recording. So several moments are tried, and the one
that fits best counts. Nothing else is chosen by the recording.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from examx_constructs.scaling.cluster import ClusterModel
from examx_constructs.scaling.engine import Engine
from examx_constructs.scaling.fleet import PodLife
from examx_constructs.scaling.recording import Recording
from examx_constructs.scaling.workers import Workers

OFFSETS = 15
"""As many first looks are tried as the period of the controller has seconds."""

# What pods use is given as shares of these.
_WORKERS = Workers(concurrency=1, cpu=1000, memory=4 << 30)
_SEEN = 0.06
"""How late within its second a recording's row was written."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The model beside a recording."""

    recording: Recording
    offset: int
    """When the first look came, of those that were tried."""
    replicas: Sequence[int]
    """The model's, at each row of the recording."""

    @property
    def mean(self) -> float:
        """By how many pods the model is off, on average over the rows."""
        return sum(self._off) / len(self._off)

    @property
    def largest(self) -> int:
        """By how many pods it is off at the worst."""
        return max(self._off)

    @property
    def at(self) -> int:
        """When it is that, first."""
        return self._off.index(self.largest) * self.recording.step

    @property
    def steps(self) -> list[tuple[int, int]]:
        """Return when the model's replicas changed, and to what."""
        return _steps(self.replicas, self.recording.step)

    @property
    def recorded(self) -> list[tuple[int, int]]:
        """When the recording's did."""
        return _steps(self.recording.replicas, self.recording.step)

    @property
    def _off(self) -> list[int]:
        return [abs(ours - theirs) for ours, theirs in zip(self.replicas, self.recording.replicas, strict=True)]


def replay(recording: Recording) -> Replay:
    """Return the best of the first looks that are tried."""
    return min((replayed(recording, offset) for offset in range(OFFSETS)), key=lambda each: each.mean)


def replayed(recording: Recording, offset: int) -> Replay:
    """Return the model of a recording, with its first look at such a second."""
    steps, index, found = steps_of(recording, float(offset)), 0, list[int]()
    for second in range(0, recording.seconds, recording.step):
        while index + 1 < len(steps) and steps[index + 1][0] <= second + _SEEN:
            index += 1
        found.append(steps[index][1])
    return Replay(recording, offset, found)


def steps_of(recording: Recording, first_look: float) -> Sequence[tuple[float, int]]:
    """Return when the model's replicas change, to a fraction of a second, and to what; the first is the start."""
    cluster = ClusterModel(
        phase=first_look,
        start=recording.pod_start,
        ready=0.0,
        metrics_resolution=recording.metrics_resolution,
        versions=recording.versions,
    )
    engine = Engine(
        recording.policy,
        _WORKERS,
        cluster,
        _Recorded(recording),
        replicas=recording.replicas[0],
        outages=recording.outages,
    )
    engine.run(recording.seconds)
    return engine.steps


class _Recorded:
    """A list and pods as a recording has them, whatever the model does."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._sample = 0.0

    def advance(self, until: float) -> None:
        pass

    def waiting(self, now: float) -> float | None:
        # Between two rows it is taken to be as long as at the one before.
        row = int(now) // self._recording.step
        return self._recording.lengths[min(row, len(self._recording.lengths) - 1)]

    def running(self, now: float) -> int:
        return 0

    def observe(self, sample: float) -> None:
        self._sample = sample

    def use(self, resource: str) -> float:
        return self._recording.used(resource, self._sample)

    def calm(self, limit: int, now: float) -> float:
        return now

    def glide(self, until: float) -> None:
        pass

    def begin(self, now: float, pod: PodLife) -> None:
        pass

    def stop(self, now: float, pods: Sequence[PodLife]) -> None:
        for each in pods:
            each.gone = now + self._recording.pod_stop


def _steps(replicas: Sequence[int], step: int) -> list[tuple[int, int]]:
    return [(0, replicas[0])] + [
        (row * step, after) for row, (before, after) in enumerate(pairwise(replicas), start=1) if after != before
    ]
