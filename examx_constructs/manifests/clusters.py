"""Which cluster objects belong to, and what that runs."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import ObjectId
from examx_constructs.manifests.together import Document
from examx_constructs.manifests.versions import KEDA, KUBERNETES, PINNED, Asked, Versions, minor
from examx_constructs.settings.naming import CLUSTER_ANNOTATION, KEDA_VERSION_ANNOTATION, KUBERNETES_VERSION_ANNOTATION
from examx_constructs.settings.refusal import SettingError


class Home(NamedTuple):
    """What a Namespace says of its cluster: its name, and the versions of what it runs; empty where it says nothing."""

    cluster: str = ""
    kubernetes: str = ""
    keda: str = ""


_NOWHERE = Home()
_SEVERAL = 2


class Clusters:
    """Which cluster an object belongs to, by the Namespace objects of the set, and the versions that it is judged by.

    Versions are those that somebody asks for; else what the object's Namespace says, or any other one of its cluster;
    else the usual ones. What is no version counts as nothing said: a rule finds it.
    """

    def __init__(self, documents: Iterable[Document], asked: Asked) -> None:
        self._asked = asked
        self._by_file: defaultdict[str | None, set[Home]] = defaultdict(set)
        self._by_namespace: defaultdict[str, set[Home]] = defaultdict(set)
        self._by_cluster: defaultdict[str, set[Home]] = defaultdict(set)
        self._exact: dict[tuple[str | None, str], Home] = {}
        for document in documents:
            if document.content.get("kind") == "Namespace":
                root = Node(ObjectId.of(document.content), document.file, "", document.content)
                home = _home(root)
                self._by_file[document.file].add(home)
                self._by_namespace[root.object_id.name].add(home)
                self._by_cluster[home.cluster].add(home)
                self._exact[document.file, root.object_id.name] = home
        self._versions: dict[Home, Versions] = {}

    def of(self, object_id: ObjectId, file: str | None) -> tuple[str, Versions]:
        """Return the cluster of an object of some file, empty where nothing names one, and its versions."""
        home = self._home_of(object_id, file)
        found = self._versions.get(home)
        if found is None:
            found = self._versions[home] = self._versions_of(home)
        return home.cluster, found

    def _home_of(self, object_id: ObjectId, file: str | None) -> Home:
        if object_id.kind == "Namespace":
            return self._exact[file, object_id.name]
        if not object_id.namespace:
            return _agreed(self._by_file.get(file, ()))
        exact = self._exact.get((file, object_id.namespace))
        return _agreed(self._by_namespace.get(object_id.namespace, ())) if exact is None else exact

    def _versions_of(self, home: Home) -> Versions:
        of_cluster = _agreed(self._by_cluster[home.cluster]) if home.cluster else _NOWHERE
        said = Versions(
            home.kubernetes or of_cluster.kubernetes or PINNED.kubernetes,
            home.keda or of_cluster.keda or PINNED.keda,
        )
        return self._asked.over(said)


def _home(namespace: Node) -> Home:
    annotations = namespace.at("metadata", "annotations")
    return Home(
        annotations[CLUSTER_ANNOTATION].text,
        known_version(annotations[KUBERNETES_VERSION_ANNOTATION], "Kubernetes", KUBERNETES),
        known_version(annotations[KEDA_VERSION_ANNOTATION], "KEDA", KEDA),
    )


def known_version(annotation: Node, program: str, known: tuple[str, ...]) -> str:
    """Return the minor version that an annotation names; empty for what is none, or none that rules know."""
    with suppress(SettingError):
        return minor(program, annotation.text, known)
    return ""


def _agreed(homes: Iterable[Home]) -> Home:
    """Return what all of them say: of the cluster every one, of versions those that say anything."""
    homes = tuple(homes)
    if len(homes) < _SEVERAL:
        return homes[0] if homes else _NOWHERE
    return Home(
        _only({each.cluster for each in homes}),
        _only({each.kubernetes for each in homes} - {""}),
        _only({each.keda for each in homes} - {""}),
    )


def _only(said: set[str]) -> str:
    return next(iter(said)) if len(said) == 1 else ""
