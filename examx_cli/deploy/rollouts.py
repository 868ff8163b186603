"""Waiting until what was applied runs: one `kubectl rollout status` for each workload, all at the same time."""

import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from examx_cli.cluster import Cluster
from examx_constructs.manifests import Object, ObjectId

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")

_RETRIES = 5
_LONGEST_LINE = 10_000  # characters
# The API server ends long watches now and then; that says nothing of the rollout.
_FINAL = ("exceeded its progress deadline", "timed out waiting for the condition", "not found")


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of a rollout by now. It has ended when `failed` is no longer None."""

    workload: ObjectId
    line: str
    failed: bool | None = None


def workloads(objects: Iterable[Object]) -> list[ObjectId]:
    """Return what of these objects runs pods and can be waited for."""
    return [key for key in map(ObjectId.of, objects) if key.kind in WORKLOADS]


def wait(
    cluster: Cluster, keys: Iterable[ObjectId], *, timeout: float, tell: Callable[[Progress], None]
) -> Mapping[ObjectId, str]:
    """Wait for rollouts, at most `timeout` seconds; returns why the failed ones failed.

    An interruption ends the waiting and nothing else: the rollouts go on in the cluster.
    """
    deadline = time.monotonic() + timeout
    said: queue.Queue[Progress] = queue.Queue()
    watchers = [_Watcher(cluster, key, deadline, said) for key in keys]
    failed: dict[ObjectId, str] = {}
    try:
        for watcher in watchers:
            watcher.start()
        going = len(watchers)
        while going:
            progress = said.get()
            tell(progress)
            going -= progress.failed is not None
            if progress.failed:
                failed[progress.workload] = progress.line
    finally:
        for watcher in watchers:
            watcher.stop()
    return failed


class _Watcher(threading.Thread):
    """Follows one rollout by the lines that kubectl prints."""

    def __init__(self, cluster: Cluster, key: ObjectId, deadline: float, said: "queue.Queue[Progress]") -> None:
        super().__init__(daemon=True, name=f"rollout of {key}")
        self._cluster, self._key, self._deadline, self._said = cluster, key, deadline, said
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False

    def run(self) -> None:
        try:
            self._follow()
        except Exception as error:  # the one who waits must hear of it
            self._said.put(Progress(self._key, str(error), failed=True))

    def stop(self) -> None:
        self._stopped = True
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def _follow(self) -> None:
        line = ""
        for _ in range(_RETRIES):
            status, line = self._once()
            if status == 0 or self._stopped or any(sign in line for sign in _FINAL):
                self._said.put(Progress(self._key, line, failed=status != 0))
                return
        self._said.put(Progress(self._key, line, failed=True))

    def _once(self) -> tuple[int, str]:
        left = max(1, int(self._deadline - time.monotonic()))
        command = self._cluster.kubectl.command(
            "rollout", "status", self._key.resource, f"--namespace={self._key.namespace}", f"--timeout={left}s"
        )
        line = ""
        with subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            self._process = process
            for printed in _lines(process.stdout):
                if stripped := printed.strip():
                    line = stripped
                    self._said.put(Progress(self._key, line))
        return process.returncode, line


def _lines(stream: IO[str] | None) -> Iterator[str]:
    """Yield what a program prints, line by line; one without an end in pieces."""
    while stream is not None and (line := stream.readline(_LONGEST_LINE)):
        yield line
