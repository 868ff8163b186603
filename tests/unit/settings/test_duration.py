"""Durations: whole seconds, never without a unit."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examx_constructs.settings import Duration
from tests.unit.settings.support import attempt, refusal, reproducible

LARGEST = 2**31 - 1
FORM = re.compile(r"[0-9]+[smh]")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("15s", 15),
        ("5m", 300),
        ("1h", 3600),
        ("0090s", 90),
        ("2147483647s", LARGEST),
        ("596523h", 2147482800),
    ],
)
def test_reads_a_number_with_its_unit(text: str, seconds: int) -> None:
    assert Duration(text).seconds == seconds
    assert str(Duration(text)) == f"{seconds}s"
    assert repr(Duration(text)) == f"Duration('{seconds}s')"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("60", '"60"'),
        (60, "60"),
        (1.5, "1.5"),
        (None, "None"),
        ("1.5m", '"1.5m"'),
        ("1m30s", '"1m30s"'),
        ("-5s", '"-5s"'),
        ("5 s", '"5 s"'),
        ("5S", '"5S"'),
        ("5min", '"5min"'),
        ("5ms", '"5ms"'),
        ("1d", '"1d"'),
        ("s", '"s"'),
        ("", '""'),
        ("5s\n", r'"5s\n"'),
        ("٣s", '"٣s"'),
    ],
)
def test_refuses_what_has_no_known_unit(given: object, shown: str) -> None:
    assert refusal(lambda: Duration(given)) == (  # pyright: ignore[reportArgumentType]
        f"duration is {shown}; it must be a whole number with a unit: 30s, 5m or 1h"
    )


@pytest.mark.parametrize("text", ["2147483648s", "35791395m", "596524h", "9999999999h"])
def test_refuses_what_overflows(text: str) -> None:
    assert refusal(lambda: Duration(text)) == (
        f'duration is "{text}"; the most is {LARGEST}s: Kubernetes keeps seconds in 32 bits'
    )


def test_is_compared_by_length() -> None:
    assert Duration("60s") == Duration("1m")
    assert hash(Duration("60s")) == hash(Duration("1m"))
    assert Duration("59s") < Duration("1m") < Duration("1h")
    assert Duration("60s") != 60


def test_can_not_be_changed() -> None:
    with pytest.raises(AttributeError):
        Duration("5s").seconds = 6  # pyright: ignore[reportAttributeAccessIssue]


@reproducible
@given(st.integers(0, LARGEST // 2), st.integers(0, LARGEST // 2))
def test_adds_and_orders_like_seconds(one: int, other: int) -> None:
    a, b = Duration.of(one), Duration.of(other)
    assert (a + b).seconds == one + other
    assert (a < b, a == b) == (one < other, one == other)
    assert Duration(str(a)) == a


@reproducible
@given(st.text(alphabet="0123456789smhd.- ٣", max_size=12) | st.text(max_size=6))
def test_any_text_is_read_or_refused(text: str) -> None:
    made = attempt(lambda: Duration(text))
    if isinstance(made, str):
        assert made.startswith("duration is ")
    else:
        assert FORM.fullmatch(text)
