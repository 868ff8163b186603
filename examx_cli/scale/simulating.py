"""Runs a workload through each of the chosen autoscalers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from examx_cli.scale.figures import Figures
from examx_cli.scale.targets import Chosen
from examx_constructs.scaling import ClusterModel, Prices, Run, Workload, simulate


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run meets beside its tasks."""

    cluster: ClusterModel
    prices: Prices | None = None
    start: datetime | None = None
    """The time of the day at which it begins, for cron triggers."""
    replicas: int | None = None
    """Those at the start; else the fewest."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """An autoscaler and what became of the workload."""

    chosen: Chosen
    run: Run
    figures: Figures


def simulated(
    chosen: Sequence[Chosen], tasks: Workload, around: Surroundings, *, until: float | None = None
) -> list[Simulated]:
    """Return a run for each. All go on for the same time, so that their hours can be compared. Raises ScalingError."""
    runs = [_run(each, tasks, around, until) for each in chosen]
    end = max(run.until for run in runs)
    runs = [run if run.until == end else _run(each, tasks, around, end) for each, run in zip(chosen, runs, strict=True)]
    return [Simulated(each, run, Figures.of(run, around.prices)) for each, run in zip(chosen, runs, strict=True)]


def _run(chosen: Chosen, tasks: Workload, around: Surroundings, until: float | None) -> Run:
    return simulate(chosen.scaling, tasks, around.cluster, until=until, start=around.start, replicas=around.replicas)
