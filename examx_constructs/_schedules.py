"""Schedules of five fields, as KEDA's cron trigger and CronJobs have them.

Source: robfig/cron v3.0.1 (parser.go, spec.go), by which Kubernetes 1.30 to 1.37 and KEDA 2.17 to 2.21 read them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from examx_constructs._regex import regex


class _Field(NamedTuple):
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 6, _DAYS),
)
_RANGE = regex(r"(?P<low>[*?]|\+?\w+)(?:-(?P<high>\+?\w+))?(?:/(?P<step>\+?\d{1,9}))?", re.ASCII)
_WHOLE = regex(r"\+?[0-9]{1,9}")
_LONGEST_SEARCH = timedelta(days=5 * 366)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class ScheduleError(ValueError):
    """A text that robfig/cron refuses; the message says what it should be instead."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The minutes that five fields name."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    """Whether one of the two fields for days is a star: then both must fit, else one of them."""

    @classmethod
    def parse(cls, text: str) -> "Schedule":
        """Return the schedule that a text writes. Raises ScheduleError."""
        words = text.split()
        if len(words) != len(_FIELDS):
            raise ScheduleError("five fields: minute, hour, day of the month, month, day of the week")
        sets = [frozenset(_values(word, each)) for word, each in zip(words, _FIELDS, strict=True)]
        stars = [any(part[:1] in "*?" and not _steps(part) for part in word.split(",")) for word in words]
        return cls(*sets, any_day=stars[2] or stars[4])

    def fits(self, moment: datetime) -> bool:
        """Return whether a minute of the wall clock is one of them."""
        return (
            moment.minute in self.minutes
            and moment.hour in self.hours
            and moment.month in self.months
            and self._fits_day(moment)
        )

    def next(self, after: datetime) -> datetime:
        """Return the first moment after this one, in its time zone; far in the future where there is none.

        A wall clock's minute that a zone leaves out has no moment, one that comes twice has two.
        """
        zone = after.tzinfo
        moment = (after.astimezone(UTC) + _MINUTE).replace(second=0, microsecond=0)
        end = moment + _LONGEST_SEARCH
        while moment < end:
            wall = moment.astimezone(zone)
            if self.fits(wall):
                return wall
            moment += self._step(wall)
        return end.astimezone(zone)

    def _step(self, wall: datetime) -> timedelta:
        """Return a way that surely passes over no moment of the schedule."""
        # Zones move their clocks at a whole or a half hour, at most once a day, and by a day at most.
        half = 30 - wall.minute % 30
        days = self._days_without(wall)
        if days > 2:  # noqa: PLR2004 - all but the last two
            return timedelta(days=days - 2)
        if not days and wall.hour in self.hours:
            ahead = (minute - wall.minute for minute in self.minutes if minute > wall.minute)
            return timedelta(minutes=min(half, min(ahead, default=half)))
        hour = 24 if days else min((hour for hour in self.hours if hour > wall.hour), default=24)
        way = timedelta(hours=hour - wall.hour, minutes=-wall.minute)
        there = (wall.astimezone(UTC) + way).astimezone(wall.tzinfo)
        return way if there.utcoffset() == wall.utcoffset() else timedelta(minutes=half)

    def _days_without(self, wall: datetime) -> int:
        """Return on how many days from this one on there is surely nothing, up to the end of the month."""
        days, day = 0, wall
        while day.month == wall.month and not (day.month in self.months and self._fits_day(day)):
            days, day = days + 1, day + _DAY
        return days

    def _fits_day(self, moment: datetime) -> bool:
        by_month = moment.day in self.days
        by_week = moment.isoweekday() % 7 in self.weekdays
        return (by_month and by_week) if self.any_day else (by_month or by_week)


def _steps(part: str) -> bool:
    _, slash, step = part.partition("/")
    return bool(slash) and step.isdigit() and int(step) > 1


def _values(word: str, of: _Field) -> Iterator[int]:
    for part in filter(None, word.split(",")):
        found = _RANGE.fullmatch(part)
        step = int(found["step"] or 1) if found else 0
        if found is None or step == 0:
            raise _error(of)
        if found["low"] in "*?":
            low, high = of.low, of.high
        else:
            low = _number(found["low"], of)
            high = _number(found["high"], of) if found["high"] else of.high if found["step"] else low
        if not of.low <= low <= high <= of.high:
            raise _error(of)
        yield from range(low, high + 1, step)


def _number(word: str, of: _Field) -> int:
    if word.lower() in of.names:
        return of.names.index(word.lower()) + of.low
    if not _WHOLE.fullmatch(word):
        raise _error(of)
    return int(word)


def _error(of: _Field) -> ScheduleError:
    return ScheduleError(f"{of.low} to {of.high} for the {of.name}, or * or ?, with ranges, lists and /steps")
