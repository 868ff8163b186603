"""Objects as plain data: what YAML and JSON hold, out of files, git and clusters. Nothing is believed of a shape."""

from collections.abc import Mapping
from typing import cast

Object = Mapping[str, object]
"""One Kubernetes object: the mapping that its YAML or JSON holds."""


def at(item: object, *path: str) -> object:
    """Return what is at a path of an object; None where it ends early."""
    for step in path:
        # Nearly all are plain, and to ask whether something is any mapping takes several times as long.
        if item.__class__ is not dict and not isinstance(item, Mapping):
            return None
        item = cast("Mapping[str, object]", item).get(step)
    return item


def text(item: object, *path: str) -> str:
    """Return the text at a path of an object; empty where there is none."""
    found = at(item, *path)
    return found if isinstance(found, str) else ""


def mapping(item: object, *path: str) -> Mapping[str, object]:
    """Return the mapping at a path of an object; empty where there is none."""
    found = at(item, *path)
    return cast("Mapping[str, object]", found) if isinstance(found, Mapping) else {}


def items(item: object, *path: str) -> list[object]:
    """Return the list at a path of an object; empty where there is none."""
    found = at(item, *path)
    return cast("list[object]", found) if isinstance(found, list) else []
