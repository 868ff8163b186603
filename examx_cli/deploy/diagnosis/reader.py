"""What of a namespace can be read; and what cannot."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from examx_cli.cluster import Cluster
from examx_cli.errors import CommandError
from examx_cli.kubectl import is_forbidden
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object

_UNKNOWN = "the server doesn't have a resource type"


@dataclass(slots=True)
class Reader:
    """Reads objects of the environment's namespace, each resource once. A failure is kept, and is no error."""

    cluster: Cluster
    _known: dict[str, list[Object]] = field(default_factory=dict[str, list[Object]])
    _forbidden: list[str] = field(default_factory=list[str])
    _failed: list[str] = field(default_factory=list[str])

    def read(self, resource: str) -> list[Object]:
        """The objects of a resource, or one object as `kind/name`; none where they cannot be read."""
        if resource not in self._known:
            self._known[resource] = self._asked(resource)
        return self._known[resource]

    def may_read(self, resource: str) -> bool:
        """Whether a resource that was asked for could be read."""
        return resource not in (*self._forbidden, *self._failed)

    def refusals(self) -> Iterator[str]:
        """What is missing, so that nobody takes silence for health."""
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
            # A cluster without KEDA has no ScaledObjects.
            elif _UNKNOWN not in error.said:
                self._failed.append(resource)
        except CommandError:
            self._failed.append(resource)
        return []
