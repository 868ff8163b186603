"""Kubernetes objects as plain data, out of files, git and clusters: how they are read and told apart."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Self, cast

from examx_cli.errors import CommandError
from examx_constructs import _files
from examx_constructs.checks import yaml_text
from examx_constructs.checks.manifests import CLUSTER_SCOPED

Object = Mapping[str, object]
"""One Kubernetes object: the mapping that its YAML or JSON holds."""


class ObjectKey(NamedTuple):
    """What makes an object the same object: API group (not its version), kind, namespace and name."""

    group: str
    kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, item: Object) -> Self:
        """The key of an object. A cluster-scoped one has an empty namespace."""
        kind = text(item, "kind")
        return cls(
            group=text(item, "apiVersion").rpartition("/")[0],
            kind=kind,
            namespace="" if kind in CLUSTER_SCOPED else text(item, "metadata", "namespace"),
            name=text(item, "metadata", "name"),
        )

    @property
    def cluster_scoped(self) -> bool:
        """Whether it belongs to the cluster and to no namespace."""
        return self.kind in CLUSTER_SCOPED

    @property
    def resource(self) -> str:
        """As kubectl takes it: `deployment.apps/celery-beat`, `service/redis`."""
        kind = self.kind.lower()
        return f"{kind}.{self.group}/{self.name}" if self.group else f"{kind}/{self.name}"

    def __str__(self) -> str:
        """As people say it: `Deployment celery-beat`."""
        return f"{self.kind} {self.name}"


def at(item: object, *path: str) -> object:
    """What stands at a path of an object; None where it ends early."""
    for step in path:
        if not isinstance(item, Mapping):
            return None
        item = cast("Mapping[str, object]", item).get(step)
    return item


def text(item: object, *path: str) -> str:
    """The text at a path of an object; empty where there is none."""
    found = at(item, *path)
    return found if isinstance(found, str) else ""


def mapping(item: object, *path: str) -> Mapping[str, object]:
    """The mapping at a path of an object; empty where there is none."""
    found = at(item, *path)
    return cast("Mapping[str, object]", found) if isinstance(found, Mapping) else {}


def items(item: object, *path: str) -> list[object]:
    """The list at a path of an object; empty where there is none."""
    found = at(item, *path)
    return cast("list[object]", found) if isinstance(found, list) else []


def name_of(item: Object) -> Object:
    """As much of an object as names it."""
    key = ObjectKey.of(item)
    namespace = {"namespace": key.namespace} if key.namespace else {}
    return {"apiVersion": item["apiVersion"], "kind": key.kind, "metadata": {"name": key.name, **namespace}}


def parse(content: str, source: str) -> list[Object]:
    """The objects of a YAML stream, in its order. Raises CommandError that names the source, and the line if known."""
    try:
        documents = [_json(each, source) for each in yaml_text.documents(content)]
    except yaml_text.YamlError as error:
        raise CommandError(f"{source}{error}") from error
    objects: list[Object] = []
    for document in _unpacked(documents):
        if document is None:
            continue
        if not text(document, "kind") or not text(document, "apiVersion") or not text(document, "metadata", "name"):
            raise CommandError(
                f"{source} holds something that is no Kubernetes object: kind, apiVersion or name is missing"
            )
        objects.append(cast("Object", document))
    return objects


def _unpacked(documents: Iterable[object]) -> Iterator[object]:
    """The documents; of a List, as `kubectl get -o yaml` prints it, what it holds."""
    for each in documents:
        if text(each, "kind") == "List":
            yield from items(each, "items")
        else:
            yield each


def _json(value: object, source: str) -> object:
    """The value as JSON has it, which kubectl is given. Raises CommandError for what JSON can not hold."""
    if isinstance(value, dict):
        return {_key(key, source): _json(each, source) for key, each in cast("dict[object, object]", value).items()}
    if isinstance(value, list):
        return [_json(each, source) for each in cast("list[object]", value)]
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise CommandError(
        f"{source} holds a value that no Kubernetes object can hold: {type(value).__name__} {value!r:.40}"
    )


def _key(key: object, source: str) -> str:
    """A key as a text. Those that YAML takes for numbers and the like are texts to Kubernetes."""
    if isinstance(key, str):
        return key
    if isinstance(key, bool | int | float):
        return json.dumps(key)
    raise CommandError(f"{source} holds a key that is no text: {key!r:.40}")


def read(file: Path) -> list[Object]:
    """The objects of a file, in its order. Raises CommandError that names the file."""
    try:
        content = _files.read_text(file)
    except _files.UnreadableError as error:
        raise CommandError(f"{file} can not be read: {error}") from error
    return parse(content, str(file))
