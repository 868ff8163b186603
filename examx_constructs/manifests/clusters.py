"""Which cluster objects belong to."""

from collections import defaultdict
from collections.abc import Iterable

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import ObjectId
from examx_constructs.manifests.together import Document
from examx_constructs.settings.naming import CLUSTER_ANNOTATION


class Clusters:
    """Which cluster an object belongs to, by the Namespace objects of the set."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._by_file: defaultdict[str | None, set[str]] = defaultdict(set)
        self._by_namespace: defaultdict[str, set[str]] = defaultdict(set)
        self._exact: dict[tuple[str | None, str], str] = {}
        for document in documents:
            if document.content.get("kind") == "Namespace":
                root = Node(ObjectId.of(document.content), document.file, "", document.content)
                cluster = root.at("metadata", "annotations", CLUSTER_ANNOTATION).text
                self._by_file[document.file].add(cluster)
                self._by_namespace[root.object_id.name].add(cluster)
                self._exact[document.file, root.object_id.name] = cluster

    def of(self, object_id: ObjectId, file: str | None) -> str:
        """The cluster of an object of some file; empty where nothing names one."""
        if object_id.kind == "Namespace":
            return self._exact[file, object_id.name]
        if not object_id.namespace:
            return _only(self._by_file[file])
        exact = self._exact.get((file, object_id.namespace))
        return _only(self._by_namespace[object_id.namespace]) if exact is None else exact


def _only(clusters: set[str]) -> str:
    return next(iter(clusters)) if len(clusters) == 1 else ""
