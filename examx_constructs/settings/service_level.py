"""What is promised of a queue: how long its tasks wait, at which workloads."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.refusal import SettingError, at_least, at_most

_MOST = 1_000_000
_MANY = at_most(_MOST, "each task is simulated")
_DAY = Duration("24h")


def _above_zero(given: object) -> str | None:
    return "the least is 1s" if isinstance(given, Duration) and given.seconds < 1 else None


def _within_a_day(given: object) -> str | None:
    return "the most is 24h: it is within one day" if isinstance(given, Duration) and given > _DAY else None


@value
class StandardBurst:
    """So many tasks at once, or evenly over some time."""

    tasks: int = setting(at_least(1, "a burst has a task"), _MANY)
    """How many."""
    over: Duration = setting(_within_a_day, default=Duration("0s"))
    """That time. 0s, the default, is all at once."""


@value
class StandardExamDay:
    """An exam that so many students write: each sends a task when it begins, one when it hands in, one in between.

    `zones` are hours of the day that they begin behind the first ones.
    """

    students: int = setting(at_least(1, "somebody writes it"), at_most(_MOST // 3, "each sends three tasks"))
    """How many."""
    zones: tuple[Duration, ...] = setting(_within_a_day, default=(Duration("0s"),))
    length: Duration = setting(_above_zero, _within_a_day, default=Duration("2h"))
    """How long an exam lasts."""

    def __attrs_post_init__(self) -> None:
        if not self.zones:
            raise SettingError("StandardExamDay.zones", self.zones, "it must have a zone: students are somewhere")


StandardWorkload = StandardBurst | StandardExamDay


@value
class ServiceLevel:
    """What 95 of 100 tasks of a queue wait at most, at each of its standard workloads.

    It changes no manifest: tests hold it, by simulation of what is rendered, and `examx diff` says what becomes of it.
    `task` is how long a task takes, in the median, and `task_p95` what 95 of 100 tasks do not exceed, None where all
    take alike.
    """

    wait_p95: Duration = setting(_above_zero)
    """That time, from when a task is sent until a worker takes it."""
    task: Duration = setting(_above_zero)
    task_p95: Duration | None = None
    workloads: tuple[StandardWorkload, ...]
    """The bursts and exam days that it holds for."""

    def __attrs_post_init__(self) -> None:
        if not self.workloads:
            raise SettingError(
                "ServiceLevel.workloads", self.workloads, "it must name one: a wait is that of some work"
            )
        if self.task_p95 is not None and self.task_p95 <= self.task:
            raise SettingError(
                "ServiceLevel.task_p95", self.task_p95, f"it must exceed the median, {self.task}: fewer tasks exceed it"
            )
