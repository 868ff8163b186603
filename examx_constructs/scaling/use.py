"""What pods use of their requests, and how the metrics API says it."""

from dataclasses import dataclass
from math import ceil

from examx_constructs.scaling.errors import at_least_zero

_KI = 1024


@dataclass(frozen=True, slots=True)
class Use:
    """What a pod uses, in shares of its request: at rest, and with all slots busy; in between by the busy ones."""

    cpu_idle: float = 0.02
    cpu_busy: float = 0.5
    memory_idle: float = 0.3
    memory_busy: float = 0.4

    def __post_init__(self) -> None:
        for name in ("cpu_idle", "cpu_busy", "memory_idle", "memory_busy"):
            at_least_zero(f"Use.{name}", getattr(self, name), "it is a share of the request, such as 0.3")

    def of(self, resource: str, busy: float) -> float:
        """Return the share of the request that is used while such a share of the slots is busy."""
        if resource == "cpu":
            return self.cpu_idle + (self.cpu_busy - self.cpu_idle) * busy
        return self.memory_idle + (self.memory_busy - self.memory_idle) * busy


def amount(share: float, request: int | None, *, cpu: bool) -> int:
    """Return a share of a request as the metrics API writes it, in thousandths.

    CPU in billionths, rounded up by `MilliValue` to thousandths; memory in whole Ki, rounded down.
    """
    if request is None:
        return 0
    if cpu:
        return ceil(round(share * request * 1_000_000) / 1_000_000)
    return int(share * request) // _KI * _KI * 1000
