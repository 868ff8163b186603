"""A workload with what hangs on it: the ReplicaSet of its newest revision, and its pods."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from examx_cli.deploy.diagnosis.reader import Reader
from examx_constructs.manifests import Object, ObjectId, at, items, mapping, text

REPLICA_SETS = "replicasets.apps"
PODS = "pods"

_REVISION = "deployment.kubernetes.io/revision"
_REVISION_OF_POD = "controller-revision-hash"


@dataclass(frozen=True, slots=True)
class Family:
    """A workload, and what is its own by the record of its owner, whatever else its selector matches."""

    key: ObjectId
    workload: Object
    replica_set: Object | None
    pods: Sequence[Object]
    """Those of the newest revision first, and of these the newest."""

    @classmethod
    def of(cls, reader: Reader, key: ObjectId) -> Self | None:
        """Return the family of a workload, if it is there."""
        workload = next(iter(reader.read(key.resource)), None)
        return None if workload is None else cls.of_workload(reader, key, workload)

    @classmethod
    def of_workload(cls, reader: Reader, key: ObjectId, workload: Object) -> Self:
        """Return the family of a workload that was read already."""
        sets = _owned(reader.read(REPLICA_SETS), {_uid(workload)}) if key.kind == "Deployment" else []
        newest = max(sets, key=_revision, default=None)
        pods = reader.read(PODS)
        if reader.may_read(REPLICA_SETS):
            pods = _owned(pods, {_uid(workload), *map(_uid, sets)})
        else:
            pods = [each for each in pods if _is_selected(each, workload)]
        return cls(key, workload, newest, sorted(pods, key=lambda pod: _age(pod, workload, newest), reverse=True))

    @property
    def maker(self) -> Object:
        """What creates its pods, and says when it cannot."""
        return self.replica_set or self.workload

    @property
    def waiting(self) -> list[Object]:
        """The pods that are not ready, and are not on their way out."""
        return [each for each in self.pods if not _is_ready(each) and not _is_stopping(each)]

    @property
    def ready(self) -> list[Object]:
        """The pods that are ready, and are not on their way out: those of the newest revision first."""
        return [each for each in self.pods if _is_ready(each) and not _is_stopping(each)]

    @property
    def stopping(self) -> list[str]:
        """The names of the pods that are on their way out."""
        return [text(each, "metadata", "name") for each in self.pods if _is_stopping(each)]

    @property
    def lacks_pods(self) -> bool:
        """Whether fewer pods were created than are wanted."""
        wanted = at(self.maker, "spec", "replicas")
        created = at(self.maker, "status", "replicas")
        if wanted is None:
            wanted = at(self.maker, "status", "desiredNumberScheduled")
            created = at(self.maker, "status", "currentNumberScheduled")
        return isinstance(wanted, int) and (created if isinstance(created, int) else 0) < wanted

    def condition(self, kind: str) -> object:
        """Return a condition of the workload; None where it has none of this type."""
        return condition(self.workload, kind)


def condition(item: object, kind: str) -> object:
    """Return a condition of an object; None where it has none of this type."""
    return next((each for each in items(item, "status", "conditions") if text(each, "type") == kind), None)


def _age(pod: Object, workload: Object, replica_set: Object | None) -> tuple[bool, str]:
    if replica_set is not None:
        is_new = _uid(replica_set) in _owners(pod)
    else:
        revision = text(pod, "metadata", "labels", _REVISION_OF_POD)
        is_new = bool(revision) and revision == text(workload, "status", "updateRevision")
    return is_new, text(pod, "metadata", "creationTimestamp")


def _revision(replica_set: Object) -> int:
    revision = text(replica_set, "metadata", "annotations", _REVISION)
    return int(revision) if revision.isdecimal() else 0


def _owned(found: Sequence[Object], owners: set[str]) -> list[Object]:
    return [each for each in found if _owners(each) & owners]


def _owners(item: Object) -> set[str]:
    return {text(each, "uid") for each in items(item, "metadata", "ownerReferences")}


def _is_selected(pod: Object, workload: Object) -> bool:
    labels = mapping(pod, "metadata", "labels")
    wanted = mapping(workload, "spec", "selector", "matchLabels")
    return bool(wanted) and all(labels.get(name) == value for name, value in wanted.items())


def _is_ready(pod: Object) -> bool:
    return text(condition(pod, "Ready"), "status") == "True"


def _is_stopping(pod: Object) -> bool:
    return bool(text(pod, "metadata", "deletionTimestamp"))


def _uid(item: Object) -> str:
    return text(item, "metadata", "uid")
