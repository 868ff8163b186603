"""Lists of objects, taken apart as kubectl does it: `kind: List`, `kind: DeploymentList`, and lists in lists.

Source: k8s.io/apimachinery 0.34, unstructured/helpers.go (an item with neither apiVersion nor kind is one of the list's
kind: `DeploymentList` holds Deployments, as the API itself prints them). k8s.io/cli-runtime 0.34, FlattenListVisitor.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from examx_constructs.manifests.fields import at, text

Steps = tuple[str | int, ...]
"""What leads to an object in its document: `("items", 2)`; nothing where the document is the object."""


def unpacked(content: object) -> Iterator[tuple[Steps, object]]:
    """Yield what a document holds, each with the steps to it; a document that is no list holds itself."""
    waiting: list[tuple[Steps, object]] = [((), content)]
    while waiting:
        steps, value = waiting.pop()
        items = at(value, "items")
        kind = text(value, "kind")
        if not kind.endswith("List") or not isinstance(items, list):
            yield steps, value
            continue
        held, version = cast("list[object]", items), text(value, "apiVersion")
        typed = [_typed(each, kind.removesuffix("List"), version) for each in held]
        waiting += [((*steps, "items", place), each) for place, each in reversed([*enumerate(typed)])]


def _typed(item: object, kind: str, version: str) -> object:
    """Return an item of a list as one of the list's kind, where it says nothing of its own."""
    if text(item, "kind") or text(item, "apiVersion") or not kind or not isinstance(item, Mapping):
        return item
    return {**cast("Mapping[str, object]", item), "apiVersion": version, "kind": kind}
