"""Cron windows, against a walk over every minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examx_constructs._schedules import Schedule, ScheduleError
from examx_constructs.scaling.cron import CronWindow
from tests.examples import examples

KOLKATA, BERLIN = ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/Berlin")


def walked(schedule: Schedule, after: datetime) -> datetime:
    """The next moment by trying each minute."""
    moment = (after.astimezone(UTC) + timedelta(minutes=1)).replace(second=0, microsecond=0)
    while not schedule.fits(moment.astimezone(after.tzinfo)):
        moment += timedelta(minutes=1)
    return moment.astimezone(after.tzinfo)


FIELDS = st.tuples(
    st.sampled_from(["0", "30", "*/15", "5,50", "10-20/3", "7/10"]),
    st.sampled_from(["*", "8", "0-5", "9-17/2", "2", "23"]),
    st.sampled_from(["*", "1", "15-20", "*/10", "?"]),
    st.sampled_from(["*", "mar", "OCT-dec", "3,10"]),
    st.sampled_from(["*", "1-5", "sun", "mon-fri/2", "?"]),
)


@settings(deadline=None, max_examples=examples(60))
@given(fields=FIELDS, zone=st.sampled_from([KOLKATA, BERLIN, UTC]), seconds=st.integers(0, 10 * 86400))
def test_the_next_moment_is_that_of_a_walk(fields: tuple[str, ...], zone: ZoneInfo, seconds: int):
    schedule = Schedule.parse(" ".join(fields))
    # Around both changes of the clock in Berlin.
    for start in (datetime(2026, 3, 25, tzinfo=UTC), datetime(2026, 10, 21, tzinfo=UTC)):
        after = (start + timedelta(seconds=seconds)).astimezone(zone)
        found = schedule.next(after)
        assert found > after
        assert schedule.fits(found)
        if found - after < timedelta(days=3):
            assert found == walked(schedule, after)


@pytest.mark.parametrize(
    ("moment", "active"),
    [
        ("2026-11-27T02:29:59+00:00", False),
        ("2026-11-27T02:30:00+00:00", True),
        ("2026-11-27T12:29:59+00:00", True),
        ("2026-11-27T12:30:00+00:00", False),
        ("2026-11-28T06:00:00+00:00", False),
    ],
)
def test_a_window_of_weekdays(moment: str, active: object):
    window = CronWindow(Schedule.parse("0 8 * * 1-5"), Schedule.parse("0 18 * * 1-5"), KOLKATA, 4)
    assert window.is_active(datetime.fromisoformat(moment)) is active
    # And again, by what it remembers.
    assert window.is_active(datetime.fromisoformat(moment)) is active


def test_a_window_over_midnight():
    window = CronWindow(Schedule.parse("0 22 * * *"), Schedule.parse("0 6 * * *"), ZoneInfo("UTC"), 4)
    hours = [hour for hour in range(24) if window.is_active(datetime(2026, 5, 5, hour, 1, tzinfo=UTC))]
    assert hours == [0, 1, 2, 3, 4, 5, 22, 23]


def test_one_restricted_day_is_enough_where_both_are():
    schedule = Schedule.parse("0 0 13 * 5")
    assert schedule.fits(datetime(2026, 2, 13, tzinfo=UTC))
    assert schedule.fits(datetime(2026, 2, 20, tzinfo=UTC))
    assert schedule.fits(datetime(2026, 1, 13, tzinfo=UTC))
    assert not schedule.fits(datetime(2026, 1, 14, tzinfo=UTC))


def test_a_day_that_never_comes_is_far_away():
    after = datetime(2026, 1, 1, tzinfo=UTC)
    assert Schedule.parse("0 0 31 2 *").next(after) > after + timedelta(days=1000)


@pytest.mark.parametrize(
    "text", ["", "* * * *", "0 0 0 * *", "60 * * * *", "@daily", "* * * * 7", "5-1 * * * *", "*/0 * * * *", "a * * * *"]
)
def test_what_is_no_schedule(text: str):
    with pytest.raises(ScheduleError):
        Schedule.parse(text)
