"""Runs a workload through an autoscaler."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from examx_constructs.scaling import outages as lost
from examx_constructs.scaling.cluster import ClusterModel
from examx_constructs.scaling.engine import Engine
from examx_constructs.scaling.errors import ScalingError, at_least_zero, counted
from examx_constructs.scaling.outages import Lost, Outage
from examx_constructs.scaling.policy import goes_by_clock, hpa_of
from examx_constructs.scaling.reading import Scaling
from examx_constructs.scaling.run import Run
from examx_constructs.scaling.tasks import Tasks
from examx_constructs.scaling.use import Use
from examx_constructs.scaling.workload import Workload

_STEP = 300.0
_QUIET = 3600.0


def simulate(
    scaling: Scaling,
    workload: Workload,
    cluster: ClusterModel | None = None,
    *,
    use: Use | None = None,
    outages: Iterable[Outage] = (),
    until: float | None = None,
    start: datetime | None = None,
    replicas: int | None = None,
) -> Run:
    """Return what becomes of each task and each pod.

    Without a `cluster` its figures are the defaults, and its versions those that the manifests were read for.
    Without `until` it goes on until all tasks are done and the replicas are the fewest again, an hour at most after the
    last task. `start` is the time of the day at which it begins, for cron triggers; `replicas` those at the start.
    Raises ScalingError.
    """
    policy, given = scaling.policy, tuple(outages)
    _check(scaling, start, replicas, until)
    cluster, use = cluster or ClusterModel(), use or Use()
    cluster = cluster if cluster.versions else replace(cluster, versions=scaling.versions)
    tasks = Tasks(workload.arrivals, workload.durations, scaling.workers, use=use, outages=lost.of(Lost.REDIS, given))
    engine = Engine(policy, scaling.workers, cluster, tasks, replicas=replicas, outages=given, start=start, use=use)
    end = until if until is not None else _run_out(engine, tasks, workload)
    if until is not None:
        engine.run(until)
    return Run(
        arrivals=workload.arrivals,
        durations=workload.durations,
        started=tasks.started,
        pods_of_tasks=tasks.pods,
        cuts=tasks.cuts,
        pods=engine.fleet.lives,
        steps=engine.steps,
        until=end,
        workers=scaling.workers,
        policy=policy,
    )


def _run_out(engine: Engine, tasks: Tasks, workload: Workload) -> float:
    """Go on until nothing more happens; the second of the end."""
    least = engine.steps[0][1]
    end = workload.last + _STEP
    engine.run(end)
    longest = workload.last + _QUIET * 24
    while not tasks.is_done and end < longest:
        end += _STEP
        engine.run(end)
    quiet = max(end, tasks.last_finish()) + _QUIET
    while end < quiet and (engine.replicas > least or tasks.running(end)):
        end += _STEP
        engine.run(end)
    return end


def _check(scaling: Scaling, start: datetime | None, replicas: int | None, until: float | None) -> None:
    policy = scaling.policy
    if goes_by_clock(policy) and (start is None or start.tzinfo is None):
        raise ScalingError.of("start", start, "a moment with a time zone", f"{scaling.name} has a cron trigger")
    at_least_zero("until", until or 0.0, "a simulation begins at second 0")
    most = hpa_of(policy).maximum
    bounds = "these are the bounds of the autoscaler"
    counted("replicas", 0 if replicas is None else replicas, bounds)
    if replicas is not None and replicas > most:
        raise ScalingError.of("replicas", replicas, f"0 to {most}", bounds)
