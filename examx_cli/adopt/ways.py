"""The two ways: there, to what is rendered, and back, to what the record says. What is done on both is the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from examx_cli import output
from examx_cli.adopt.carrying import carried
from examx_cli.adopt.hands import Hands
from examx_cli.adopt.record import Record, as_it_was, content_of
from examx_constructs.manifests import Object, ObjectId, at, items, mapping, template_of, text

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Way(Protocol):
    """What shall be, and how objects are brought to that."""

    @property
    def hands(self) -> Hands:
        """What it does with single objects."""
        ...

    def wanted(self, key: ObjectId) -> Object | None:
        """Return an object as it shall be; None for one that shall not be there."""
        ...

    def put(self, objects: Sequence[Object]) -> None:
        """Bring objects to that."""
        ...

    def is_as_wanted(self, item: Object) -> bool:
        """Return whether an object is already as it shall be."""
        ...

    def has_pods_of(self, live: Object, wanted: Object) -> bool:
        """Return whether a live Deployment makes the pods that are wanted already."""
        ...

    def create(self, deployment: Object, replicas: int) -> None:
        """Create a Deployment with as many pods as there are."""
        ...

    def complete(self, deployment: Object, replicas: int) -> None:
        """Do what an interruption may have left undone of its creation, while the pods from before are set aside."""
        ...

    def returning(self, name: str) -> Sequence[str]:
        """Return the names of ReplicaSets that the Deployment takes back."""
        ...


@dataclass(frozen=True, slots=True)
class There:
    """To what is rendered."""

    hands: Hands
    rendered: Mapping[ObjectId, Object]
    earlier: Mapping[ObjectId, Object | None]
    """What was there before, as the record says."""

    def wanted(self, key: ObjectId) -> Object | None:
        """Return the object as it is rendered."""
        return self.rendered.get(key)

    def put(self, objects: Sequence[Object]) -> None:
        """Apply them."""
        if objects:
            for line in self.hands.cluster.apply(objects):
                output.note(line)

    def is_as_wanted(self, item: Object) -> bool:
        """Return whether an apply would change nothing, by the server's own dry run."""
        key = ObjectId.of(item)
        live = self.hands.get(key)
        if live is None:
            return False
        after = self.hands.cluster.try_apply([item], {key: live}).accepted.get(key)
        return after is not None and content_of(after) == content_of(live)

    def has_pods_of(self, live: Object, wanted: Object) -> bool:
        """Return whether an apply would leave its pods alone, by the server's own dry run."""
        key = ObjectId.of(wanted)
        trial = self.hands.cluster.try_apply([wanted], {key: live})
        after = trial.accepted.get(key)
        return after is not None and template_of(after) == template_of(live)

    def create(self, deployment: Object, replicas: int) -> None:
        """Apply it with as many pods as there are, which its autoscaler changes afterwards.

        Without pods where controllers put something into those of the one before: that must be there first.
        """
        first = 0 if self._carried(deployment) else self._number(deployment, replicas)
        self.put([{**deployment, "spec": {**mapping(deployment, "spec"), "replicas": first}}])
        self.complete(deployment, replicas)

    def complete(self, deployment: Object, replicas: int) -> None:
        """Put in again what controllers had put in; let it have pods; let go of their number."""
        key = ObjectId.of(deployment)
        for manager, part in self._carried(deployment).items():
            self.hands.cluster.apply_as(manager, part)
            output.note(f"{key}: what {manager} put into it stays")
        if at(self.hands.get(key) or {}, "spec", "replicas") == 0:
            self.hands.patch(key, {"spec": {"replicas": self._number(deployment, replicas)}})
        self.put([deployment])

    def _carried(self, deployment: Object) -> Mapping[str, Object]:
        before = self.earlier.get(ObjectId.of(deployment))
        return carried(before, deployment) if before else {}

    @staticmethod
    def _number(deployment: Object, replicas: int) -> int:
        fixed = at(deployment, "spec", "replicas")
        return max(fixed if isinstance(fixed, int) else replicas, 1)

    def returning(self, name: str) -> Sequence[str]:
        """Return none: what is set aside on this way is what shall end."""
        return ()


@dataclass(frozen=True, slots=True)
class Back:
    """To what the record says. What was not there then is removed by the steps themselves."""

    hands: Hands
    record: Record

    def wanted(self, key: ObjectId) -> Object | None:
        """Return the object as it was."""
        return self.record.objects.get(key)

    def put(self, objects: Sequence[Object]) -> None:
        """Create or replace them, and write down again who owned what."""
        for each in objects:
            key = ObjectId.of(each)
            live = self.hands.get(key)
            if live is not None and content_of(live) == content_of(each):
                continue
            if live is None:
                self.hands.create(_without_owners(each))
            else:
                self.hands.replace(_without_owners(each))
            self._write_owners(each)
            output.note(f"{key}: as it was")

    def _write_owners(self, item: Object) -> None:
        """Write down again who owned what: who changes a field owns it, so that is a change of its own.

        kubectl itself rewrites what it had applied last, where an object says so.
        """
        if applied := text(item, "metadata", "annotations", LAST_APPLIED):
            self.hands.patch(ObjectId.of(item), {"metadata": {"annotations": {LAST_APPLIED: applied}}})
        if owners := items(item, "metadata", "managedFields"):
            record = [{"op": "replace", "path": "/metadata/managedFields", "value": owners}]
            self.hands.patch(ObjectId.of(item), record, "json")

    def is_as_wanted(self, item: Object) -> bool:
        """Return whether it is as it was."""
        live = self.hands.get(ObjectId.of(item))
        return live is not None and content_of(live) == content_of(item)

    def has_pods_of(self, live: Object, wanted: Object) -> bool:
        """Return whether its template and its selector are as they were."""
        return (
            template_of(live) == template_of(wanted)
            and mapping(live, "spec", "selector") == mapping(wanted, "spec", "selector")
        )  # fmt: skip

    def create(self, deployment: Object, replicas: int) -> None:
        """Create it with the pods that it had; with more where there are more, and an autoscaler decides afterwards."""
        had = at(deployment, "spec", "replicas")
        number = had if isinstance(had, int) and (had == 0 or had >= replicas) else replicas
        self.put([{**deployment, "spec": {**mapping(deployment, "spec"), "replicas": number}}])

    def complete(self, deployment: Object, replicas: int) -> None:
        """Do nothing: it is created as it was."""

    def returning(self, name: str) -> Sequence[str]:
        """Return those that it had: their pods may still run."""
        return [text(each, "name") for each in self.record.replica_sets.get(name, ())]


def _without_owners(item: Object) -> Object:
    metadata = {name: value for name, value in mapping(item, "metadata").items() if name != "managedFields"}
    return {**as_it_was(item), "metadata": metadata}
