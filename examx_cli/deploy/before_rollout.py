"""Jobs that run before any workload changes, such as a migration: one at a time, and waited for.

The API server has room for one Job of a name, so two deployments that meet take turns. The second waits for the Job
that runs, and then deletes it and makes its own. A Job of an apply that was stopped is waited for, and not made twice.
"""

import time
from collections.abc import Iterator

from examx_cli import output
from examx_cli.cluster import Cluster
from examx_cli.comparison import compare
from examx_cli.deploy import diagnosis
from examx_cli.errors import Interruption, Refusal
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, ObjectId, at, items, text

ROLLED = frozenset(
    {
        "CronJob",
        "DaemonSet",
        "Deployment",
        "HorizontalPodAutoscaler",
        "Ingress",
        "PodDisruptionBudget",
        "ScaledJob",
        "ScaledObject",
        "Service",
        "StatefulSet",
    }
)
"""What runs pods, or leads to them: it stays as it is until a Job that runs before has ended well."""
PAUSE = 2.0
"""Seconds between two looks at a Job."""
_TURNS = 20
_NO_DEADLINE = 3600
_MARGIN = 120  # seconds: how long a controller may take to say what is done
_SILENT_LOOKS = 10  # looks in a row without an answer
_LOG_LINES = 15
_LOG_EVERY = 5  # looks
_IMMUTABLE = "field is immutable"


def run(cluster: Cluster, job: Object, expected: Object, *, logs: bool, otherwise: str) -> None:
    """Run a Job to its end. `expected` is how the cluster will have it.

    Nothing is run where it has ended well already, just as it is. Raises Refusal, with what its pods say, where it
    fails, and Interruption when it is stopped while it waits: the Job goes on.
    """
    key = ObjectId.of(job)
    try:
        with output.group(f"Run {key.name}, before anything rolls"):
            ended, tail = _Turn(cluster, job, expected, logs=logs).ended()
    except KeyboardInterrupt as stop:
        raise Interruption(
            f"interrupted while {key.name} runs: nothing is rolled out, and it goes on in the cluster; the same "
            "command again waits for its end"
        ) from stop
    why = _failure(ended)
    if why is None:
        output.note(f"{key}: done")
        return
    with output.group(f"Why {key.name} failed"):
        for line in (why, *diagnosis.explain(cluster, key, logs=logs), *tail):
            output.note(line)
    raise Refusal(
        f"nothing was rolled out: {key} failed ({why.partition(':')[0]}); what runs goes on as it was, beside what the "
        f"Job may have changed; mend it and apply again, {otherwise}"
    )


class _Turn:
    """One deployment's turn with a Job."""

    def __init__(self, cluster: Cluster, job: Object, expected: Object, *, logs: bool) -> None:
        self._cluster, self._job, self._expected, self._logs = cluster, job, expected, logs
        self._key = ObjectId.of(job)
        self._tail = ""
        self._made = False

    def ended(self) -> tuple[Object, list[str]]:
        """Return the Job as it ended, and the last lines of a log that is gone by now."""
        for _ in range(_TURNS):
            found = self._found()
            if found is None:
                self._make()
            elif text(found, "metadata", "deletionTimestamp"):
                time.sleep(PAUSE)
            elif self._is_ours(found) and (self._made or _failure(found) is None):
                done = found if is_over(found) else self._awaited(found)
                return done, self._lines(done)
            elif is_over(found):
                self._cluster.delete_this(found, _path(self._key))
            else:
                output.note(f"{self._key}: one of another release runs; waiting for its end")
                self._awaited(found)
        raise Refusal(
            f"nothing was rolled out: others deploy here at the same time, and {self._key} was theirs {_TURNS} times; "
            "apply again when they are done"
        )

    def _make(self) -> None:
        try:
            for line in self._cluster.apply([self._job]):
                output.note(line)
            self._made = True
        except ProcessError as error:
            # Somebody else's came first: it is waited for.
            if _IMMUTABLE not in error.said:
                raise

    def _is_ours(self, found: Object) -> bool:
        return not compare([found], [self._expected]).changes

    def _awaited(self, found: Object) -> Object:
        """Return the Job when it has ended. Raises Refusal where it is gone before, or goes on for too long."""
        uid = text(found, "metadata", "uid")
        deadline = at(found, "spec", "activeDeadlineSeconds")
        patience = (deadline if isinstance(deadline, int) else _NO_DEADLINE) + _MARGIN
        until, said, silent, look = time.monotonic() + patience, "", 0, 0
        while time.monotonic() < until:
            try:
                now = self._found()
            except ProcessError:
                silent += 1
                if silent == _SILENT_LOOKS:
                    raise
                now = found
            else:
                silent = 0
            if now is None or text(now, "metadata", "uid") != uid:
                raise Refusal(
                    f"nothing was rolled out: somebody removed {self._key} before its end was seen; apply again"
                )
            if is_over(now):
                return now
            if (line := _progress(now)) != said:
                output.note(f"{self._key.name}: {line}")
                said = line
            if self._logs and look % _LOG_EVERY == 0:
                self._tail = self._log() or self._tail
            look += 1
            time.sleep(PAUSE)
        raise Refusal(
            f"nothing was rolled out: {self._key} still runs after {patience} s; the same command again goes on waiting"
        )

    def _found(self) -> Object | None:
        return next(iter(self._cluster.read([self._job]).objects.values()), None)

    def _log(self) -> str:
        try:
            return self._cluster.kubectl.run(
                "logs", f"job/{self._key.name}", f"--namespace={self._key.namespace}", f"--tail={_LOG_LINES}"
            )
        except ProcessError:
            # No pod runs yet.
            return ""

    def _lines(self, done: Object) -> list[str]:
        """Return what the pod last said, where its deadline took it.

        Such a pod is deleted, and its log goes with it.
        """
        if not self._tail.strip() or not (_failure(done) or "").startswith("DeadlineExceeded"):
            return []
        return ["last lines before it was stopped:", *(f"  | {line}" for line in self._tail.splitlines())]


def is_over(job: Object) -> bool:
    """Return whether a Job has ended, well or not."""
    return any(_conditions(job, "Complete", "Failed"))


def _failure(job: Object) -> str | None:
    """Return why a Job failed; None for one that ended well, or goes on."""
    failed = next(_conditions(job, "Failed"), None)
    if failed is None:
        return None
    return ": ".join(filter(None, [text(failed, "reason"), text(failed, "message")])) or "Failed"


def _conditions(job: Object, *types: str) -> Iterator[object]:
    return (
        each
        for each in items(job, "status", "conditions")
        if text(each, "type") in types and text(each, "status") == "True"
    )


def _progress(job: Object) -> str:
    if at(job, "spec", "suspend") is True:
        return "it is suspended: somebody has to let it go on"
    counts = {name: at(job, "status", name) or 0 for name in ("active", "ready", "failed")}
    return f"{counts['active']} pods active, {counts['ready']} ready, {counts['failed']} failed"


def _path(key: ObjectId) -> str:
    return f"/apis/batch/v1/namespaces/{key.namespace}/jobs/{key.name}"
