"""Rules on how a pod stops: the time it has, and what it needs."""

from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import DEFAULT_GRACE_PERIOD, Pod, pre_stop
from examx_constructs.manifests.resources import Manifests
from examx_constructs.settings.naming import LONGEST_TASK_ANNOTATION


class LongestTask(NamedTuple):
    """What a workload says of its longest task."""

    node: Node
    seconds: int | None


def longest_task(pod: Pod) -> LongestTask:
    """Return the longest task of a worker, from the annotation of its pod template or of the workload."""
    path = ("metadata", "annotations", LONGEST_TASK_ANNOTATION)
    node = pod.template.at(*path)
    node = node if node.present else pod.owner.at(*path)
    return LongestTask(node, int(node.text) if node.text.isdecimal() else None)


def _grace_period(pod: Pod) -> tuple[Node, str | None]:
    """Return the field, and how to show it where it is left out."""
    node = pod.spec["terminationGracePeriodSeconds"]
    return node, None if node.present else f"missing, so {DEFAULT_GRACE_PERIOD}"


@rule("Celery 5 user guide, Workers Guide, Stopping the worker; Kubernetes API core/v1 PodSpec")
def grace_period_covers_longest_task(manifests: Manifests) -> Iterator[Finding]:
    """A worker's grace period is at least its longest task plus the pre-stop pause.

    On SIGTERM a worker finishes what it runs; SIGKILL at the end of the grace period loses the task. The pause before
    SIGTERM counts into the grace period.
    """
    for pod in manifests.pods:
        task = longest_task(pod)
        if task.node.present and task.seconds is None:
            yield finding(task.node, "whole seconds, as a string", "the longest task is compared with the grace period")
        if task.seconds is None:
            continue
        pause = max((seconds for each in pod.containers for _, seconds in pre_stop(each)), default=0)
        if pod.grace_period < task.seconds + pause:
            node, value = _grace_period(pod)
            added = f" plus the pre-stop pause of {pause:g} s" if pause else ""
            yield finding(
                node,
                f"{task.seconds + pause:g} or more: the longest task of {task.seconds} s{added}",
                "SIGKILL at the end of the grace period would lose the running task",
                value=value,
            )


@rule("Kubernetes documentation, Container Lifecycle Hooks")
def pre_stop_is_shorter_than_grace_period(manifests: Manifests) -> Iterator[Finding]:
    """A pre-stop pause ends before the grace period does: what remains is all the time the process has to stop."""
    for pod in manifests.pods:
        for container in pod.all_containers:
            for node, seconds in pre_stop(container):
                if seconds >= pod.grace_period:
                    yield finding(
                        node,
                        f"less than the grace period of {pod.grace_period} s",
                        "the process would be killed without a moment to stop",
                        value=f"{seconds:g} s",
                    )
