"""When something that the controllers ask does not answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from examx_constructs.scaling.errors import ScalingError


class Lost(StrEnum):
    """What is away."""

    REDIS = "redis"
    """The lists: nothing is counted, and no task is sent or taken."""
    PROMETHEUS = "prometheus"
    METRICS = "metrics"
    """metrics-server, and with it what pods use."""
    KEDA = "keda"
    """The operator, while the adapter is there: calls of the HPA controller hang, and its looks with them."""


@dataclass(frozen=True, slots=True)
class Outage:
    """From a second on until another, exclusively."""

    what: Lost
    start: float
    end: float

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ScalingError.of("Outage.end", self.end, f"more than its start, {self.start}", "an outage lasts")

    def __contains__(self, moment: float) -> bool:
        return self.start <= moment < self.end


def of(what: Lost, outages: Iterable[Outage]) -> tuple[Outage, ...]:
    """Return those of one part, in their order. Raises ScalingError where two of them overlap."""
    found = sorted((each for each in outages if each.what is what), key=lambda each: each.start)
    for before, after in pairwise(found):
        if after.start < before.end:
            raise ScalingError.of("Outage.start", after.start, f"{before.end} or more", "the one before is not over")
    return tuple(found)
