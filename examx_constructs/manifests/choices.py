"""Which files are ways to choose from: examples, versions and variants of one installation, what a program printed."""

from collections import defaultdict
from collections.abc import Hashable
from functools import cached_property

from examx_constructs.manifests.pods import TEMPLATES
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.settings.naming import CLUSTER_ANNOTATION


class Choices:
    """Says whether two objects may be there instead of each other.

    A file that defines the same workload as another file beside it is one way to choose from. So is a folder, whose
    workload another folder defines. Never so where a Namespace is of this project: its files are all applied.
    """

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests

    def between(self, one: Resource, other: Resource) -> bool:
        """Return whether two objects are in different files, where one is a way to choose from."""
        if one.root.file == other.root.file or self._has_house:
            return False
        if one.unit == other.unit:
            return bool({one.root.file, other.root.file} & self._files)
        return any(len(self._units[each.id]) > 1 for each in (one, other))

    @cached_property
    def _units(self) -> dict[Hashable, set[str]]:
        units: defaultdict[Hashable, set[str]] = defaultdict(set)
        for workload in self._manifests.kind(*TEMPLATES):
            units[workload.id].add(workload.unit)
        return units

    @cached_property
    def _files(self) -> set[str | None]:
        """The files that define a workload which another one of the same unit defines as well."""
        files: defaultdict[Hashable, set[str | None]] = defaultdict(set)
        for workload in self._manifests.kind(*TEMPLATES):
            files[workload.id, workload.unit].add(workload.root.file)
        return {file for same in files.values() if len(same) > 1 for file in same}

    @cached_property
    def _has_house(self) -> bool:
        return any(each.annotations[CLUSTER_ANNOTATION].present for each in self._manifests.kind("Namespace"))
