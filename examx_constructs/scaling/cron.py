"""When KEDA's cron trigger is active: schedules of five fields, in a time zone.

Source: KEDA 2.17.2, pkg/scalers/cron_scaler.go, which reads them with robfig/cron v3.0.1 (parser.go, spec.go).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


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
_RANGE = re.compile(r"(?P<low>[*?]|\w+)(?:-(?P<high>\w+))?(?:/(?P<step>\d+))?", re.ASCII)
_LONGEST_SEARCH = timedelta(days=5 * 366)
_MINUTE = timedelta(minutes=1)


class CronError(ValueError):
    """A schedule that robfig/cron refuses, as a reason to read."""


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
        """Raises CronError."""
        words = text.split()
        if len(words) != len(_FIELDS):
            raise CronError(f"five fields are needed, and {len(words)} are there")
        sets = [frozenset(_values(word, each)) for word, each in zip(words, _FIELDS, strict=True)]
        stars = [any(part[:1] in "*?" and not _steps(part) for part in word.split(",")) for word in words]
        return cls(*sets, any_day=stars[2] or stars[4])

    def fits(self, moment: datetime) -> bool:
        """Whether a minute of the wall clock is one of them."""
        return (
            moment.minute in self.minutes
            and moment.hour in self.hours
            and moment.month in self.months
            and self._fits_day(moment)
        )

    def next(self, after: datetime) -> datetime:
        """The first moment after this one, in its time zone; far in the future where there is none.

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
        """A way that surely passes over no moment of the schedule."""
        if wall.month in self.months and self._fits_day(wall):
            whole = wall.minute == 0 and wall.hour not in self.hours
            return timedelta(minutes=30) if whole else _MINUTE
        # Zones move their clocks by two hours at most.
        left = 24 - wall.hour - 3
        return timedelta(hours=left) if left > 0 else timedelta(minutes=30 - wall.minute % 30)

    def _fits_day(self, moment: datetime) -> bool:
        by_month = moment.day in self.days
        by_week = moment.isoweekday() % 7 in self.weekdays
        return (by_month and by_week) if self.any_day else (by_month or by_week)


def _steps(part: str) -> bool:
    _, slash, step = part.partition("/")
    return bool(slash) and step.isdigit() and int(step) > 1


def _values(word: str, of: _Field) -> Iterator[int]:
    for part in word.split(","):
        found = _RANGE.fullmatch(part)
        if found is None:
            raise CronError(f'the {of.name} is "{part}", which is no number, range or step')
        step = int(found["step"] or 1)
        if found["low"] in "*?":
            low, high = of.low, of.high
        else:
            low = _number(found["low"], of)
            high = _number(found["high"], of) if found["high"] else of.high if found["step"] else low
        if not of.low <= low <= high <= of.high or step == 0:
            raise CronError(f'the {of.name} is "{part}", which is not within {of.low} to {of.high}')
        yield from range(low, high + 1, step)


def _number(word: str, of: _Field) -> int:
    if word.lower() in of.names:
        return of.names.index(word.lower()) + of.low
    if not word.isdecimal():
        raise CronError(f'the {of.name} is "{word}", which is no number')
    return int(word)


@dataclass(frozen=True, slots=True)
class CronWindow:
    """From a start to an end, so many replicas; at other times one.

    KEDA compares the next start with the next end: it is active while the end comes first, inclusively.
    """

    start: Schedule
    end: Schedule
    zone: ZoneInfo
    replicas: int
    _until: list[tuple[datetime, datetime, bool]] = field(
        default_factory=list[tuple[datetime, datetime, bool]], compare=False, repr=False
    )

    def is_active(self, moment: datetime) -> bool:
        """Whether the replicas are wanted at this moment."""
        if self._until:
            since, until, active = self._until[0]
            if since <= moment < until:
                return active
        here = moment.astimezone(self.zone)
        starts, ends = self.start.next(here), self.end.next(here)
        active = ends <= starts
        # Nothing changes before the first of the two; that one saves looking again.
        self._until[:] = [(moment, min(starts, ends), active)]
        return active
