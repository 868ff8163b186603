"""Figures as people read them, each with its unit, in as many places as count."""

from math import inf, isinf

_FEW, _SECONDS, _MINUTES = 10, 300, 7200
_HUNDRED = 100


def time(seconds: float) -> str:
    """Return a time: `8.5 s`, `95 s`, `12.3 min`, `3.4 h`; `never` where there is no end."""
    if isinf(seconds):
        return "never"
    # By the figure that is shown: 299.7 s are not "300 s" beside "5.0 min".
    if round(seconds, 1) < _FEW:
        return f"{seconds:.1f} s"
    if round(seconds) < _SECONDS:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < _MINUTES else f"{seconds / 3600:.1f} h"


def amount(number: float) -> str:
    """Write hours, or money: two places of a small one, none of a large one."""
    return f"{number:.2f}" if number < _FEW else f"{number:.1f}" if number < _HUNDRED else f"{number:.0f}"


def percentile(share: float) -> str:
    """Return the name of a percentile: `p95`."""
    return f"p{share * 100:g}"


def between(low: int, high: int) -> str:
    """Write bounds: `2..20`."""
    return f"{low}..{high}"


def finite(number: float) -> float | None:
    """Return a number as JSON has it, to the millisecond; null where it has no end."""
    return None if number in (inf, -inf) else round(float(number), 3)


def counted(number: int, what: str) -> str:
    """Return a number of things: `1 task`, `2 tasks`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
