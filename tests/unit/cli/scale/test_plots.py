"""Plots out of characters, and what they are made of."""

import pytest

from examx_cli.scale import words
from examx_cli.scale.columns import Axis, axis_of, plot
from examx_cli.scale.samples import samples
from examx_constructs.scaling import burst, fixed, simulate
from tests.unit.scaling.support import scaling


def test_columns_are_as_high_as_their_values() -> None:
    lines = plot("pods", [0, 1, 2, 4], Axis(0, 100), height=2).splitlines()
    assert lines[:4] == ["pods", "4 ┤   █", "  ┤ ▄██", "0 ┼────"]


def test_what_is_more_than_nothing_shows() -> None:
    assert plot("tasks", [1, 100_000], Axis(0, 10), height=2).splitlines()[2] == "       ┤▁█"


def test_nothing_at_all_is_an_empty_plot() -> None:
    assert plot("tasks", [0] * 8, Axis(0, 10), height=1).splitlines()[1] == "1 ┤"


@pytest.mark.parametrize(("end", "last"), [(64, "64 s"), (3600, "60.0 min"), (86400, "24.0 h")])
def test_moments_stand_below_the_axis_in_one_unit(end: float, last: str) -> None:
    moments = plot("pods", [1] * 64, Axis(0, end)).splitlines()[-1]
    assert moments.endswith(last)
    assert len(moments.split()) == 6, "five moments and a unit"
    assert len(moments) <= 64 + 3


def test_a_peak_between_two_samples_is_not_lost() -> None:
    run = simulate(scaling(), burst(500, fixed(1), at=60.0))
    for count in (3, 64, 300):
        shown = samples(run, count)
        assert max(each.waiting for each in shown) >= 492, "but for those that find a slot at once"
        assert max(each.replicas for each in shown) == run.most_replicas
        assert len(shown) == count


def test_the_axis_goes_to_the_end_of_the_last_column() -> None:
    assert axis_of([0.0, 10.0, 20.0]) == Axis(0.0, 30.0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (299.4, "299 s"),
        (299.6, "5.0 min"),
        (7200, "2.0 h"),
        (float("inf"), "never"),
    ],
)
def test_times_are_told_in_as_many_places_as_count(seconds: float, text: str) -> None:
    assert words.time(seconds) == text
