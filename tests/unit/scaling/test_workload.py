"""Workloads: made by a seed or read from a file, the same bytes each time, and refused in a line."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import mean

import pytest

from examx_constructs.scaling import (
    ScalingError,
    Workload,
    burst,
    daily,
    exam_day,
    exponential,
    fixed,
    lognormal,
    measured,
    ramp,
    read_workload,
    workload,
)

TASK = lognormal(4, 20)


def digest(made: Workload) -> str:
    return sha256(repr((made.arrivals, made.durations)).encode()).hexdigest()[:16]


MAKERS: dict[str, Callable[[int], Workload]] = {
    "burst": lambda seed: burst(500, TASK, over=10, seed=seed),
    "ramp": lambda seed: ramp(0, 5, TASK, over=600, seed=seed),
    "daily": lambda seed: daily(5000, TASK, seed=seed),
    "exam_day": lambda seed: exam_day(400, TASK, zones=(0, 1.5, 4), seed=seed),
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_seed_gives_the_same_tasks(name: str):
    make = MAKERS[name]
    assert make(7) == make(7)
    assert make(7) != make(8)
    assert list(make(7).arrivals) == sorted(make(7).arrivals)


def test_bytes_do_not_depend_on_the_machine():
    """Times are rounded to milliseconds, so that no last digit of a logarithm shows."""
    made = burst(3, exponential(2), over=1, seed=1)
    assert made.arrivals == (60.0, 60.333, 60.667)
    assert all(round(each, 3) == each for each in made.durations)
    assert made.durations == (0.289, 3.76, 2.886)


def test_distributions():
    assert set(burst(10, fixed(8)).durations) == {8}
    many = sorted(burst(20_000, TASK).durations)
    assert many[10_000] == pytest.approx(4, rel=0.05)
    assert many[19_000] == pytest.approx(20, rel=0.05)
    assert mean(burst(20_000, exponential(3)).durations) == pytest.approx(3, rel=0.05)
    assert set(burst(1000, measured([1, 5, 9])).durations) == {1, 5, 9}
    assert str(TASK) == "log-normal, 4 s in the median, 20 s at p95"


def test_a_ramp_grows():
    made = ramp(0, 4, fixed(1), at=100, over=1000)
    assert len(made) == pytest.approx(2000, rel=0.1)
    assert sum(each < 600 for each in made.arrivals) == pytest.approx(500, rel=0.2)
    assert min(made.arrivals) >= 100
    assert max(made.arrivals) <= 1100
    assert len(ramp(0, 0, fixed(1), over=100)) == 0


def test_a_day_has_its_peak():
    made = daily(20_000, fixed(1), peak_hour=11, evenness=0)
    assert len(made) == pytest.approx(20_000, rel=0.03)
    by_hour = [sum(hour * 3600 <= each < hour * 3600 + 3600 for each in made.arrivals) for hour in range(24)]
    assert by_hour.index(max(by_hour)) in (10, 11)
    assert by_hour[23] < max(by_hour) / 20


def test_an_exam_day_has_a_peak_at_each_start():
    made = exam_day(900, fixed(1), zones=(0, 2), start_hour=9, exam_hours=1, per_student=3)
    assert len(made) == 2700
    first = [each for each in made.arrivals if 9 * 3600 <= each <= 10 * 3600]
    second = [each for each in made.arrivals if 11 * 3600 <= each <= 12 * 3600]
    assert len(first) + len(second) == 2700
    minutes = [sum(60 * m <= each - 9 * 3600 < 60 * m + 60 for each in first) for m in range(60)]
    assert minutes[0] > 3 * minutes[20]
    assert minutes[59] > 2 * minutes[20]


def test_two_at_once():
    both = burst(2, fixed(1), at=10) + burst(2, fixed(2), at=5, over=10)
    assert both.arrivals == (5.0, 10.0, 10.0, 10.0)
    assert both.durations == (2.0, 1.0, 1.0, 2.0)
    assert both.said == "a burst of 2 and a burst of 2"
    assert both.last == 10.0
    assert Workload((), ()).last == 0.0


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: burst(0, TASK), "burst is 0; allowed: a whole number, 1 or more"),
        (lambda: burst(1.5, TASK), "burst is 1.5; allowed: a whole number, 1 or more"),  # pyright: ignore[reportArgumentType]
        (lambda: burst(5, TASK, at=-1), "burst at is -1; allowed: 0 or more"),
        (lambda: burst(5, TASK, over=float("nan")), "burst over is nan; allowed: 0 or more"),
        (lambda: fixed(0), "task time is 0; allowed: a number above 0"),
        (lambda: exponential(-1), "mean task time is -1"),
        (lambda: lognormal(4, 4), "p95 task time is 4; allowed: more than the median, 4"),
        (lambda: measured([]), "measured task times is an empty list"),
        (lambda: measured([1, -1]), "measured task time is -1"),
        (lambda: ramp(-1, 1, TASK, over=5), "ramp first is -1"),
        (lambda: ramp(1, 1, TASK, over=0), "ramp over is 0"),
        (lambda: daily(10, TASK, peak_hour=25), "daily peak_hour is 25; allowed: 0 to 24"),
        (lambda: daily(10, TASK, evenness=2), "daily evenness is 2; allowed: 0 to 1"),
        (lambda: exam_day(10, TASK, zones=()), "exam_day zones and per_student"),
        (lambda: exam_day(10, TASK, per_student=1), "exam_day zones and per_student"),
        (lambda: exam_day(10, TASK, zones=(-20,)), "exam_day start is -39600"),
        (lambda: Workload((1.0,), ()), "Workload.durations is 0; allowed: 1, one for each task"),
        (lambda: Workload((2.0, 1.0), (1.0, 1.0)), "Workload.arrivals is 1.0; allowed: 2 or more"),
        (lambda: Workload((-1.0,), (1.0,)), "Workload.arrivals is -1.0; allowed: 0 or more"),
        (lambda: Workload((1.0,), (-1.0,)), "Workload.durations is -1.0; allowed: 0 or more"),
        (lambda: workload([-5.0], TASK), "Workload.arrivals is -5.0"),
    ],
)
def test_what_is_wrong_is_refused_in_a_line(make: Callable[[], object], said: str):
    with pytest.raises(ScalingError) as caught:
        make()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def file(folder: Path, text: str) -> Path:
    path = folder / "trace.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_tasks_of_a_file(tmp_path: Path):
    made = read_workload(file(tmp_path, "arrival,duration\n5,2\n1,3\n"))
    assert (made.arrivals, made.durations, made.said) == ((1.0, 5.0), (3.0, 2.0), "trace.csv")


def test_arrivals_counts_and_lengths_of_a_file(tmp_path: Path):
    assert read_workload(file(tmp_path, "arrival\n5\n1\n"), fixed(2)).arrivals == (1.0, 5.0)
    counted = read_workload(file(tmp_path, "t,arrivals\n0,2\n10,0\n20,4\n"), fixed(2))
    assert counted.arrivals == (0.0, 5.0, 20.0, 22.5, 25.0, 27.5)
    grown = read_workload(file(tmp_path, "t,list_len\n0,0\n1,3\n2,1\n3,2\n"), fixed(2))
    assert grown.arrivals == (1.0, 1.333, 1.667, 3.0)
    assert len(read_workload(file(tmp_path, "t,list_len\n7,2\n"), fixed(2))) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no rows"),
        ("arrival\n", "has no rows"),
        ("when\n1\n", "has the columns when; needed: arrival, or t and arrivals or list_len"),
        ("arrival\nsoon\n", 'trace.csv:2: arrival is "soon"; allowed: a number, 0 or more'),
        ("arrival\n-1\n", 'trace.csv:2: arrival is "-1"'),
        ("t,arrivals\n0,1\n1,1\n5,1\n", "trace.csv:4: t is 5.0; allowed: 2; there is a gap"),
        ("t,list_len\n0,1\n0,1\n", "trace.csv:3: t is 0.0; allowed: 0; there is a gap"),
        ("t,list_len\n0,1\n1\n", "trace.csv:3: list_len is missing"),
        ("t,list_len\n0,1.5\n", "trace.csv:2: list_len is 1.5; allowed: a whole number"),
        ("t,arrivals\n0,99999999\n", "at most 10000000 tasks"),
    ],
)
def test_a_wrong_file_is_refused_in_a_line(tmp_path: Path, text: str, said: str):
    with pytest.raises(ScalingError) as caught:
        read_workload(file(tmp_path, text), fixed(1))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_without_times_needs_a_distribution(tmp_path: Path):
    with pytest.raises(ScalingError, match="has no column duration; give a distribution"):
        read_workload(file(tmp_path, "arrival\n1\n"))
    with pytest.raises(ScalingError, match="cannot be read"):
        read_workload(tmp_path / "none.csv", fixed(1))
