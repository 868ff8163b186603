"""What of a namespace can be read; and what cannot."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from examx_cli.cluster import Cluster
from examx_cli.errors import CommandError
from examx_cli.kubectl import is_forbidden
from examx_cli.processes import ProcessError
from examx_cli.unreached import UnreachedError
from examx_constructs.manifests import Object

_UNKNOWN = "the server doesn't have a resource type"


@dataclass(slots=True)
class Reader:
    """Reads objects of the environment's namespace, each resource once. A failure is kept, and is no error."""

    cluster: Cluster
    _known: dict[str, list[Object]] = field(default_factory=dict[str, list[Object]])
    _forbidden: list[str] = field(default_factory=list[str])
    _failed: list[str] = field(default_factory=list[str])
    _why: dict[str, str] = field(default_factory=dict[str, str])

    def read(self, resource: str) -> list[Object]:
        """Return the objects of a resource, or one object as `kind/name`; none where they cannot be read."""
        if resource not in self._known:
            self._known[resource] = self._asked(resource)
        return self._known[resource]

    def may_read(self, resource: str) -> bool:
        """Return whether a resource that was asked for could be read."""
        return resource not in (*self._forbidden, *self._failed)

    def why(self, resource: str) -> str:
        """Return why a resource that was asked for could not be read; empty where it could."""
        return self._why.get(resource, "")

    def refusals(self) -> Iterator[str]:
        """Yield what is missing, so that nobody takes silence for health."""
        if self._forbidden:
            yield f"not looked at, because this identity may not read them: {', '.join(self._forbidden)}"
        if self._failed:
            yield f"not looked at, because they could not be read: {', '.join(self._failed)}"

    def _asked(self, resource: str) -> list[Object]:
        where = f"--namespace={self.cluster.target.namespace}"
        try:
            return self.cluster.kubectl.objects("get", resource, where, "--ignore-not-found")
        except ProcessError as error:
            if is_forbidden(error):
                self._forbidden.append(resource)
                self._why[resource] = f"this identity may not read {resource}"
            # A cluster without KEDA has no ScaledObjects.
            elif _UNKNOWN in error.said:
                self._why[resource] = f"the cluster has no {resource}: what brings them is not installed"
            else:
                self._failed.append(resource)
                self._why[resource] = f"{resource} could not be read: {last_line(error)}"
        except CommandError as error:
            self._failed.append(resource)
            self._why[resource] = f"{resource} could not be read: {error}"
        return []


def last_line(error: ProcessError) -> str:
    """Return the last that kubectl said of a failure, which tells most; in plain words where no cluster answers."""
    if isinstance(error, UnreachedError):
        return str(error)
    return (error.said.splitlines() or [f"kubectl ended with status {error.status_of_program}"])[-1]
