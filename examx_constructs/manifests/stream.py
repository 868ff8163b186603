"""A stream that is applied as a whole: all that it holds must be objects."""

from itertools import chain
from pathlib import Path
from typing import cast

from examx_constructs import _files
from examx_constructs.manifests.fields import Object, text
from examx_constructs.manifests.lists import unpacked
from examx_constructs.manifests.loader import LoadError


def parse(content: str, source: str) -> list[Object]:
    """Return the objects of a YAML stream, in its order.

    Raises LoadError that names the source, and the line if known.
    """
    from examx_constructs.manifests import yaml_text  # noqa: PLC0415 - keeps PyYAML out of the import

    try:
        documents = yaml_text.documents(content)
    except yaml_text.YamlError as error:
        raise LoadError(f"{source}{error}") from error
    objects: list[Object] = []
    for _, document in chain.from_iterable(map(unpacked, documents)):
        if document is None:
            continue
        if not text(document, "kind") or not text(document, "apiVersion") or not text(document, "metadata", "name"):
            raise LoadError(
                f"{source} holds something that is no Kubernetes object: kind, apiVersion or name is missing"
            )
        objects.append(cast("Object", document))
    return objects


def read(file: Path) -> list[Object]:
    """Return the objects of a file, in its order. Raises LoadError that names the file."""
    try:
        content = _files.read_text(file)
    except _files.UnreadableError as error:
        raise LoadError(f"{file} cannot be read: {error}") from error
    return parse(content, str(file))
