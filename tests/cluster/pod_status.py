"""What a kubelet says about a pod: statuses as the API has them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from tests.cluster.client import Object


class Behaviour(StrEnum):
    """What becomes of a pod. An image with `never-pulls` or `crashes` in its name says the same."""

    READY = "ready"
    NEVER_READY = "never-ready"
    NEVER_PULLS = "never-pulls"
    CRASHES = "crashes"


def by_image(pod: Object) -> Behaviour:
    """What the images of a pod ask for."""
    images = " ".join(each["image"] for each in pod["spec"]["containers"])
    return next((each for each in (Behaviour.NEVER_PULLS, Behaviour.CRASHES) if each in images), Behaviour.READY)


def pulling(pod: Object) -> Object:
    """Its image does not come."""
    waiting = {"reason": "ImagePullBackOff", "message": "Back-off pulling image: it is not there"}
    return _status(pod, "Pending", ip=None, ready=False, state={"waiting": waiting})


def crashing(pod: Object, ip: str) -> Object:
    """Its containers end again and again."""
    waiting = {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}
    ended = {"exitCode": 1, "reason": "Error", "startedAt": now(), "finishedAt": now()}
    more = {"restartCount": 3, "lastState": {"terminated": ended}}
    return _status(pod, "Running", ip=ip, ready=False, state={"waiting": waiting}, **more)


def running(pod: Object, ip: str, *, ready: bool) -> Object:
    """Its containers run."""
    return _status(pod, "Running", ip=ip, ready=ready, state={"running": {"startedAt": now()}})


def ended(pod: Object, ip: str, exit_code: int = 0) -> Object:
    """Its containers have ended, and nothing starts them again."""
    reason = "Error" if exit_code else "Completed"
    state = {"terminated": {"exitCode": exit_code, "reason": reason, "startedAt": now(), "finishedAt": now()}}
    return _status(pod, "Failed" if exit_code else "Succeeded", ip=ip, ready=False, state=state)


def now() -> str:
    """The time as the API writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _status(pod: Object, phase: str, *, ip: str | None, ready: bool, state: Object, **more: object) -> Object:
    done = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": now(), "finishedAt": now()}}
    first = pod["spec"].get("initContainers", [])
    # An image that does not come keeps what runs first from running.
    is_pulling = ip is None
    initial = (
        _containers(first, ready=False, state={"waiting": {"reason": "PodInitializing"}})
        if is_pulling
        else _containers(first, ready=True, state=done)
    )
    return {
        "phase": phase,
        "hostIP": pod["status"].get("hostIP", "10.64.0.1"),
        "startTime": pod["status"].get("startTime", now()),
        **({"podIP": ip, "podIPs": [{"ip": ip}]} if ip else {}),
        "initContainerStatuses": initial,
        "containerStatuses": _containers(pod["spec"]["containers"], ready=ready, state=state, **more),
        "conditions": _conditions(pod, ready=ready, initialized=not (is_pulling and first)),
    }


def _containers(containers: Iterable[Object], *, ready: bool, state: Object, **more: object) -> list[Object]:
    return [
        {
            "name": each["name"],
            "image": each["image"],
            "imageID": "" if "waiting" in state else f"example.com/image@sha256:{0:064}",
            "ready": ready,
            "started": "running" in state,
            "restartCount": 0,
            "state": state,
            **more,
        }
        for each in containers
    ]


def _conditions(pod: Object, *, ready: bool, initialized: bool) -> list[Object]:
    # A merge patch replaces the list, so what others have written, the scheduler above all, is kept.
    kept = {each["type"]: each for each in pod["status"].get("conditions", [])}
    holds = {"Initialized": initialized, "ContainersReady": ready, "Ready": ready}
    for name, value in holds.items():
        status = "True" if value else "False"
        if kept.get(name, {}).get("status") != status:
            reason = {} if value else {"reason": "ContainersNotReady"}
            kept[name] = {"type": name, "status": status, "lastTransitionTime": now(), **reason}
    return list(kept.values())
