"""What a SecretProviderClass of AWS asks for: the list inside of the text `objects`, as the provider reads it.

Source: AWS provider for the Secrets Store CSI driver, June 2026 (chart 3.1.1), provider/secret_descriptor.go. It reads
with sigs.k8s.io/yaml: keys in any case, the exact one first, and numbers and switches as the text that they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests, Resource

_NO_TRANSLATION = "false"


def aws_classes(manifests: Manifests) -> Iterator[Resource]:
    """Return the SecretProviderClasses of AWS."""
    return (each for each in manifests.kind("SecretProviderClass") if each.spec["provider"].text == "aws")


def field(item: Node, name: str) -> Node:
    """Return the value under a key, whose case does not matter; absent under its own name."""
    if item.has(name):
        return item[name]
    return next((value for key, value in item.entries() if key.lower() == name.lower()), item[name])


def said(node: Node) -> str:
    """Return the text of a scalar, as the provider has it where a text is wanted."""
    if isinstance(node.value, bool):
        return str(node.value).lower()
    return node.text or (str(node.value) if isinstance(node.value, int | float) else "")


@dataclass(frozen=True, eq=False)
class File:
    """A file of the volume: the place that gives its name, and the name."""

    place: Node
    name: str
    aliased: bool


@dataclass(frozen=True, eq=False)
class Wanted:
    """One object of the list."""

    node: Node
    provider: Resource

    @cached_property
    def name(self) -> str:
        """The name or ARN of the secret or parameter."""
        return said(field(self.node, "objectName"))

    @cached_property
    def parts(self) -> list[Node]:
        """The parts of a JSON secret that get files of their own, beside the whole."""
        return list(field(self.node, "jmesPath"))

    @property
    def files(self) -> Iterator[File]:
        """The files that come of it: the whole, and the parts."""
        for holder in (self.node, *self.parts):
            alias = field(holder, "objectAlias")
            text = said(alias)
            if text:
                yield File(alias, self._translated(text), aliased=True)
            elif holder is self.node and self.name:
                yield File(field(holder, "objectName"), self._translated(self.name), aliased=False)

    def _translated(self, name: str) -> str:
        """Return a slash becomes `_`, or what `pathTranslation` says; `False` keeps it, and strips the first ones."""
        given = said(self.provider.spec.at("parameters", "pathTranslation")) or "_"
        return name.lstrip("/") if given.lower() == _NO_TRANSLATION else name.replace("/", given)


def wanted_objects(provider: Resource) -> list[Wanted] | None:
    """Return the objects of a class; None where the text holds no list."""
    given = provider.spec.at("parameters", "objects")
    from examx_constructs.manifests.yaml_text import YamlError, documents  # noqa: PLC0415 - keeps PyYAML out of the import

    try:
        value = next(iter(documents(given.text)), None)
    except YamlError:
        return None
    if not isinstance(value, list):
        return None
    items = Node(given.object_id, given.file, given.path, cast("list[object]", value), given.origin)
    return [Wanted(each, provider) for each in items]


def file_names(provider: Resource) -> set[str]:
    """Return the files that a class mounts, which are what its Secrets are made of."""
    return {file.name for each in wanted_objects(provider) or () for file in each.files}
