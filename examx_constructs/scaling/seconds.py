"""Figures that come out of a simulation, and that read well beside settings."""

from examx_constructs.settings import Duration


class Seconds(float):
    """A number of seconds, which a `Duration` can be compared with: `run.wait(0.95) <= Duration("60s")`."""

    __slots__ = ()

    def __lt__(self, other: "float | Duration") -> bool:
        return float(self) < _number(other)

    def __le__(self, other: "float | Duration") -> bool:
        return float(self) <= _number(other)

    def __gt__(self, other: "float | Duration") -> bool:
        return float(self) > _number(other)

    def __ge__(self, other: "float | Duration") -> bool:
        return float(self) >= _number(other)

    def __eq__(self, other: object) -> bool:
        return float(self) == (_number(other) if isinstance(other, int | float | Duration) else other)

    def __hash__(self) -> int:
        return hash(float(self))

    def __repr__(self) -> str:
        return f"{float(self):.1f} s"


def _number(other: "float | Duration") -> float:
    return float(other.seconds) if isinstance(other, Duration) else float(other)
