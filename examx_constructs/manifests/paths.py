"""The places of an object that paths with stars lead to: `spec.ports[*].protocol`."""

from collections.abc import Iterator, Mapping
from typing import Any

from examx_constructs.manifests.node import Node

Tree = Mapping[str, Any]
"""Paths that begin alike, in one: the next steps, `*` for the items of a list, and at "" what was said of the place."""


def tree(said: Mapping[str, object]) -> Tree:
    """The tree of these paths, each with what is said of its place."""
    root: dict[str, Any] = {}
    for path, what in said.items():
        branch = root
        for step in path.replace("[*]", ".*").split("."):
            branch = branch.setdefault(step, {})
        branch[""] = what
    return root


def places(node: Node, of: Tree) -> Iterator[tuple[Node, Any]]:
    """The places of an object that the tree leads to, where there is a value, each with what is said of it."""
    for step, branch in of.items():
        if step == "":
            if node.present:
                yield node, branch
        elif step == "*":
            for item in node:
                yield from places(item, branch)
        elif node.has(step):
            yield from places(node[step], branch)
