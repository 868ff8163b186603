"""How long an environment lives."""

from datetime import UTC, datetime, timedelta

import pytest

from examx_cli.errors import CommandError
from examx_cli.features.lifetime import DEFAULT, LONGEST, later, left, lifetime, now

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "length"),
    [
        (DEFAULT, timedelta(days=7)),
        ("1h", timedelta(hours=1)),
        ("12h", timedelta(hours=12)),
        ("30d", timedelta(days=30)),
        ("720h", timedelta(days=30)),
    ],
)
def test_days_and_hours(written: str, length: timedelta) -> None:
    assert lifetime(written) == length


@pytest.mark.parametrize(
    "written",
    ["", "7", "d", "7 d", "7D", "1w", "1.5d", "-1d", "7d ", "7d\n", "\N{ARABIC-INDIC DIGIT SEVEN}d", "12345h"],
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(CommandError) as refused:
        lifetime(written)
    assert str(refused.value) == f'--for is "{written}"; it must be a number of days or hours: 7d, 12h'


@pytest.mark.parametrize("written", ["0d", "0h", "31d", "721h", "9999d"])
def test_nothing_and_more_than_the_longest_are_refused(written: str) -> None:
    with pytest.raises(CommandError) as refused:
        lifetime(written)
    assert str(refused.value).startswith(f'--for is "{written}"; it must be more than nothing and at most 30d: ')


def test_it_is_from_now_on() -> None:
    assert later(None, timedelta(days=2), NOON) == NOON + timedelta(days=2)
    assert later(NOON - timedelta(days=9), timedelta(days=2), NOON) == NOON + timedelta(days=2)


def test_it_is_never_shortened() -> None:
    known = NOON + timedelta(days=3)
    assert later(known, timedelta(days=2), NOON) == known
    assert later(known, timedelta(days=3), NOON) == known
    assert later(known, timedelta(days=3, seconds=1), NOON) == known + timedelta(seconds=1)


def test_a_known_one_that_is_too_far_counts_as_the_longest() -> None:
    assert later(NOON + timedelta(days=9999), timedelta(days=2), NOON) == NOON + LONGEST
    assert later(NOON + LONGEST, timedelta(days=2), NOON) == NOON + LONGEST


def test_it_is_written_to_the_second() -> None:
    assert later(None, timedelta(hours=1), NOON.replace(microsecond=999999)) == NOON + timedelta(hours=1)
    assert now().microsecond == 0
    assert now().utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("yet", "said"),
    [
        (timedelta(days=6, hours=23, minutes=59), "6d 23h"),
        (timedelta(days=2), "2d 0h"),
        (timedelta(hours=23, minutes=59), "23h"),
        (timedelta(hours=1), "1h"),
        (timedelta(minutes=59), "59m"),
        (timedelta(seconds=31), "1m"),
        (timedelta(), "expired"),
        (timedelta(seconds=-1), "expired"),
    ],
)
def test_how_long_is_left(yet: timedelta, said: str) -> None:
    assert left(NOON + yet, NOON) == said


def test_nobody_knows_how_long_is_left() -> None:
    assert left(None, NOON) == "unknown"
