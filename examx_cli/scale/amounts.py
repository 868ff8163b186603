"""Times and rates as people type them: `8s`, `0.5s`, `5m`, `8s..40s`, `1..10/5m`."""

import re
from datetime import datetime

from examx_cli.errors import CommandError
from examx_constructs.manifests import shown
from examx_constructs.scaling import TaskTime, fixed, lognormal

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = r"\d{1,9}(?:\.\d{1,6})?"
_TIME = re.compile(rf"(?P<number>{_NUMBER})(?P<unit>ms|s|m|h|d)", re.ASCII)
_RAMP = re.compile(rf"(?P<first>{_NUMBER})\.\.(?P<last>{_NUMBER})/(?P<over>[\w.]+)", re.ASCII)
_RANGE = ".."


def refused(option: str, given: object, allowed: str, why: str) -> CommandError:
    """Return a value of an option, what is allowed, and why."""
    return CommandError(f"{option} is {shown(given)}; allowed: {allowed}; {why}")


def seconds(option: str, text: str, *, zero: bool = False) -> float:
    """Return a time in seconds. Raises CommandError for what is none, and for no time at all unless `zero` is one."""
    form = _TIME.fullmatch(text)
    allowed = "a time with its unit, such as 0.5s, 8s, 5m or 1h"
    if form is None:
        raise refused(option, text, allowed, "a number alone does not say of what")
    found = float(form["number"]) * _UNITS[form["unit"]]
    if not found and not zero:
        raise refused(option, text, f"{allowed}, above 0", "it takes some time")
    return found


def task_time(option: str, text: str) -> TaskTime:
    """Return how long tasks take: all alike, or from the median to what 95 of 100 do not exceed.

    Raises CommandError.
    """
    median, between, p95 = text.partition(_RANGE)
    if not between:
        return fixed(seconds(option, text))
    half, most = seconds(option, median), seconds(option, p95)
    if not half < most:
        raise refused(option, text, "MEDIAN..P95, the second one longer", "fewer tasks exceed the p95 than the median")
    return lognormal(half, most)


def ramp(option: str, text: str) -> tuple[float, float, float]:
    """Return from which rate to which, in tasks a second, over how many seconds. Raises CommandError."""
    form = _RAMP.fullmatch(text)
    if form is None:
        raise refused(option, text, "FIRST..LAST/TIME, such as 1..10/5m", "it is tasks a second, over a time")
    return float(form["first"]), float(form["last"]), seconds(option, form["over"])


def hours(option: str, text: str) -> tuple[float, ...]:
    """Return the hours that zones are behind the first one. Raises CommandError."""
    found: list[float] = []
    for each in text.split(","):
        if not re.fullmatch(rf"-?{_NUMBER}", each.strip()) or abs(float(each)) > _FURTHEST:
            allowed = f"hours between commas, such as 0,1.5,5, each from -{_FURTHEST} to {_FURTHEST}"
            raise refused(option, text, allowed, "each zone begins so much later")
        found.append(float(each))
    return tuple(found)


_FURTHEST = 24


def moment(option: str, text: str) -> datetime:
    """Return a moment with its time zone. Raises CommandError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise refused(
            option,
            text,
            "a moment with its time zone, such as 2026-11-30T08:30+05:30",
            "cron triggers go by the time of the day",
        )
    return found


def share(option: str, percent: float) -> float:
    """Return a share out of a percentile. Raises CommandError."""
    if not 0 < percent <= 100:  # noqa: PLR2004 - percent
        raise refused(option, percent, "more than 0, at most 100", "it is a percentile of the tasks, such as 95")
    return percent / 100
