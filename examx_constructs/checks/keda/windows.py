"""Rules on the windows of cron triggers: that they open, on each day, also where clocks are put forward."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from examx_constructs._schedules import Schedule, ScheduleError
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.keda import all_triggers
from examx_constructs.manifests.resources import Manifests

_YEAR = 2027
"""Rules look at one year, the same on every day: next year's clocks are put forward on another Sunday."""
_MOST_STARTS = 400
_SOURCE = "KEDA 2.17 to 2.21, pkg/scalers/cron_scaler.go, GetMetricsAndActivity; github.com/robfig/cron v3, Next"


class _Overtaken(NamedTuple):
    """A start that comes again before the end, and whether each of them does."""

    start: datetime
    again: datetime
    always: bool


class _Skipped(NamedTuple):
    """A minute of the wall clock that a day does not have."""

    wall: datetime
    of_start: bool


@rule(_SOURCE)
def cron_window_opens(manifests: Manifests) -> Iterator[Finding]:
    """The end of a cron trigger comes before its start comes again.

    KEDA keeps no start in mind. It asks for the next start and the next end, and the replicas are there while the end
    is the nearer one. From 8 on Monday to Friday until 18 on Friday is shut from Monday to Thursday.
    """
    for _, trigger in all_triggers(manifests):
        start, end = trigger.at("metadata", "start"), trigger.at("metadata", "end")
        found = _overtaken(start.text, end.text) if trigger["type"].text == "cron" else None
        if found is not None:
            when = (
                "at no time"
                if found.always
                else f"not from {found.start:%a %-d %b %H:%M} to {found.again:%a %-d %b %H:%M}"
            )
            yield finding(
                end,
                f'an end before "{start.text}" comes again',
                f"KEDA keeps its replicas {when}: the next start is nearer than the next end then",
                severity=Severity.ERROR if found.always else Severity.WARNING,
            )


@rule(_SOURCE, severity=Severity.WARNING)
def cron_window_has_each_day(manifests: Manifests) -> Iterator[Finding]:
    """A cron trigger neither starts nor ends within an hour that the clocks of its zone skip.

    That day has no such minute, so the next start or end is that of the day after. Without a start, the replicas are
    there from the end before on; without an end, they are not there at all.
    """
    for _, trigger in all_triggers(manifests):
        metadata = trigger["metadata"]
        if trigger["type"].text != "cron":
            continue
        for each in _skipped(metadata["start"].text, metadata["end"].text, metadata["timezone"].text):
            what, then = (
                ("start", "the replicas are there since the end before")
                if each.of_start
                else ("end", "the window before it does not open")
            )
            yield finding(
                metadata[what],
                f"a time that every day has in {metadata['timezone'].text}",
                f"clocks skip {each.wall:%H:%M} on {each.wall:%Y-%m-%d}, for one: {then}",
            )


def _schedules(start: str, end: str) -> tuple[Schedule, Schedule] | None:
    try:
        return Schedule.parse(start), Schedule.parse(end)
    except ScheduleError:
        return None


@lru_cache(maxsize=256)
def _overtaken(start: str, end: str) -> _Overtaken | None:
    """Return the first start of the year that comes again before its end, by a clock that is never put forward."""
    both = _schedules(start, end)
    if both is None or start.split() == end.split():
        return None
    starts = list(_starts(both[0]))
    found = [(one, again) for one, again in pairwise(starts) if again <= both[1].next(one)]
    return _Overtaken(*found[0], always=len(found) == len(starts) - 1) if found else None


def _starts(schedule: Schedule) -> Iterator[datetime]:
    moment = datetime(_YEAR, 1, 1, tzinfo=UTC) - timedelta(minutes=1)
    for _ in range(_MOST_STARTS):
        moment = schedule.next(moment)
        if moment.year > _YEAR + 1:
            return
        yield moment


@lru_cache(maxsize=256)
def _skipped(start: str, end: str, zone: str) -> tuple[_Skipped, ...]:
    """Return the first skipped minute of the year that is a start, and the first that is an end."""
    both = _schedules(start, end)
    if both is None:
        return ()
    found: dict[bool, _Skipped] = {}
    for wall in _skipped_minutes(zone):
        for schedule, of_start in zip(both, (True, False), strict=True):
            if of_start not in found and schedule.fits(wall):
                found[of_start] = _Skipped(wall, of_start)
    return tuple(found.values())


@lru_cache(maxsize=64)
def _skipped_minutes(zone: str) -> tuple[datetime, ...]:
    """Return the minutes of the year that the wall clocks of a zone do not show.

    None for a zone that is not known here.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ()
    hours = [datetime(_YEAR, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * number) for number in range(2 * 24 * 365)]
    walls = [each.astimezone(place).replace(tzinfo=None) for each in hours]
    return tuple(
        one + timedelta(minutes=minute)
        for one, other in pairwise(walls)
        for minute in range(30, int((other - one).total_seconds()) // 60)
    )
