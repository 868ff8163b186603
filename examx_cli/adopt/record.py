"""What there was before: the record of an adoption, which its way back and every run after an interruption go by.

It is a Secret, because manifests of today hold keys. It is gzip'd JSON of every object that an adoption touches as it
was, and of the ReplicaSets that the Deployments had. What is to be removed and the steps that were begun are in it too.
"""

import base64
import gzip
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self, cast

from examx_cli.adopt.hands import Hands
from examx_cli.adopt.inventory import Inventory
from examx_cli.deploy.history import NAME as HISTORY
from examx_cli.errors import CommandError, Refusal
from examx_constructs.manifests import Object, ObjectId, mapping, text
from examx_constructs.manifests.object_id import words

NAME = "examx-adoption"
MANAGER = "examx-adoption"
LARGEST = 1024 * 1024
"""Bytes that a Secret takes at most (Kubernetes, "Secrets", size of individual Secrets)."""

_LARGEST_UNPACKED = 64 * LARGEST
_VERSION = 1
_KEY = "record"
_SERVERS_OWN = words(
    "creationTimestamp deletionGracePeriodSeconds deletionTimestamp generation resourceVersion selfLink uid"
)


def _unpacked(packed: bytes) -> bytes:
    """Return what was packed. Raises ValueError for more than a record has, as a few bytes may mean any number."""
    with gzip.open(io.BytesIO(packed)) as stream:
        content = stream.read(_LARGEST_UNPACKED + 1)
    if len(content) > _LARGEST_UNPACKED:
        raise ValueError(f"it holds more than {_LARGEST_UNPACKED >> 20} MiB")
    return content


@dataclass(frozen=True, slots=True)
class Record:
    """`objects`: each as it was, None where it was not there. `replica_sets`: of each Deployment, what it had."""

    environment: str
    commit: str
    begun: str
    by: str
    remove: tuple[str, ...] = ()
    objects: Mapping[ObjectId, Object | None] = field(default_factory=dict[ObjectId, Object | None])
    replica_sets: Mapping[str, Sequence[Object]] = field(default_factory=dict[str, Sequence[Object]])
    steps: tuple[str, ...] = ()
    undoing: bool = False

    @classmethod
    def of(cls, hands: Hands) -> Self | None:
        """Return the record that a namespace holds; None where no adoption was begun."""
        secret = hands.get(hands.key("Secret", NAME))
        if secret is None:
            return None
        try:
            content = json.loads(_unpacked(base64.b64decode(text(secret, "data", _KEY))))
            return cls._read(content)
        except (ValueError, OSError, EOFError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise CommandError(
                f"the Secret {NAME} of {hands.namespace} is no record of an adoption ({error}): if nothing is under "
                "way, delete it"
            ) from error

    @classmethod
    def _read(cls, content: Mapping[str, Any]) -> Self:
        if content["version"] != _VERSION:
            raise CommandError(f"the record {NAME} was written by another version of this command: use that one")
        return cls(
            environment=content["environment"],
            commit=content["commit"],
            begun=content["begun"],
            by=content["by"],
            remove=tuple(content["remove"]),
            objects={
                **{ObjectId.of(each): each for each in content["objects"]},
                **{ObjectId(*each): None for each in content["absent"]},
            },
            replica_sets=content["replicaSets"],
            steps=tuple(content["steps"]),
            undoing=content["undoing"],
        )

    def with_state(self, inventory: Inventory, keys: Iterable[ObjectId], sets: Mapping[str, Sequence[Object]]) -> Self:
        """Return the record with how these objects are now, where it does not know already how they were."""
        new = {key: inventory.objects.get(key) for key in keys if key not in self.objects}
        return replace(self.with_objects(new), replica_sets={**sets, **self.replica_sets})

    def with_objects(self, new: Mapping[ObjectId, Object | None]) -> Self:
        """Return the record with how more objects are now."""
        states = {key: None if item is None else as_it_was(item) for key, item in new.items()}
        return replace(self, objects={**self.objects, **states})

    def begin(self, step: str) -> Self:
        """Return the record with a step begun."""
        return self if step in self.steps else replace(self, steps=(*self.steps, step))

    def before(self, inventory: Inventory) -> Inventory:
        """Return the inventory as it was before anything was touched."""
        known = {key: item for key, item in inventory.objects.items() if key not in self.objects}
        was = {key: item for key, item in self.objects.items() if item is not None and not _is_history(key)}
        return Inventory(inventory.namespace, {**known, **was}, inventory.unread)

    def save(self, hands: Hands) -> None:
        """Write it to the namespace. Raises Refusal where it is too large for a Secret."""
        encoded = base64.b64encode(self.content()).decode()
        secret: Object = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": NAME,
                "namespace": hands.namespace,
                "labels": {"app.kubernetes.io/managed-by": "examx"},
                "annotations": {"examx.ai/about": "What ran here before `examx adopt`; --undo needs it."},
            },
            "type": "Opaque",
            "data": {_KEY: encoded},
        }
        hands.cluster.apply_as(MANAGER, secret, force=True)

    def content(self) -> bytes:
        """Return the record as the Secret holds it. Raises Refusal where that is too large."""
        written = json.dumps(
            {
                "version": _VERSION,
                "environment": self.environment,
                "commit": self.commit,
                "begun": self.begun,
                "by": self.by,
                "remove": list(self.remove),
                "objects": [each for each in self.objects.values() if each is not None],
                "absent": [list(key) for key, item in self.objects.items() if item is None],
                "replicaSets": self.replica_sets,
                "steps": list(self.steps),
                "undoing": self.undoing,
            },
            separators=(",", ":"),
        )
        content = gzip.compress(written.encode(), mtime=0)
        if len(content) > LARGEST:
            raise Refusal(
                f"what is there takes {len(content)} bytes in the record, and a Secret takes {LARGEST}: move what is "
                "large (ConfigMaps, annotations) out of the objects that are taken over"
            )
        return content


def _is_history(key: ObjectId) -> bool:
    return (key.kind, key.name) == ("ConfigMap", HISTORY)


def as_it_was(item: Object) -> Object:
    """Return an object without what an API server says of its own: so it can be made again."""
    metadata = {name: value for name, value in mapping(item, "metadata").items() if name not in _SERVERS_OWN}
    kept = {name: value for name, value in item.items() if name != "status"}
    return {**kept, "metadata": metadata}


def content_of(item: Object) -> Object:
    """Return what makes two states of an object the same state.

    Its identity and the record of who owns what are left out.
    """
    was = as_it_was(item)
    metadata = dict(mapping(was, "metadata"))
    metadata.pop("managedFields", None)
    annotations = dict(mapping(metadata, "annotations"))
    annotations.pop("deployment.kubernetes.io/revision", None)
    metadata.pop("annotations", None)
    return cast("Object", {**was, "metadata": {**metadata, **({"annotations": annotations} if annotations else {})}})


def replica_sets_of(hands: Hands) -> dict[str, list[Object]]:
    """Return for each Deployment of the namespace, by name: its ReplicaSets, with how many pods each has."""
    found: dict[str, list[Object]] = {}
    for each in hands.all("replicasets.apps"):
        for owner in cast("list[object]", mapping(each, "metadata").get("ownerReferences") or []):
            if text(owner, "kind") == "Deployment":
                found.setdefault(text(owner, "name"), []).append(
                    {
                        "name": text(each, "metadata", "name"),
                        "uid": text(each, "metadata", "uid"),
                        "hash": text(each, "metadata", "labels", "pod-template-hash"),
                        "replicas": mapping(each, "spec").get("replicas", 0),
                    }
                )
    return found
