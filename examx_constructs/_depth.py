"""How deep values may nest. A module apart, because JSON needs no PyYAML."""

from collections.abc import Iterable, Mapping
from typing import cast

DEEPEST = 128
"""Levels. Nothing in this project has more than 14; readers of nodes recurse a few calls for each."""


def is_too_deep(value: object) -> bool:
    """Return whether a value that JSON or YAML made nests deeper than readers of it can follow."""
    level = [value]
    for _ in range(DEEPEST):
        level = [below for each in level for below in _below(each)]
        if not level:
            return False
    return True


def _below(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return cast("Mapping[object, object]", value).values()
    return cast("list[object]", value) if isinstance(value, list) else ()
