"""What comes to a list: when, and how long each task takes.

A workload is a value. All that is random comes from a seed, and all times are rounded to milliseconds. So the same call
gives the same bytes on any machine.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, pi, sin
from random import Random
from statistics import NormalDist

from examx_constructs.scaling.errors import ScalingError, at_least_zero, counted, positive

_DIGITS = 3
_HOUR, _DAY = 3600.0, 86400.0
_NORMAL = NormalDist()

Draw = Callable[[Random], float]


@dataclass(frozen=True, slots=True)
class TaskTime:
    """How long tasks take, in seconds: a distribution by its quantiles, from the shortest to the longest."""

    quantile: Callable[[float], float]
    said: str

    def draw(self, random: Random) -> float:
        """Return one of them."""
        return round(max(self.quantile(random.random()), 0.0), _DIGITS)

    def __str__(self) -> str:
        return self.said


def fixed(seconds: float) -> TaskTime:
    """Return all alike."""
    positive("task time", seconds, "a task takes time")
    return TaskTime(lambda _: seconds, f"{seconds:g} s each")


def exponential(mean: float) -> TaskTime:
    """Draw many short ones, few long ones; `mean` is the average."""
    positive("mean task time", mean, "a task takes time")
    return TaskTime(lambda share: -mean * log(1.0 - share), f"exponential, {mean:g} s on average")


def lognormal(median: float, p95: float) -> TaskTime:
    """Describe them by the time that half of them take, and the one that 95 of 100 do not exceed."""
    positive("median task time", median, "a task takes time")
    if not median < p95 < float("inf"):
        raise ScalingError.of("p95 task time", p95, f"more than the median, {median:g}", "it is exceeded by fewer")
    spread = log(p95 / median) / _NORMAL.inv_cdf(0.95)
    return TaskTime(
        lambda share: median * exp(spread * _NORMAL.inv_cdf(min(max(share, 1e-9), 1 - 1e-9))),
        f"log-normal, {median:g} s in the median, {p95:g} s at p95",
    )


def measured(seconds: Sequence[float]) -> TaskTime:
    """Draw them from times that were measured."""
    if not seconds:
        raise ScalingError.of("measured task times", list(seconds), "at least one", "there is nothing to draw from")
    for each in seconds:
        positive("measured task time", each, "a task takes time")
    ordered = sorted(seconds)
    return TaskTime(lambda share: ordered[min(int(share * len(ordered)), len(ordered) - 1)], f"{len(ordered)} measured")


@dataclass(frozen=True, slots=True)
class Workload:
    """Tasks by the second in which they come, in order, and how long each takes."""

    arrivals: tuple[float, ...]
    durations: tuple[float, ...]
    said: str = ""

    def __post_init__(self) -> None:
        if len(self.arrivals) != len(self.durations):
            raise ScalingError.of(
                "Workload.durations", len(self.durations), f"{len(self.arrivals)}, one for each task", "each takes time"
            )
        last = 0.0
        for at, takes in zip(self.arrivals, self.durations, strict=True):
            if not last <= at < float("inf"):
                raise ScalingError.of("Workload.arrivals", at, f"{last:g} or more", "they are in their order")
            if not 0 <= takes < float("inf"):
                raise ScalingError.of("Workload.durations", takes, "0 or more", "time does not run back")
            last = at

    def __len__(self) -> int:
        return len(self.arrivals)

    def __add__(self, other: "Workload") -> "Workload":
        """Return both at once."""
        tasks = sorted(zip(self.arrivals + other.arrivals, self.durations + other.durations, strict=True))
        said = " and ".join(filter(None, (self.said, other.said)))
        return Workload(tuple(at for at, _ in tasks), tuple(takes for _, takes in tasks), said)

    @property
    def last(self) -> float:
        """When the last one comes."""
        return self.arrivals[-1] if self.arrivals else 0.0


def workload(arrivals: Iterable[float], task: TaskTime, *, seed: int = 0, said: str = "") -> Workload:
    """Make tasks at these seconds."""
    random = Random(seed)  # noqa: S311 - a simulation keeps no secret
    ordered = sorted(round(at, _DIGITS) for at in arrivals)
    return Workload(tuple(ordered), tuple(task.draw(random) for _ in ordered), said)


def burst(tasks: int, task: TaskTime, *, at: float = 60.0, over: float = 0.0, seed: int = 0) -> Workload:
    """Make so many tasks at once, or evenly over some seconds."""
    _counted("burst", tasks)
    at_least_zero("burst at", at, "nothing is before the start")
    at_least_zero("burst over", over, "a burst lasts no negative time")
    step = over / tasks
    return workload((at + step * index for index in range(tasks)), task, seed=seed, said=f"a burst of {tasks}")


def ramp(first: float, last: float, task: TaskTime, *, at: float = 0.0, over: float, seed: int = 0) -> Workload:
    """Go from one rate to another, in tasks a second, over some seconds; arrivals are random (Poisson)."""
    at_least_zero("ramp first", first, "a rate is not negative")
    at_least_zero("ramp last", last, "a rate is not negative")
    at_least_zero("ramp at", at, "nothing is before the start")
    positive("ramp over", over, "it lasts some time")
    slope = (last - first) / over
    said = f"{first:g} to {last:g} tasks a second in {over:g} s"
    return _poisson(lambda t: first + slope * t, max(first, last), over, task, at=at, seed=seed, said=said)


def daily(
    tasks: int, task: TaskTime, *, peak_hour: float = 11.0, evenness: float = 0.3, days: float = 1.0, seed: int = 0
) -> Workload:
    """Make so many tasks a day along a curve with one peak; at `evenness` 1 it is flat, at 0 nobody works at night."""
    _counted("daily", tasks)
    positive("daily days", days, "it lasts some time")
    for name, value, most in (("peak_hour", peak_hour, 24.0), ("evenness", evenness, 1.0)):
        if not 0 <= value <= most:
            raise ScalingError.of(f"daily {name}", value, f"0 to {most:g}", "it is an hour of the day, or a share")
    mean = tasks / _DAY
    depth = 1.0 - evenness

    def rate(t: float) -> float:
        return mean * (1 + depth * sin(2 * pi * (t / _DAY - peak_hour / 24) + pi / 2))

    most = mean * (1 + depth)
    return _poisson(rate, most, days * _DAY, task, at=0.0, seed=seed, said=f"{tasks} tasks a day")


def exam_day(
    students: int,
    task: TaskTime,
    *,
    zones: Sequence[float] = (0.0,),
    start_hour: float = 9.0,
    exam_hours: float = 2.0,
    per_student: float = 3.0,
    seed: int = 0,
) -> Workload:
    """Let students in several time zones, who all begin at the same hour of their own day.

    Each sends a task when it begins, within minutes of the hour. It sends one when it hands in, most of them in the
    last minutes, and the rest in between. `zones` are hours behind the first one, `per_student` tasks are at least 2.
    """
    _counted("exam_day students", students)
    positive("exam_day exam_hours", exam_hours, "an exam lasts some time")
    if not zones or per_student < 2:  # noqa: PLR2004 - the first and the last
        raise ScalingError.of(
            "exam_day zones and per_student",
            f"{len(zones)}, {per_student:g}",
            "a zone, and 2 tasks or more",
            "each student begins and hands in",
        )
    random = Random(seed)  # noqa: S311 - a simulation keeps no secret
    length = exam_hours * _HOUR
    arrivals: list[float] = []
    for index in range(students):
        begins = (start_hour + zones[index % len(zones)]) * _HOUR
        at_least_zero("exam_day start", begins, "nothing is before the start")
        # Late by an exponential time, early with the hand-in likewise; both end within the exam.
        late = min(-120.0 * log(1.0 - random.random()), length)
        early = min(-300.0 * log(1.0 - random.random()), length)
        arrivals += [begins + late, begins + max(length - early, late)]
        between = per_student - 2
        count = int(between) + (random.random() < between % 1)
        arrivals += [begins + late + random.random() * (length - late) for _ in range(count)]
    return workload(arrivals, task, seed=seed + 1, said=f"an exam day of {students} students in {len(zones)} zones")


def _poisson(
    rate: Callable[[float], float], most: float, over: float, task: TaskTime, *, at: float, seed: int, said: str
) -> Workload:
    """Draw random arrivals of a rate that changes: of those at the highest rate, a share is kept."""
    random = Random(seed)  # noqa: S311 - a simulation keeps no secret
    arrivals: list[float] = []
    moment = 0.0
    while most > 0:
        moment -= log(1.0 - random.random()) / most
        if moment >= over:
            break
        if random.random() * most <= rate(moment):
            arrivals.append(at + moment)
    return workload(arrivals, task, seed=seed + 1, said=said)


def _counted(setting: str, tasks: int) -> None:
    counted(setting, tasks, "tasks are counted", low=1)


__all__ = [
    "TaskTime",
    "Workload",
    "burst",
    "daily",
    "exam_day",
    "exponential",
    "fixed",
    "lognormal",
    "measured",
    "ramp",
    "workload",
]
