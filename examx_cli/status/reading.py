"""What one look at an environment reads with: everything at once, each thing once, and why what is missing is."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from examx_cli.cluster import Cluster
from examx_cli.deploy import history
from examx_cli.deploy.diagnosis.autoscalers import HPAS, SCALED_OBJECTS
from examx_cli.deploy.diagnosis.family import PODS, REPLICA_SETS
from examx_cli.deploy.diagnosis.reader import Reader, last_line
from examx_cli.errors import CommandError
from examx_cli.kubectl import is_forbidden
from examx_cli.processes import ProcessError
from examx_cli.status.values import Unread
from examx_constructs.manifests import Object

DEPLOYMENTS, STATEFUL_SETS = "deployments.apps", "statefulsets.apps"
EVENTS = "events"
INGRESSES = "ingresses.networking.k8s.io"
BINDINGS = "targetgroupbindings.elbv2.k8s.aws"
RELEASES = f"configmap/{history.NAME}"
_AT_ONCE = 6
"""Calls of kubectl at the same time: each is a process, and most of its time it waits for the network."""
_ALWAYS = (
    DEPLOYMENTS,
    STATEFUL_SETS,
    PODS,
    REPLICA_SETS,
    HPAS,
    SCALED_OBJECTS,
    EVENTS,
    INGRESSES,
    BINDINGS,
    RELEASES,
)


@dataclass(slots=True)
class Reading:
    """One look: an environment's rendered manifests, and what its cluster answers."""

    cluster: Cluster
    rendered: Sequence[Object]
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Reader(self.cluster)

    def ahead(self) -> None:
        """Read all that is always needed, several at a time."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self.reader.read, _ALWAYS))

    def objects(self, resource: str) -> list[Object] | Unread:
        """Return the objects of a resource of the namespace."""
        found = self.reader.read(resource)
        why = self.reader.why(resource)
        return Unread(why) if why else found

    def is_unknown(self, resource: str) -> bool:
        """Return whether a resource that was asked for is one that the cluster does not have at all."""
        return bool(self.reader.why(resource)) and self.reader.may_read(resource)

    def raw(self, paths: Iterable[tuple[str, str]]) -> list[Object | Unread]:
        """Return what the API server answers for paths of its own, each with the words for what is asked there."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self._raw, paths))

    def _raw(self, asked: tuple[str, str]) -> Object | Unread:
        path, what = asked
        try:
            return self.cluster.kubectl.raw(path)
        except ProcessError as error:
            return Unread(f"this identity may not read {what}" if is_forbidden(error) else last_line(error))
        except CommandError as error:
            return Unread(str(error))
