"""What comes to a queue, out of what was typed."""

from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Annotated

import typer

from examx_cli.errors import CommandError
from examx_cli.scale import amounts
from examx_cli.scale.refusals import refuse_idle
from examx_constructs.scaling import TaskTime, Workload, burst, daily, exam_day, ramp, read_workload
from examx_constructs.scaling.traces import tells_durations

ONE_OF = "--burst, --ramp, --daily, --exam-day or --arrivals"
MOST = 1_000_000
"""Tasks of one option: a hundred times the largest exam; more are a slip of the keyboard, and fill the memory."""

_AT = "60s"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed; several of it come at once. Its fields are the options of every command that runs a workload."""

    burst: Annotated[int | None, typer.Option(metavar="TASKS", help="So many tasks at once.", min=1)] = None
    over: Annotated[
        str | None, typer.Option(metavar="TIME", help="The burst comes evenly over this time; else at once.")
    ] = None
    ramp: Annotated[
        str | None,
        typer.Option(metavar="FIRST..LAST/TIME", help="From one rate to another, in tasks a second: 1..10/5m."),
    ] = None
    daily: Annotated[
        int | None, typer.Option(metavar="TASKS", help="So many tasks along the curve of a day.", min=1)
    ] = None
    exam_day: Annotated[
        int | None, typer.Option(metavar="STUDENTS", help="An exam of so many students, at 9 of each zone.", min=1)
    ] = None
    zones: Annotated[
        str | None, typer.Option(metavar="HOURS", help="How far each zone is behind the first: 0,1.5,5; else one zone.")
    ] = None
    arrivals: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="What was recorded: columns arrival (duration), t arrivals, or t list_len."),
    ] = None
    task: Annotated[
        str | None, typer.Option(metavar="TIME", help="How long a task takes: 8s; or MEDIAN..P95, such as 8s..40s.")
    ] = None
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When the burst comes, and when the ramp begins; else 60s.")
    ] = None
    seed: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Another one draws other times; the same one the same; else 0.")
    ] = None

    def __post_init__(self) -> None:
        """Raise CommandError for an option without the workload that it is of: it would change nothing."""
        refuse_idle("--burst, which is not given", {"--over": self.over}, given=self.burst is not None)
        refuse_idle("--exam-day, which is not given", {"--zones": self.zones}, given=self.exam_day is not None)
        begins = self.burst is not None or self.ramp is not None
        refuse_idle("--burst or --ramp, and neither is given", {"--at": self.at}, given=begins)
        refuse_idle(f"a workload: {ONE_OF}, and none is given", {"--seed": self.seed}, given=self._is_something)

    @property
    def says_something(self) -> bool:
        """Whether any workload was typed, or what its tasks take."""
        return self.task is not None or self._is_something

    @property
    def draws(self) -> int:
        """The seed of all that is random."""
        return self.seed or 0

    @property
    def _is_something(self) -> bool:
        typed = (self.burst, self.ramp, self.daily, self.exam_day, self.arrivals)
        return any(each is not None for each in typed)


def workload(wish: Wish) -> Workload:
    """Return the tasks, all that was typed at once. Raises CommandError and ScalingError."""
    task = None if wish.task is None else amounts.task_time("--task", wish.task)
    return _finished(wish, reduce(add, _all(wish, task)), task)


def workloads(wish: Wish) -> list[Workload]:
    """Return the tasks, each option that was typed as a workload of its own. Raises CommandError and ScalingError."""
    task = None if wish.task is None else amounts.task_time("--task", wish.task)
    return [_finished(wish, each, task) for each in _all(wish, task)]


def _all(wish: Wish, task: TaskTime | None) -> list[Workload]:
    parts = _parts(wish, task)
    if wish.arrivals is not None:
        if not parts and tells_durations(wish.arrivals):
            refuse_idle(
                f"tasks without a duration, and {wish.arrivals} tells that of each",
                {"--task": wish.task, "--seed": wish.seed},
                given=False,
            )
        parts.append(read_workload(wish.arrivals, task, seed=wish.draws))
    if not parts:
        raise CommandError(f"nothing comes to the queue; give {ONE_OF}")
    return parts


def _finished(wish: Wish, found: Workload, task: TaskTime | None) -> Workload:
    """Add how long its tasks take, in words."""
    if not found:
        raise CommandError(f"{found.said}: no task comes of it, so there is nothing to simulate")
    return replace(found, said=f"{found.said}, {task}") if task and not _says_its_time(wish) else found


def _says_its_time(wish: Wish) -> bool:
    """Return whether the tasks may come with times of their own."""
    return wish.arrivals is not None


def _parts(wish: Wish, task: TaskTime | None) -> list[Workload]:
    wanted = (wish.burst, wish.ramp, wish.daily, wish.exam_day)
    if task is None:
        if any(each is not None for each in wanted):
            raise CommandError("--task is missing; allowed: how long a task takes, such as 8s, or 8s..40s: median..p95")
        return []
    for option, counted in (("--burst", wish.burst), ("--daily", wish.daily), ("--exam-day", wish.exam_day)):
        _not_too_many(option, counted or 0)
    at = amounts.seconds("--at", wish.at or _AT, zero=True)
    parts: list[Workload] = []
    if wish.burst is not None:
        over = amounts.seconds("--over", wish.over or "0s", zero=True)
        parts.append(burst(wish.burst, task, at=at, over=over, seed=wish.draws))
    if wish.ramp is not None:
        first, last, length = amounts.ramp("--ramp", wish.ramp)
        _not_too_many("--ramp, in tasks,", round(max(first, last) * length))
        parts.append(ramp(first, last, task, at=at, over=length, seed=wish.draws))
    if wish.daily is not None:
        parts.append(daily(wish.daily, task, seed=wish.draws))
    if wish.exam_day is not None:
        zones = amounts.hours("--zones", wish.zones or "0")
        parts.append(exam_day(wish.exam_day, task, zones=zones, seed=wish.draws))
    return parts


def _not_too_many(option: str, tasks: int) -> None:
    if tasks > MOST:
        raise amounts.refused(option, tasks, f"at most {MOST}", "more do not fit into memory")
