"""Which pods of a part there are, and which of them is the right one for a shell: a ready one of the newest release."""

from collections.abc import Sequence
from dataclasses import dataclass

from examx_cli.cluster import Cluster
from examx_cli.deploy.diagnosis.family import Family
from examx_cli.deploy.diagnosis.reader import Reader
from examx_cli.errors import CommandError, Refusal
from examx_cli.kubectl import is_forbidden
from examx_cli.processes import ProcessError
from examx_cli.status.parts import Part
from examx_constructs.manifests import Object, ObjectId, at, items, mapping, text

_KINDS = ("Deployment", "StatefulSet")


@dataclass(frozen=True, slots=True)
class Place:
    """A container of a pod. `restarts`: how often it ended; `ended`: why it did last, empty where it never has."""

    pod: str
    container: str
    restarts: int = 0
    ended: str = ""
    uid: str = ""

    def __str__(self) -> str:
        """Return it as kubectl names it before a line of a log."""
        return f"{self.pod}/{self.container}"


def places(cluster: Cluster, parts: Sequence[Part]) -> list[Place]:
    """Return the containers of all pods of these parts that have started.

    Raises CommandError where pods cannot be read.
    """
    pods = _pods(cluster)
    found = [_place(pod, part.container) for part in parts for pod in pods if _is_of(pod, part.workload)]
    return list(dict.fromkeys(each for each in found if each is not None))


def best(cluster: Cluster, parts: Sequence[Part]) -> Place:
    """Return the newest pod of the newest release that is ready.

    Raises Refusal where none is, with what pods there are.
    """
    reader = Reader(cluster)
    said: list[str] = []
    for part in parts:
        if part.workload.kind not in _KINDS:
            continue
        family = Family.of(reader, part.workload)
        for resource in (part.workload.resource, "pods"):
            if why := reader.why(resource):
                raise CommandError(f"no pod can be chosen: {why}")
        if family is None:
            said.append(f"{part.workload} does not run: `examx apply` makes it")
            continue
        for pod in family.ready:
            return Place(text(pod, "metadata", "name"), part.container)
        waiting = ", ".join(text(pod, "metadata", "name") for pod in family.waiting)
        none = "it has no pods" if at(family.workload, "spec", "replicas") != 0 else "it is scaled to no pods"
        said.append(f"{part.workload}: {f'not ready: {waiting}' if waiting else none}")
    raise Refusal(f"no pod is ready for a shell: {'; '.join(said)}")


def _pods(cluster: Cluster) -> list[Object]:
    namespace = cluster.target.namespace
    try:
        return cluster.kubectl.objects("get", "pods", f"--namespace={namespace}", "--ignore-not-found")
    except ProcessError as error:
        if is_forbidden(error):
            raise CommandError(f"this identity may not read pods of {namespace} (list pods)") from None
        raise


def _is_of(pod: Object, workload: ObjectId) -> bool:
    """Return whether a pod comes of a workload, by the record of who owns it.

    A ReplicaSet has the name of its Deployment, and a Job that of its CronJob, with one part more.
    """
    for owner in items(pod, "metadata", "ownerReferences"):
        kind, name = text(owner, "kind"), text(owner, "name")
        if (kind, name) == (workload.kind, workload.name):
            return True
        made = {"Deployment": "ReplicaSet", "CronJob": "Job"}.get(workload.kind)
        if kind == made and name.rpartition("-")[0] == workload.name:
            return True
    return False


def _place(pod: Object, container: str) -> Place | None:
    for status in items(pod, "status", "containerStatuses"):
        if text(status, "name") != container:
            continue
        restarts = at(status, "restartCount")
        count = restarts if isinstance(restarts, int) else 0
        last = mapping(status, "lastState", "terminated")
        now = mapping(status, "state")
        if "waiting" in now and not count:
            # It has not started, so it has no log, and kubectl would call that an error.
            return None
        code = at(last, "exitCode")
        ended = f"{text(last, 'reason') or 'ended'}, exit code {code}, at {text(last, 'finishedAt')}" if last else ""
        return Place(text(pod, "metadata", "name"), container, count, ended, text(pod, "metadata", "uid"))
    return None
