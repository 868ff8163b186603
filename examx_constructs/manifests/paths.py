"""The places of an object that paths with stars lead to: `spec.ports[*].protocol`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from examx_constructs.manifests.fields import at
from examx_constructs.manifests.node import Node

Tree = Mapping[str, Any]
"""Paths that begin alike, in one: the next steps, `*` for the items of a list, and at "" what was said of the place."""


def tree(said: Mapping[str, object]) -> Tree:
    """Return the tree of these paths, each with what is said of its place."""
    root: dict[str, Any] = {}
    for path, what in said.items():
        branch = root
        for step in path.replace("[*]", ".*").split("."):
            branch = branch.setdefault(step, {})
        branch[""] = what
    return root


def places(node: Node, of: Tree) -> Iterator[tuple[Node, Any]]:
    """Yield the places of an object that the tree leads to, where there is a value, each with what is said of it."""
    for step, branch in of.items():
        if step == "":
            if node.present:
                yield node, branch
        elif step == "*":
            for item in node:
                yield from places(item, branch)
        elif node.has(step):
            yield from places(node[step], branch)


def all_fit(value: object, of: Tree, fits: Callable[[object, Any], bool]) -> bool:
    """Return whether all values that the tree leads to fit what was said of their places.

    Looked up in plain data: nearly every object is sound, and nodes are for those who tell what is not.
    """
    for step, branch in of.items():
        if step == "":
            if value is not None and not fits(value, branch):
                return False
        elif step == "*":
            if not all(all_fit(each, branch, fits) for each in _items(value)):
                return False
        elif (inner := at(value, step)) is not None and not all_fit(inner, branch, fits):
            return False
    return True


def _items(value: object) -> Sequence[object]:
    return cast("Sequence[object]", value) if isinstance(value, list | tuple) else ()
