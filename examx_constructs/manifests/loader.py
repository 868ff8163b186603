"""Reads manifests from files: YAML or JSON, several documents, lists, whole folders."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from examx_constructs import _files
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import ObjectId
from examx_constructs.manifests.resources import Document, Manifests
from examx_constructs.manifests.versions import PINNED, Versions

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_NOT_APPLIED = frozenset(
    {"kustomize.config.k8s.io", "skaffold", "kind.x-k8s.io", "kubeadm.k8s.io", "kubelet.config.k8s.io"}
)


class LoadError(Exception):
    """Input that is no usable set of manifests; the message names the file and the line."""


def load(*paths: Path | str, versions: Versions = PINNED) -> Manifests:
    """The objects of these files and folders. Raises LoadError."""
    return Manifests((document for path in paths for document in _documents(Path(path))), versions)


def _documents(path: Path) -> Iterator[Document]:
    if path.is_dir():
        yield from _folder(path, set())
    else:
        yield from _file(path, complete=True)


def _folder(folder: Path, seen: set[Path]) -> Iterator[Document]:
    """A folder's objects. A Helm chart holds templates, not manifests; a Kustomize folder is still to be completed.

    `seen`: the folders that were read already; links may lead to one again, in circles too.
    """
    if (folder / "Chart.yaml").is_file() or folder.resolve() in seen:
        return
    seen.add(folder.resolve())
    kustomization = next((folder / name for name in _KUSTOMIZATIONS if (folder / name).is_file()), None)
    patches = _patches(kustomization) if kustomization else set[Path]()
    for path in _listed(folder):
        if path.name.startswith(".") or path.name == "node_modules":
            continue
        if path.is_dir():
            yield from _folder(path, seen)
        elif path.suffix in _SUFFIXES and path not in patches:
            yield from _file(path, complete=kustomization is None)


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise LoadError(f"{folder}: cannot be read: {error.strerror}") from None


def _patches(kustomization: Path) -> set[Path]:
    """The files that change objects instead of being objects."""
    found: set[Path] = set()
    for content in _parsed(kustomization):
        root = Node(ObjectId("", "", "", ""), None, "", content)
        names = [each["path"].text for key in ("patches", "patchesJson6902") for each in root[key]]
        found |= {kustomization.parent / name for name in [*names, *root["patchesStrategicMerge"].texts] if name}
    return found


def _file(path: Path, *, complete: bool) -> Iterator[Document]:
    for content in _parsed(path):
        for each in _flattened(content):
            yield Document(each, str(path), complete)


def _flattened(content: object) -> Iterator[Mapping[str, object]]:
    """The Kubernetes objects in a document: itself, or the items of a list."""
    node = Node(ObjectId("", "", "", ""), None, "", content)
    is_list = node["kind"].text.endswith("List") and isinstance(node["items"].value, list)
    for each in node["items"] if is_list else [node]:
        if _is_object(each):
            yield cast("Mapping[str, object]", each.value)


def _is_object(node: Node) -> bool:
    """Whether it is something to apply; Helm values, Compose files and the settings of tools are not."""
    group = node["apiVersion"].text.partition("/")[0]
    named = bool(group and node["kind"].text) and isinstance(node["metadata"].value, Mapping)
    return named and group not in _NOT_APPLIED


def _parsed(path: Path) -> list[object]:
    from examx_constructs.manifests.yaml_text import YamlError, documents  # noqa: PLC0415 - keeps PyYAML out of the import

    try:
        return documents(_files.read_text(path))
    except _files.NotTextError as error:
        raise LoadError(f"{path}: {str(error).removeprefix('it ')}") from None
    except _files.UnreadableError as error:
        raise LoadError(f"{path}: cannot be read: {error}") from None
    except YamlError as error:
        raise LoadError(f"{path}{error}") from None
