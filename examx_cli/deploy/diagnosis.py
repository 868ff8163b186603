"""Why a workload does not get ready: what its pods, the cluster's events and the last lines of its logs say."""

from collections.abc import Iterable, Iterator
from typing import cast

from examx_cli.cluster import Cluster
from examx_cli.objects import Object, ObjectKey, at, items, mapping, text
from examx_cli.processes import ProcessError

_PODS = 3
_EVENTS = 5
_LOG_LINES = 15


def explain(cluster: Cluster, workload: ObjectKey, *, logs: bool = True) -> Iterator[str]:
    """Lines that say what keeps a workload's pods from being ready; what can not be read is left out."""
    live = _objects(cluster, workload.resource)
    selector = mapping(next(iter(live), None), "spec", "selector", "matchLabels")
    labels = ",".join(f"{key}={value}" for key, value in selector.items())
    pods = _objects(cluster, "pods", f"--selector={labels}") if labels else []
    events = _objects(cluster, "events")
    yield from _warnings(events, {workload.name})
    waiting = sorted((pod for pod in pods if not _is_ready(pod)), key=_created, reverse=True)
    if not waiting:
        yield "all of its pods are ready; the last of the old ones may still be stopping" if pods else "it has no pods"
    for pod in waiting[:_PODS]:
        yield from _about(cluster, pod, events, logs=logs)
    if len(waiting) > _PODS:
        yield f"... and {len(waiting) - _PODS} more pods that are not ready"


def _about(cluster: Cluster, pod: Object, events: Iterable[Object], *, logs: bool) -> Iterator[str]:
    name = text(pod, "metadata", "name")
    yield f"pod {name}: {text(pod, 'status', 'phase') or 'unknown'}"
    for condition in items(pod, "status", "conditions"):
        if text(condition, "status") == "False" and text(condition, "message"):
            yield f"  {text(condition, 'type')}: {text(condition, 'message')}"
    for container in _containers(pod):
        yield from (f"  {line}" for line in _state(container))
    yield from (f"  {line}" for line in _warnings(events, {name}))
    for container in _containers(pod):
        if at(container, "ready") is not True:
            yield from (f"  {line}" for line in (_log if logs else _no_log)(cluster, name, container))


def _containers(pod: Object) -> list[object]:
    return [*items(pod, "status", "initContainerStatuses"), *items(pod, "status", "containerStatuses")]


def _state(container: object) -> Iterator[str]:
    name = text(container, "name")
    if reason := text(container, "state", "waiting", "reason"):
        yield f"container {name} waits: {reason} {text(container, 'state', 'waiting', 'message')}".rstrip()
    for which, when in (("state", "ended"), ("lastState", "ended before")):
        ended = mapping(container, which, "terminated")
        if ended and ended.get("exitCode") != 0:
            yield f"container {name} {when}: {text(ended, 'reason')}, exit status {ended.get('exitCode')}"
    restarts = at(container, "restartCount")
    if restarts:
        yield f"container {name} was restarted {restarts} times"


def _log(cluster: Cluster, pod: str, container: object) -> Iterator[str]:
    name = text(container, "name")
    previous = ["--previous"] if at(container, "restartCount") else []
    try:
        printed = cluster.kubectl.run(
            "logs",
            pod,
            f"--namespace={cluster.target.namespace}",
            f"--container={name}",
            f"--tail={_LOG_LINES}",
            *previous,
        )
    except ProcessError:
        return
    if printed.strip():
        yield f"last lines of {name}:"
        yield from (f"  | {line}" for line in printed.splitlines())


def _no_log(cluster: Cluster, pod: str, container: object) -> Iterator[str]:
    where = f"--container={text(container, 'name')} --namespace={cluster.target.namespace}"
    yield f"its log may hold secrets and is not shown here: kubectl logs {pod} {where}"


def _warnings(events: Iterable[Object], names: set[str]) -> list[str]:
    told = [
        f"event {text(each, 'reason')}: {text(each, 'message')}"
        for each in events
        if text(each, "type") == "Warning" and text(each, "involvedObject", "name") in names
    ]
    return list(dict.fromkeys(told))[-_EVENTS:]


def _is_ready(pod: Object) -> bool:
    return any(
        text(condition, "type") == "Ready" and text(condition, "status") == "True"
        for condition in items(pod, "status", "conditions")
    )


def _created(pod: Object) -> str:
    return text(pod, "metadata", "creationTimestamp")


def _objects(cluster: Cluster, *what: str) -> list[Object]:
    try:
        return cluster.kubectl.objects("get", *what, f"--namespace={cluster.target.namespace}", "--ignore-not-found")
    except ProcessError:
        return cast("list[Object]", [])
