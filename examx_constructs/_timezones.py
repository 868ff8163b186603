"""The names of the IANA Time Zone Database 2026, in `_timezones.txt`."""

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".txt")


def exists(zone: str) -> bool:
    """Return whether Go, and so KEDA and Kubernetes, can load a zone of this name."""
    if zone in _shipped() or zone == "Local":
        return True
    from zoneinfo import available_timezones  # noqa: PLC0415 - of use to a mistake alone, and slow to import

    return zone in available_timezones()


def near(zone: str) -> str:
    """Return the zone that was meant, most likely; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - of use to a mistake alone, and slow to import

    return next(iter(get_close_matches(zone, sorted(_shipped()), n=1, cutoff=0.8)), "")


@cache
def _shipped() -> frozenset[str]:
    """Return the zones that are known wherever this runs: systems leave some out, and containers often all."""
    return frozenset(_FILE.read_text(encoding="utf-8").split())
