"""Waiting until the broker of the old pods has no task left, where the new ones use another.

A Job of the old worker's own pods looks. It has their image, their environment and their files, so it finds the broker
as they do. Nothing of it is read here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from examx_cli import output
from examx_cli.adopt import facts
from examx_cli.adopt.aside import Aside
from examx_cli.adopt.drain_program import BOOT, PROGRAM, VARIABLE
from examx_cli.adopt.hands import Hands
from examx_cli.adopt.inventory import ASIDE_LABEL, OWN_PREFIX
from examx_cli.errors import Refusal
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, ObjectId, at, items, mapping, pod_labels, template_of, text

PREFIX = f"{OWN_PREFIX}-drain-"
_LONGEST_NAME = 63
_REQUESTS = {"cpu": "100m", "memory": "256Mi"}
_LOG_LINES = 3


@dataclass(frozen=True, slots=True)
class Looks:
    """How often a queue must be seen empty in a row, and the seconds between two looks."""

    number: int = 5
    pause: float = 2.0


def drain(hands: Hands, workers: Sequence[str], timeout: float, looks: Looks) -> None:
    """Wait for the queues of these Deployments, whose old pods are set aside. Raises Refusal when time is over."""
    jobs: dict[ObjectId, str] = {}
    for name in workers:
        sets = Aside(hands, name).replica_sets()
        old = next((each for each in sets if at(each, "spec", "replicas")), None)
        if old is None or facts.worker_container(old) is None:
            continue
        key = hands.key("Job", _name(name), "batch")
        jobs[key] = ", ".join(facts.queues_of(old))
        if hands.get(key) is None:
            hands.create(job(key, old, looks, keep_labels=bool(hands.all("networkpolicies.networking.k8s.io"))))
    if not jobs:
        return
    output.note(f"waiting until the old Redis has no task left in {'; '.join(jobs.values())}")
    _wait(hands, jobs, timeout)
    remove_jobs(hands)


def remove_jobs(hands: Hands) -> None:
    """Remove the Jobs of this and of every earlier run."""
    for each in hands.all("jobs.batch", f"{ASIDE_LABEL}=drain"):
        hands.delete(ObjectId.of(each), "--cascade=foreground")


def _wait(hands: Hands, jobs: Mapping[ObjectId, str], timeout: float) -> None:
    def is_over() -> bool:
        return all(_state(hands, key) for key in jobs)

    try:
        hands.until(is_over, "the queues", timeout=timeout)
    except Refusal as over:
        left = "; ".join(f"{key.name}: {_said(hands, key)}" for key in jobs if not _state(hands, key))
        raise Refusal(
            f"after {timeout:g} s the old Redis still holds tasks ({left}): the old workers go on; run the same again "
            "to go on waiting, with a longer --drain-timeout, or take it back with --undo"
        ) from over
    failed = [key for key in jobs if _state(hands, key) == "Failed"]
    if failed:
        said = "; ".join(f"{key.name}: {_said(hands, key)}" for key in failed)
        remove_jobs(hands)
        raise Refusal(f"the old queues could not be looked at ({said}): mend it and run it again")


def _state(hands: Hands, key: ObjectId) -> str:
    """`Complete`, `Failed`, or nothing while it goes on."""
    for each in items(hands.get(key) or {}, "status", "conditions"):
        if text(each, "type") in ("Complete", "Failed") and text(each, "status") == "True":
            return text(each, "type")
    return ""


def _said(hands: Hands, key: ObjectId) -> str:
    """Return what the Job said last."""
    try:
        printed = hands.cluster.kubectl.run(
            "logs", key.resource, f"--namespace={hands.namespace}", f"--tail={_LOG_LINES}"
        )
    except ProcessError as error:
        return error.said.splitlines()[-1] if error.said else "it said nothing"
    lines = [each for each in printed.splitlines() if each.strip()]
    return lines[-1] if lines else "it has not said anything yet"


def _name(worker: str) -> str:
    return f"{PREFIX}{worker}"[:_LONGEST_NAME].rstrip("-")


def job(key: ObjectId, old: Object, looks: Looks, *, keep_labels: bool) -> Object:
    """Return the Job that looks at the queues of a ReplicaSet's worker.

    `keep_labels`: its pods keep the labels of the worker's, for policies that let these reach the broker.
    """
    container = cast("Object", facts.worker_container(old))
    spec = mapping(template_of(old), "spec")
    labels = {"app.kubernetes.io/managed-by": "examx", ASIDE_LABEL: "drain"}
    kept = {name: value for name, value in pod_labels(old).items() if name != "pod-template-hash"}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": key.name, "namespace": key.namespace, "labels": labels},
        "spec": {
            "backoffLimit": 3,
            "template": {
                "metadata": {"labels": {**(kept if keep_labels else {}), **labels}},
                "spec": {
                    **spec,
                    "containers": [_looking(container, facts.queues_of(old), looks)],
                    "restartPolicy": "Never",
                    "terminationGracePeriodSeconds": 5,
                },
            },
        },
    }


def _looking(container: Object, queues: Sequence[str], looks: Looks) -> Object:
    left_out = ("args", "livenessProbe", "readinessProbe", "startupProbe", "ports", "lifecycle", "resources")
    kept = {name: value for name, value in container.items() if name not in left_out}
    start = mapping(container, "lifecycle", "postStart")
    limits = mapping(container, "resources", "limits")
    command = ["python", "-c", BOOT, facts.application_of(container), str(looks.number), str(looks.pause), *queues]
    return {
        **kept,
        **({"lifecycle": {"postStart": start}} if start else {}),
        "command": command,
        "env": [*items(container, "env"), {"name": VARIABLE, "value": PROGRAM}],
        "resources": {"requests": _REQUESTS, **({"limits": limits} if limits else {})},
    }
