"""Every place of an object that a path with stars leads to: `spec.ports[*].protocol`."""

from collections.abc import Iterator

from examx_constructs.manifests.node import Node


def places(node: Node, path: str) -> Iterator[Node]:
    """The nodes at a path; `[*]` stands for each item of a list. A field that is left out is a place too."""
    head, star, rest = path.partition("[*]")
    for key in filter(None, head.split(".")):
        node = node[key]
    if not star:
        yield node
        return
    for item in node:
        yield from places(item, rest.removeprefix("."))
