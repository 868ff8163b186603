"""What an adoption does to single objects of its namespace, beside applying: look, patch, delete, wait."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from examx_cli.cluster import FIELD_MANAGER, Cluster
from examx_cli.errors import Refusal
from examx_cli.kubectl import is_missing, stream
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, ObjectId, text

_PAUSE = 0.5


@dataclass(frozen=True, slots=True)
class Hands:
    """The verbs, for one namespace. `timeout`: the seconds that each wait may take."""

    cluster: Cluster
    timeout: float

    @property
    def namespace(self) -> str:
        """The name of the environment's own, in which the adoption happens."""
        return self.cluster.target.namespace

    def key(self, kind: str, name: str, group: str = "") -> ObjectId:
        """Return the key of an object of the namespace."""
        return ObjectId(group, kind, self.namespace, name)

    def get(self, key: ObjectId) -> Object | None:
        """Return a live object, if there is one."""
        found = self.cluster.kubectl.objects(
            "get", key.resource, *self._place(key), "--ignore-not-found", "--show-managed-fields"
        )
        return found[0] if found else None

    def all(self, kind: str, selector: str = "") -> list[Object]:
        """Return the live objects of a kind."""
        chosen = [f"--selector={selector}"] if selector else []
        return self.cluster.kubectl.objects("get", kind, f"--namespace={self.namespace}", *chosen)

    def patch(self, key: ObjectId, patch: object, kind: str = "merge") -> None:
        """Patch an object. Raises ProcessError."""
        self.cluster.kubectl.run(
            "patch",
            key.resource,
            *self._place(key),
            f"--type={kind}",
            f"--field-manager={FIELD_MANAGER}",
            "--patch-file=/dev/stdin",
            stdin=json.dumps(patch),
        )

    def try_patch(self, key: ObjectId, patch: object) -> None:
        """Patch an object; nothing happens where it is gone."""
        try:
            self.patch(key, patch)
        except ProcessError as error:
            if not is_missing(error):
                raise

    def create(self, item: Object) -> None:
        """Create an object as it is."""
        self.cluster.kubectl.run("create", "-f", "-", f"--field-manager={FIELD_MANAGER}", stdin=json.dumps(item))

    def replace(self, item: Object) -> None:
        """Put an object in the place of the one that is there."""
        self.cluster.kubectl.run("replace", "-f", "-", f"--field-manager={FIELD_MANAGER}", stdin=stream([item]))

    def delete(self, key: ObjectId, *options: str) -> None:
        """Delete an object and wait until it is gone. Raises Refusal where that takes too long."""
        waits = f"--timeout={int(self.timeout)}s"
        arguments = ("delete", key.resource, *self._place(key), "--ignore-not-found", waits, *options)
        try:
            self.cluster.kubectl.run(*arguments, patience=self.timeout)
        except ProcessError as error:
            if is_missing(error):
                return
            if "timed out" in error.said:
                raise Refusal(
                    f"{key} is not gone after {self.timeout:g} s: see what holds it (`kubectl get {key.resource} -o "
                    "yaml`, its finalizers), and run the same command again"
                ) from error
            raise

    def end_pods(self, names: Sequence[str], grace: int) -> None:
        """Tell pods to end, each within `grace` seconds, which may be more than its own grace period."""
        self.cluster.kubectl.run(
            "delete",
            "pods",
            *names,
            f"--namespace={self.namespace}",
            f"--grace-period={grace}",
            "--ignore-not-found",
            "--wait=false",
        )

    def until(self, met: Callable[[], bool], what: str, timeout: float | None = None) -> None:
        """Wait for a condition. Raises Refusal, which says what was waited for."""
        seconds = self.timeout if timeout is None else timeout
        deadline = time.monotonic() + seconds
        while not met():
            if time.monotonic() > deadline:
                raise Refusal(f"waited {seconds:g} s for {what}: run the same command again to go on, or --undo")
            time.sleep(_PAUSE)

    @staticmethod
    def _place(key: ObjectId) -> list[str]:
        return [f"--namespace={key.namespace}"] if key.namespace else []


def uid(item: Object) -> str:
    """Return the identity that an API server gave an object."""
    return text(item, "metadata", "uid")
