"""Sets of fields as `managedFields` has them (FieldsV1), and the places in an object that they mean.

A set is a tree of path elements. `f:NAME` is a field of a mapping, `k:{...}` is the element of a list that has these
keys. `v:VALUE` is an element of a list of plain values. An element is a member where it has no children, or has the
child `.`.

Source: sigs.k8s.io/structured-merge-diff v6.3.0, fieldpath (serialize-pe.go, serialize.go).
"""

import json
from collections.abc import Iterator, Mapping
from typing import cast

from examx_constructs.manifests import Object

Fields = Mapping[str, "Fields"]
"""A set of fields: path elements, and the sets below them."""

Path = tuple[str, ...]
"""The path elements from the root of an object to one of its fields."""

_SELF = "."


def is_member(node: Fields) -> bool:
    """Return whether the element that has this node is in the set itself, and not only something below it."""
    return not node or _SELF in node


def children(fields: Fields) -> Iterator[tuple[str, Fields]]:
    """Return the elements right below a node."""
    return ((element, below) for element, below in fields.items() if element != _SELF)


def union(one: Fields, other: Fields) -> Fields:
    """Return what is in either set."""
    merged = dict(one)
    for element, node in other.items():
        both = element in merged and element != _SELF
        merged[element] = _union_of_nodes(merged[element], node) if both else node
    return merged


def _union_of_nodes(one: Fields, other: Fields) -> Fields:
    both = union(one if one else {_SELF: {}}, other if other else {_SELF: {}})
    return {} if set(both) == {_SELF} else both


def without(fields: Fields, path: Path) -> Fields:
    """Return the set without a field and all that is below it.

    What the field lies in is no member any more either: an apply would remove it with all that it holds.
    """
    element, *rest = path
    if element not in fields:
        return fields
    others = {name: node for name, node in fields.items() if name not in (element, _SELF)}
    below: Fields = without(fields[element], tuple(rest)) if rest else {}
    return {**others, element: below} if below else others


def opened(fields: Fields, path: Path) -> Fields:
    """Return the set without a field itself; what is below it stays in the set."""
    element, *rest = path
    if element not in fields:
        return fields
    node = fields[element]
    below = opened(node, tuple(rest)) if rest else {name: each for name, each in node.items() if name != _SELF}
    others = {name: each for name, each in fields.items() if name != element}
    return {**others, element: below} if below else others


def at(fields: Fields, path: Path) -> Fields | None:
    """Return the node of a field; None where neither it nor anything below it is in the set."""
    for element in path:
        if element not in fields:
            return None
        fields = fields[element]
    return fields


def owns(fields: Fields, path: Path) -> bool:
    """Return whether a field, something below it, or all of what it lies in is in the set."""
    for element in path:
        if not fields:
            return True
        if element not in fields:
            return False
        fields = fields[element]
    return True


def tops(fields: Fields, path: Path = ()) -> Iterator[Path]:
    """Yield the members of a set that lie in no other member."""
    for element, node in children(fields):
        if is_member(node):
            yield (*path, element)
        else:
            yield from tops(node, (*path, element))


def of(paths: Iterator[Path]) -> Fields:
    """Return the set of these fields."""
    made: Fields = {}
    for path in paths:
        node: Fields = {}
        for element in reversed(path):
            node = {element: node}
        made = union(made, node)
    return made


def read_keys(written: str) -> object:
    """Return what is behind `k:` or `v:` in a path element.

    None for what is no JSON, which no element of a list is.
    """
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return None


def find(value: object, element: str) -> object | None:
    """Return what a path element means in a value: a field, or an element of a list. None where there is none."""
    kind, _, what = element.partition(":")
    if kind == "f" and isinstance(value, Mapping):
        return cast("Object", value).get(what)
    if kind in ("k", "v") and isinstance(value, list):
        wanted = read_keys(what)
        return next((each for each in cast("list[object]", value) if _is_meant(each, kind, wanted)), None)
    return None


def _is_meant(each: object, kind: str, wanted: object) -> bool:
    if kind == "v":
        return each == wanted
    if not isinstance(wanted, Mapping):
        return False
    keys = cast("Mapping[str, object]", wanted)
    return isinstance(each, Mapping) and all(cast("Object", each).get(key) == value for key, value in keys.items())


def remove(value: object, fields: Fields) -> object:
    """Return the value without the members of a set."""
    if isinstance(value, Mapping):
        kept: dict[str, object] = {}
        for name, each in cast("Object", value).items():
            node = fields.get(f"f:{name}")
            if node is None:
                kept[name] = each
            elif not is_member(node):
                kept[name] = remove(each, node)
        return kept
    if isinstance(value, list):
        return list(_kept_elements(cast("list[object]", value), fields))
    return value


def _kept_elements(elements: list[object], fields: Fields) -> Iterator[object]:
    for each in elements:
        node = next((node for name, node in children(fields) if find([each], name) is not None), None)
        if node is None:
            yield each
        elif not is_member(node):
            yield remove(each, node)
