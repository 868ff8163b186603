"""Why pods are not ready: no node, no image, no volume, what their containers do, and the last lines of their logs."""

import re
from collections.abc import Iterator

from examx_cli.deploy.diagnosis import volumes
from examx_cli.deploy.diagnosis.events import Events, clear
from examx_cli.deploy.diagnosis.family import Family, condition
from examx_cli.deploy.diagnosis.reader import Reader
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, at, items, mapping, text

_GROUPS = 3
_EVENTS = 5
_LOG_LINES = 15

_NO_IMAGE = (
    "ErrImageInspect",
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImageInspectError",
    "ImagePullBackOff",
    "InvalidImageName",
    "RegistryUnavailable",
    "SignatureValidationFailed",
)
_PULLED = re.compile(
    r'^(?:Back-off pulling image "[^"]*":? ?)?(?:ErrImagePull: )?(?:[Ff]ailed to pull image "[^"]*": )?'
)
# Others say these better: the state of a container, the condition of a pod, its volumes.
_SAID = {"BackOff", "FailedScheduling", "InspectFailed", *volumes.EVENTS}
_WITHOUT_OUTPUT = r"\1"
_NAME, _UID = "\0name\0", "\0uid\0"
_PROBE = re.compile(r"^(\w+ probe (?:failed|errored)).*$", re.DOTALL)


def reasons(reader: Reader, family: Family, events: Events, *, logs: bool) -> Iterator[str]:
    """Yield what the pods that are not ready say. Those that say the same are told of once."""
    groups: dict[tuple[str, ...], list[Object]] = {}
    for pod in family.waiting:
        groups.setdefault(tuple(_about(reader, pod, events, logs=logs)), []).append(pod)
    for lines, (pod, *like_it) in list(groups.items())[:_GROUPS]:
        others = f" (and {len(like_it)} like it)" if like_it else ""
        yield f"pod {_name(pod)}{others}: {_phase(pod)}"
        yield from (f"  {line.replace(_NAME, _name(pod)).replace(_UID, _uid(pod))}" for line in lines)
        yield from (f"  {line}" for line in _logs(reader, pod, logs=logs))
    more = sum(map(len, list(groups.values())[_GROUPS:]))
    if more:
        yield f"... and {more} more pods that are not ready"


def _phase(pod: Object) -> str:
    reason = text(pod, "status", "reason")
    message = clear(text(pod, "status", "message"))
    return ", ".join(filter(None, [text(pod, "status", "phase") or "unknown", reason, message]))


def _about(reader: Reader, pod: Object, events: Events, *, logs: bool) -> Iterator[str]:
    """Yield what a pod says, without its name: pods that say the same shall look the same."""
    told = [
        *_unscheduled(pod),
        *volumes.reasons(reader, pod, events),
        *(line for each in _containers(pod) for line in _state(pod, each, events)),
        *_gates(pod),
        *_warnings(pod, events, logs=logs),
    ]
    ready = clear(text(condition(pod, "Ready"), "message"))
    told = told or ([ready] if ready else [])
    for line in dict.fromkeys(told):
        yield line.replace(_name(pod), _NAME).replace(_uid(pod), _UID)


def _unscheduled(pod: Object) -> Iterator[str]:
    found = condition(pod, "PodScheduled")
    if text(found, "status") == "False":
        yield f"no node takes it: {clear(text(found, 'message')) or text(found, 'reason')}"


def _containers(pod: Object) -> list[object]:
    return [*items(pod, "status", "initContainerStatuses"), *items(pod, "status", "containerStatuses")]


def _state(pod: Object, container: object, events: Events) -> Iterator[str]:
    name = text(container, "name")
    reason = text(container, "state", "waiting", "reason")
    message = text(container, "state", "waiting", "message")
    if reason in _NO_IMAGE:
        image = text(container, "image")
        yield f"container {name}: its image {image} does not come: {_registry(pod, image, message, events) or reason}"
    # These wait for others, which say why.
    elif reason and reason not in ("PodInitializing", "ContainerCreating"):
        yield f"container {name} waits: {reason} {clear(message)}".rstrip()
    for which, when in (("state", "ended"), ("lastState", "ended before")):
        ended = mapping(container, which, "terminated")
        if ended and ended.get("exitCode") != 0:
            yield f"container {name} {when}: {text(ended, 'reason')}, exit status {ended.get('exitCode')}"
    restarts = at(container, "restartCount")
    if restarts:
        yield f"container {name} was restarted {restarts} times"


def _registry(pod: Object, image: str, message: str, events: Events) -> str:
    """Return what the registry said.

    While the kubelet waits for its next try, an event may know it better than the state.
    """
    pulls = [each for each in events.messages(pod, "Failed", "InspectFailed") if f'"{image}"' in each]
    said = [_PULLED.sub("", clear(each)) for each in (message, *reversed(pulls))]
    return next(filter(None, said), "")


def _gates(pod: Object) -> Iterator[str]:
    """Yield what a load balancer, say, has to find first."""
    for gate in items(pod, "spec", "readinessGates"):
        kind = text(gate, "conditionType")
        found = condition(pod, kind)
        if text(found, "status") != "True" and text(condition(pod, "ContainersReady"), "status") == "True":
            why = ": ".join(filter(None, [text(found, "reason"), clear(text(found, "message"))]))
            yield f"its readiness gate {kind} is not passed: {why or 'nothing has looked at it yet'}"


def _warnings(pod: Object, events: Events, *, logs: bool) -> list[str]:
    told: list[str] = []
    for each in events.of(pod):
        reason, message = text(each, "reason"), clear(text(each, "message"))
        if reason in _SAID or (reason == "Failed" and ("pull image" in message or message.startswith("Error: "))):
            continue
        # What a probe prints is the application's, as its log is.
        told.append(f"event {reason}: {message if logs else _PROBE.sub(_WITHOUT_OUTPUT, message)}")
    return list(dict.fromkeys(told))[-_EVENTS:]


def _logs(reader: Reader, pod: Object, *, logs: bool) -> Iterator[str]:
    for container in _containers(pod):
        if at(container, "ready") is not True and _has_run(container):
            yield from (_log if logs else _no_log)(reader, _name(pod), container)


def _has_run(container: object) -> bool:
    ended = mapping(container, "state", "terminated")
    is_done = bool(ended) and ended.get("exitCode") == 0
    return not is_done and bool(
        ended or mapping(container, "state", "running") or mapping(container, "lastState", "terminated")
    )


def _log(reader: Reader, pod: str, container: object) -> Iterator[str]:
    name = text(container, "name")
    namespace = reader.cluster.target.namespace
    previous = ["--previous"] if at(container, "restartCount") else []
    wanted = ("logs", pod, f"--namespace={namespace}", f"--container={name}", f"--tail={_LOG_LINES}", *previous)
    try:
        printed = reader.cluster.kubectl.run(*wanted)
    except ProcessError:
        return
    if printed.strip():
        yield f"last lines of {name}:"
        yield from (f"  | {line}" for line in printed.splitlines())


def _no_log(reader: Reader, pod: str, container: object) -> Iterator[str]:
    where = f"--container={text(container, 'name')} --namespace={reader.cluster.target.namespace}"
    yield f"its log may hold secrets and is not shown here: kubectl logs {pod} {where}"


def _name(pod: Object) -> str:
    return text(pod, "metadata", "name")


def _uid(pod: Object) -> str:
    # Not empty, for it is looked for in texts.
    return text(pod, "metadata", "uid") or _UID
