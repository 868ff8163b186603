"""What is applied together, and what instead of each other.

One folder is (without the folders in it), one kustomization, one stream, and what is given with `--together`. Folders
that define the same workload, Service, autoscaler, Ingress or claim are alternatives, such as overlays/dev and
overlays/prod, or one example beside another. One of them is applied, and not the other. A Deployment in one and a
DaemonSet of its name in the other are the same workload. What they have in common beside that, such as a
ServiceAccount, makes them none. Overlays of one base are alternatives whatever they hold, see `overlays`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import PurePath
from typing import NamedTuple

from examx_constructs.manifests.fields import Object
from examx_constructs.manifests.node import NOWHERE, Origin
from examx_constructs.manifests.object_id import ObjectId
from examx_constructs.manifests.pods import TEMPLATES
from examx_constructs.manifests.positions import Position

_OF_AN_APPLICATION = frozenset(TEMPLATES) | {
    "HorizontalPodAutoscaler",
    "Ingress",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "ScaledJob",
    "ScaledObject",
    "Service",
}
_LASTING = frozenset({"DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})


class Twice(NamedTuple):
    """A key that its mapping has already: where it leads, and where each of them is. The last one counts."""

    path: tuple[str | int, ...]
    places: tuple[Position, ...]


class Document(NamedTuple):
    """One object as it was read."""

    content: Object
    file: str | None = None
    complete: bool = True
    """Whether nothing adds to it, or to its surroundings, before it is applied, as an overlay does."""
    unit: str | None = None
    """What is applied as one; None for the folder of the file."""
    folder: str | None = None
    """Where an object without a namespace meets others; None for the folder of the file."""
    instead_of: frozenset[str] = frozenset()
    """The units that are known to be applied instead of its own: other overlays of its base."""
    origin: Origin = NOWHERE
    twice: tuple[Twice, ...] = ()
    """The keys in it that their mapping has more than once."""
    switches: tuple[str, ...] = ()
    """The fields that were meant as names, and that kubectl takes for truth values: `n` is false."""

    @property
    def applied_with(self) -> str:
        """The unit that it belongs to; empty for what came out of no file."""
        return _folder_of(self.file) if self.unit is None else self.unit

    @property
    def meets_in(self) -> str:
        """Where it meets others if it names no namespace."""
        return _folder_of(self.file) if self.folder is None else self.folder


@lru_cache(maxsize=1024)
def _folder_of(file: str | None) -> str:
    return str(PurePath(file).parent) if file else ""


def alternatives(documents: Iterable[Document]) -> Mapping[str, frozenset[str]]:
    """Return the units that are applied instead of a unit; those that have none are left out."""
    units: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for document in documents:
        if document.instead_of:
            found[document.applied_with] |= document.instead_of
        object_id = ObjectId.of(document.content)
        if object_id.kind in _OF_AN_APPLICATION and object_id.name:
            what = ("", "workload") if object_id.kind in _LASTING else (object_id.group, object_id.kind)
            units[*what, object_id.namespace, object_id.name].add(document.applied_with)
    for same in units.values():
        if len(same) > 1:
            for unit in same:
                found[unit] |= same
    return {unit: frozenset(others - {unit}) for unit, others in found.items()}
