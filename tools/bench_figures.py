"""What `make bench` measures, as values."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """Wall times of paired runs, in seconds."""

    floor: Sequence[float]
    synth: Sequence[float]

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios: a slow moment of the machine slows both runs of a pair."""
        return statistics.median(synth / floor for floor, synth in zip(self.floor, self.synth, strict=True))


@dataclass(frozen=True)
class Growth:
    """One process that rendered this many environments: seconds without its start, and peak memory in MiB."""

    environments: int
    seconds: float
    python_memory: float
    node_memory: float

    @property
    def memory(self) -> float:
        """Both processes together."""
        return self.python_memory + self.node_memory


@dataclass(frozen=True)
class Scale:
    """How the cost grows with the number of environments, beside what others take for as many objects.

    `kustomize`: seconds for one environment; None where there is no kubectl.
    """

    synth: Sequence[Growth]
    bare: Sequence[Growth]
    kustomize: float | None = None


def milliseconds(before: Growth, after: Growth) -> float:
    """Return what each further environment took."""
    return 1000 * (after.seconds - before.seconds) / (after.environments - before.environments)
