"""What comes to a queue, out of what was typed."""

from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Annotated

import typer

from examx_cli.errors import CommandError
from examx_cli.scale import amounts
from examx_constructs.scaling import TaskTime, Workload, burst, daily, exam_day, ramp, read_workload

ONE_OF = "--burst, --ramp, --daily, --exam-day or --arrivals"
MOST = 1_000_000
"""Tasks of one option: a hundred times the largest exam; more are a slip of the keyboard, and fill the memory."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed; several of it come at once. Its fields are the options of every command that runs a workload."""

    burst: Annotated[int | None, typer.Option(metavar="TASKS", help="So many tasks at once.", min=1)] = None
    over: Annotated[str, typer.Option(metavar="TIME", help="The burst comes evenly over this time.")] = "0s"
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
    zones: Annotated[str, typer.Option(metavar="HOURS", help="How far each zone is behind the first: 0,1.5,5.")] = "0"
    arrivals: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="What was recorded: columns arrival (duration), t arrivals, or t list_len."),
    ] = None
    task: Annotated[
        str | None, typer.Option(metavar="TIME", help="How long a task takes: 8s; or MEDIAN..P95, such as 8s..40s.")
    ] = None
    at: Annotated[str, typer.Option(metavar="TIME", help="When the burst comes, and when the ramp begins.")] = "60s"
    seed: Annotated[
        int, typer.Option(metavar="NUMBER", help="Another one draws other times; the same one the same.")
    ] = 0

    @property
    def says_something(self) -> bool:
        """Whether any workload was typed, or what its tasks take."""
        return any(each is not None for each in (self.task, self.burst, self.ramp, self.daily, self.exam_day)) or (
            self.arrivals is not None
        )


def workload(wish: Wish) -> Workload:
    """The tasks, all that was typed at once. Raises CommandError and ScalingError."""
    task = None if wish.task is None else amounts.task_time("--task", wish.task)
    return _finished(wish, reduce(add, _all(wish, task)), task)


def workloads(wish: Wish) -> list[Workload]:
    """The tasks, each option that was typed as a workload of its own. Raises CommandError and ScalingError."""
    task = None if wish.task is None else amounts.task_time("--task", wish.task)
    return [_finished(wish, each, task) for each in _all(wish, task)]


def _all(wish: Wish, task: TaskTime | None) -> list[Workload]:
    parts = _parts(wish, task)
    if wish.arrivals is not None:
        parts.append(read_workload(wish.arrivals, task, seed=wish.seed))
    if not parts:
        raise CommandError(f"nothing comes to the queue; give {ONE_OF}")
    return parts


def _finished(wish: Wish, found: Workload, task: TaskTime | None) -> Workload:
    """With how long its tasks take, in words."""
    if not found:
        raise CommandError(f"{found.said}: no task comes of it, so there is nothing to simulate")
    return replace(found, said=f"{found.said}, {task}") if task and not _says_its_time(wish) else found


def _says_its_time(wish: Wish) -> bool:
    """Whether the tasks may come with times of their own."""
    return wish.arrivals is not None


def _parts(wish: Wish, task: TaskTime | None) -> list[Workload]:
    wanted = (wish.burst, wish.ramp, wish.daily, wish.exam_day)
    if task is None:
        if any(each is not None for each in wanted):
            raise CommandError("--task is missing; allowed: how long a task takes, such as 8s, or 8s..40s: median..p95")
        return []
    for option, counted in (("--burst", wish.burst), ("--daily", wish.daily), ("--exam-day", wish.exam_day)):
        _not_too_many(option, counted or 0)
    at = amounts.seconds("--at", wish.at, zero=True)
    parts: list[Workload] = []
    if wish.burst is not None:
        over = amounts.seconds("--over", wish.over, zero=True)
        parts.append(burst(wish.burst, task, at=at, over=over, seed=wish.seed))
    if wish.ramp is not None:
        first, last, length = amounts.ramp("--ramp", wish.ramp)
        _not_too_many("--ramp, in tasks,", round(max(first, last) * length))
        parts.append(ramp(first, last, task, at=at, over=length, seed=wish.seed))
    if wish.daily is not None:
        parts.append(daily(wish.daily, task, seed=wish.seed))
    if wish.exam_day is not None:
        zones = amounts.hours("--zones", wish.zones)
        parts.append(exam_day(wish.exam_day, task, zones=zones, seed=wish.seed))
    return parts


def _not_too_many(option: str, tasks: int) -> None:
    if tasks > MOST:
        raise amounts.refused(option, tasks, f"at most {MOST}", "more do not fit into memory")
