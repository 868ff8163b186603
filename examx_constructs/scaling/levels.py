"""The standard workloads of a service level, and whether a run meets it: `meets(run, level)` in a test."""

from collections.abc import Iterator
from dataclasses import replace

from examx_constructs.scaling.moments import broken
from examx_constructs.scaling.run import Run
from examx_constructs.scaling.workload import TaskTime, Workload, burst, exam_day, fixed, lognormal
from examx_constructs.settings import Duration, ServiceLevel, StandardBurst, StandardWorkload

P95 = 0.95
"""The share of the tasks that a service level is about."""

_AT = 61.0
"""When a burst comes: right after a look of the controller, which then takes longest to see it.

It looks every 15 seconds from the start (`ClusterModel`). A burst that comes just before a look waits 14 s less.
"""


def workloads_of(level: ServiceLevel) -> Iterator[Workload]:
    """Yield the standard workloads, each said in words. The same level gives the same tasks."""
    for each in level.workloads:
        made = _made(each, _task(level))
        yield replace(made, said=_said(each))


def meets(run: Run, level: ServiceLevel | Duration, share: float = P95) -> None:
    """Say nothing, where so large a share of the tasks waits no longer. Raises AssertionError otherwise.

    Its text shows the moments that broke it: what waited then, which pods there were, and what held the policy back.

        meets(simulate(scaling, workload), Duration("60s"))
    """
    allowed = level.wait_p95 if isinstance(level, ServiceLevel) else level
    if run.wait(share) > allowed:
        raise AssertionError(broken(run, allowed, share))


def _task(level: ServiceLevel) -> TaskTime:
    if level.task_p95 is None:
        return fixed(level.task.seconds)
    return lognormal(level.task.seconds, level.task_p95.seconds)


def _made(each: StandardWorkload, task: TaskTime) -> Workload:
    if isinstance(each, StandardBurst):
        return burst(each.tasks, task, at=_AT, over=each.over.seconds)
    zones = [zone.seconds / 3600 for zone in each.zones]
    return exam_day(each.students, task, zones=zones, exam_hours=each.length.seconds / 3600)


def _said(each: StandardWorkload) -> str:
    if isinstance(each, StandardBurst):
        return f"burst of {each.tasks}" + (f" over {each.over}" if each.over.seconds else "")
    zones = f" in {len(each.zones)} zones" if len(each.zones) > 1 else ""
    return f"exam day of {each.students} students{zones}"
