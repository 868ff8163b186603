"""Rules on Celery: queues, the workers that drain them, and the one scheduler."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.pods.shutdown import longest_task
from examx_constructs.checks.pods.variables import broken
from examx_constructs.manifests.commands import Celery, celery_commands
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.remembered import remembered
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.manifests.scaling import (
    KEDA_COOLDOWN,
    fewest_replicas,
    owners,
    redis_triggers,
    scaled_objects,
    target_pod,
)

_RUN_ONCE = frozenset({"Job", "CronJob", "ScaledJob"})


class _Process(NamedTuple):
    """A celery command, and the container that it runs in."""

    pod: Pod
    container: Node
    celery: Celery


def _processes(manifests: Manifests, command: str) -> Iterator[_Process]:
    return (each for each in _all_processes(manifests) if each.celery.command == command)


@remembered
def _all_processes(manifests: Manifests) -> tuple[_Process, ...]:
    return tuple(
        _Process(pod, container, celery)
        for pod in manifests.pods
        if pod.workload.kind not in _RUN_ONCE
        for container in pod.containers
        for celery in celery_commands(container)
    )


def _list_name(trigger: Node) -> Node:
    return trigger.at("metadata", "listName")


@rule("Celery 5 user guide, Routing Tasks")
def queue_has_one_worker(manifests: Manifests) -> Iterator[Finding]:
    """A queue is drained by one workload.

    Two workloads of one app with the same queues are a copied command; sharing a queue that a ScaledObject counts makes
    its figure mean neither. Workers that share some uncounted queue, among others of their own, are left alone.
    """
    counted = {
        (each.scope, _list_name(trigger).text) for each in scaled_objects(manifests) for trigger in redis_triggers(each)
    }
    seen: defaultdict[tuple[Scope, str, str], list[_Process]] = defaultdict(list)
    for worker in _processes(manifests, "worker"):
        scope = manifests.scope_of(worker.container)
        places = [seen[scope, worker.celery.app, queue] for queue in sorted(worker.celery.queues)]
        for other in {id(each): each for place in places for each in place}.values():
            shared = worker.celery.queues & other.celery.queues
            mistaken = {queue for queue in shared if (scope, queue) in counted}
            if worker.celery.queues == other.celery.queues:
                mistaken = shared
            if mistaken and worker.pod.workload != other.pod.workload:
                yield finding(
                    _command(worker.container),
                    f"queues that no other workload drains; {other.pod.workload.qualified} has them too",
                    "one of the two is a mistake, or the figures that scale them mean neither",
                    value=f"-Q {','.join(sorted(mistaken))}",
                )
        for place in places:
            place.append(worker)


@rule("Celery 5 user guide, Periodic Tasks")
def beat_is_single(manifests: Manifests) -> Iterator[Finding]:
    """Celery beat is a singleton: one replica, strategy Recreate, no autoscaler, and not inside workers that scale.

    Every further scheduler sends every periodic task again; a rolling update runs two for a while.
    """
    for beat in _processes(manifests, "beat"):
        yield from _singleton(manifests, beat.pod, "every further scheduler sends every periodic task again")
        strategy = beat.pod.owner.at("spec", "strategy", "type")
        if beat.pod.workload.kind == "Deployment" and strategy.text != "Recreate":
            yield finding(strategy, "Recreate", "a rolling update runs the old and the new scheduler side by side")
    for worker in _processes(manifests, "worker"):
        if worker.celery.embeds_beat:
            yield from _singleton(
                manifests, worker.pod, "its workers run beat too (-B), so each further one schedules again"
            )


def _singleton(manifests: Manifests, pod: Pod, why: str) -> Iterator[Finding]:
    replicas = pod.owner.at("spec", "replicas")
    if replicas.number is not None and replicas.number > 1:
        yield finding(replicas, "1", why)
    for owner in owners(manifests, pod):
        yield finding(owner.target["name"], "a workload other than the scheduler", why)


@rule("Celery 5 user guide, Periodic Tasks")
def beat_exists_once(manifests: Manifests) -> Iterator[Finding]:
    """An app has one beat workload in a namespace: two schedulers send every periodic task twice."""
    schedulers = [
        *_processes(manifests, "beat"),
        *(each for each in _processes(manifests, "worker") if each.celery.embeds_beat),
    ]
    seen: dict[tuple[Scope, str], _Process] = {}
    for beat in schedulers:
        first = seen.setdefault((manifests.scope_of(beat.container), beat.celery.app), beat)
        if first is not beat and not _is_defined_twice(first, beat):
            yield finding(
                _command(beat.container),
                f"no second scheduler of the app; {first.pod.workload.qualified} is one already",
                "every periodic task would be sent twice",
                value=f"celery {beat.celery.command} of app {beat.celery.app or 'without a name'}",
            )


def _is_defined_twice(one: _Process, other: _Process) -> bool:
    """Return whether two processes are of one workload in two places.

    There is one of it, and another rule.
    """
    return one.pod.workload == other.pod.workload and one.pod.owner is not other.pod.owner


@rule("Celery 5 user guide, Workers Guide, Stopping the worker")
def celery_receives_sigterm(manifests: Manifests) -> Iterator[Finding]:
    """Celery gets the SIGTERM that stops a pod: it is the container's process itself, or `exec` makes it so.

    A shell in between may keep the signal to itself; the tasks then run until SIGKILL and are lost. REMAP_SIGTERM makes
    another signal of it: with SIGQUIT the worker ends at once, and a gevent pool loses the tasks that it runs.
    """
    for process in [*_processes(manifests, "worker"), *_processes(manifests, "beat")]:
        if process.celery.shell:
            yield finding(
                _command(process.container),
                "celery itself as the command, or `exec celery …` in the shell",
                "SIGTERM may end at the shell, and a warm shutdown never begins",
                value=f"celery {process.celery.command} behind {process.celery.shell}",
            )
    for container, pod in {each.container: each.pod for each in _processes(manifests, "worker")}.items():
        for row, assignment in broken(manifests, pod, container):
            if assignment.name == "REMAP_SIGTERM":
                yield assignment.finding(row)


@rule("KEDA 2.17 ScaledObject specification, cooldownPeriod; kombu Redis transport, unacknowledged messages")
def idle_queue_is_not_idle_worker(manifests: Manifests) -> Iterator[Finding]:
    """A queue that scales to zero has a cooldown above its longest task.

    A task that a worker holds is no longer in the list, so an empty list does not mean idle workers. After the cooldown
    KEDA stops them in the middle of the task. Keeping one replica avoids it too.
    """
    for scaler in scaled_objects(manifests):
        pod = target_pod(manifests, scaler)
        longest = longest_task(pod).seconds if pod else None
        cooldown = scaler.resource.spec["cooldownPeriod"]
        seconds = KEDA_COOLDOWN if cooldown.number is None else cooldown.number
        scales_to_zero = pod and fewest_replicas(manifests, pod) < 1 and any(redis_triggers(scaler))
        if longest is not None and scales_to_zero and seconds <= longest:
            yield finding(
                cooldown,
                f"more than the longest task, {longest} seconds, or minReplicaCount 1",
                "the list is empty while the last task runs, and KEDA would stop its worker",
                value=f"{seconds}" if cooldown.present else f"missing, so {seconds}",
            )


def _command(container: Node) -> Node:
    return container["command"] if container["command"].present else container["args"]
