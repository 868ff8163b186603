"""A plot out of characters: columns of eighths, for a terminal and for a pipe alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH = 64
"""Columns of a plot: with its axis it fits into 80."""
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_TICKS = 4
_SECONDS, _MINUTES = 600.0, 14400.0


@dataclass(frozen=True, slots=True)
class Axis:
    """The time from left to right, in seconds."""

    start: float
    end: float


def plot(title: str, values: Sequence[int], axis: Axis, *, height: int = 6) -> str:
    """Return the values as columns, under a title, over an axis of time."""
    most = max(*values, 1)
    label = len(str(most))
    rows = [_row(values, most, level, height) for level in range(height - 1, -1, -1)]
    lines = [title]
    for index, row in enumerate(rows):
        shown = str(most) if index == 0 else ""
        lines.append(f"{shown:>{label}} ┤{row}".rstrip())
    lines.append(f"{'0':>{label}} ┼{'─' * len(values)}")
    lines.append(" " * (label + 2) + _times(axis, len(values)))
    return "\n".join(lines)


def _row(values: Sequence[int], most: int, level: int, height: int) -> str:
    """Return one line of the columns, counted from below. What is more than nothing shows."""
    found: list[str] = []
    for value in values:
        eighths = -(-value * height * 8 // most) - level * 8
        found.append(_EIGHTHS[min(max(eighths, 0), 8)])
    return "".join(found)


def _times(axis: Axis, width: int) -> str:
    """Draw moments below the axis, each where it is, as far as there is room."""
    step = width // _TICKS
    divisor, unit = _unit(axis.end)
    line = ""
    for index in range(_TICKS + 1):
        place = min(index * step, width)
        moment = (axis.start + (axis.end - axis.start) * place / width) / divisor
        text = f"{moment:.0f}" if divisor == 1 else f"{moment:.1f}"
        text += f" {unit}" if index == _TICKS else ""
        place = max(place - (len(text) if index == _TICKS else 0), 0)
        if place >= len(line) + (1 if line else 0):
            line = f"{line:<{place}}{text}"
    return line


def _unit(end: float) -> tuple[float, str]:
    """Return one unit for all moments of an axis: how many seconds, and its sign."""
    if end <= _SECONDS:
        return 1.0, "s"
    return (60.0, "min") if end <= _MINUTES else (3600.0, "h")


def axis_of(moments: Sequence[float]) -> Axis:
    """Return the axis of moments that are evenly apart; each column is from its own to the next."""
    step = next((after - before for before, after in pairwise(moments)), 1.0)
    return Axis(moments[0], moments[-1] + step)
