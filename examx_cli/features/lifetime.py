"""How long a feature environment lives."""

import re
from datetime import UTC, datetime, timedelta

from examx_cli.errors import CommandError

DEFAULT = "7d"
LONGEST = timedelta(days=30)

_FORM = re.compile(r"(?P<number>\d{1,4})(?P<unit>[dh])", re.ASCII)


def lifetime(written: str) -> timedelta:
    """Return a number of days or hours. Raises CommandError for anything else, and for more than the longest."""
    form = _FORM.fullmatch(written)
    if form is None:
        raise CommandError(f'--for is "{written}"; it must be a number of days or hours: 7d, 12h')
    number = int(form["number"])
    length = timedelta(days=number) if form["unit"] == "d" else timedelta(hours=number)
    if not timedelta() < length <= LONGEST:
        raise CommandError(
            f'--for is "{written}"; it must be more than nothing and at most {LONGEST.days}d: '
            "who needs an environment for longer says so again, or nobody would notice that it is forgotten"
        )
    return length


def later(known: datetime | None, length: timedelta, now: datetime) -> datetime:
    """Return when an environment expires that is wanted for so long from now.

    It is never earlier than it is to expire already.

    One that somebody wrote further away than the longest counts as the longest.
    """
    wanted = (now + length).replace(microsecond=0)
    return max(wanted, min(known, latest(now))) if known else wanted


def latest(now: datetime) -> datetime:
    """Return the latest moment that an environment may expire at, by what time it is."""
    return (now + LONGEST).replace(microsecond=0)


def left(expires: datetime | None, now: datetime) -> str:
    """Return how long an environment has yet, for people."""
    if expires is None:
        return "unknown"
    return "expired" if expires <= now else length(expires - now)


def length(time: timedelta) -> str:
    """Return a length of time, for people: its two largest units."""
    minutes = round(time / timedelta(minutes=1))
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days}d {hours}h"
    return f"{hours}h" if hours else f"{minutes}m"


def now() -> datetime:
    """Return the present moment by this machine's clock, to the second.

    What expires goes by the API server's: see `clock`.
    """
    return datetime.now(UTC).replace(microsecond=0)
