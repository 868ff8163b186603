"""Durations as values, so that no setting is a bare number of unknown unit."""

import re
from functools import total_ordering

from examx_constructs.settings.refusal import SettingError

_UNITS = {"s": 1, "m": 60, "h": 3600}
_FORM = re.compile(r"(?P<number>\d{1,10})(?P<unit>[smh])", re.ASCII)
_LARGEST = 2**31 - 1


@total_ordering
class Duration:
    """A whole number of seconds, written with its unit: `Duration("120s")`, `Duration("5m")`, `Duration("1h")`.

    Kubernetes and KEDA count in whole seconds. Raises SettingError for a missing or unknown unit, and
    for more than fits into their 32 bits.

    `text` is the number and its unit: `s`, `m` or `h`.
    """

    __slots__ = ("_seconds",)

    def __init__(self, text: str) -> None:
        form = _FORM.fullmatch(text) if isinstance(text, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if form is None:
            raise SettingError("duration", text, "it must be a whole number with a unit: 30s, 5m or 1h")
        self._seconds = int(form["number"]) * _UNITS[form["unit"]]
        if self._seconds > _LARGEST:
            raise SettingError("duration", text, f"the most is {_LARGEST}s: Kubernetes keeps seconds in 32 bits")

    @classmethod
    def of(cls, seconds: int) -> "Duration":
        """Return a duration from a number of seconds."""
        return cls(f"{seconds}s")

    @property
    def seconds(self) -> int:
        """The length in seconds."""
        return self._seconds

    def __str__(self) -> str:
        return f"{self._seconds}s"

    def __repr__(self) -> str:
        return f"Duration({str(self)!r})"

    def __hash__(self) -> int:
        return hash(self._seconds)

    def __eq__(self, other: object) -> bool:
        return self._seconds == other._seconds if isinstance(other, Duration) else NotImplemented

    def __lt__(self, other: "Duration") -> bool:
        return self._seconds < other._seconds

    def __add__(self, other: "Duration") -> "Duration":
        return Duration.of(self._seconds + other._seconds)
