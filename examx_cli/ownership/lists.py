"""Which lists the API server merges element by element, and by which keys; every other list is one value.

Source: k8s.io/api v0.34.4, the `+listType=map` and `+listMapKey` marks of core/v1; the maps that it takes as one value
carry `+mapType=atomic` or `+structType=atomic`. The lists of custom resources that are rendered here (ScaledObject,
SecretProviderClass) have no keys.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import cast

from examx_constructs.manifests import Object, mapping

_NAME = ("name",)
_IN_PODS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("containers", "initContainers", "ephemeralContainers"), _NAME),
    **dict.fromkeys(("env", "volumes", "imagePullSecrets"), _NAME),
    "hostAliases": ("ip",),
    "ports": ("containerPort", "protocol"),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "volumeDevices": ("devicePath",),
    "volumeMounts": ("mountPath",),
}
_OF_SERVICES = ("port", "protocol")
_DEFAULTS = {"protocol": "TCP"}

WHOLE = frozenset(
    {
        "configMapKeyRef",
        "fieldRef",
        "labelSelector",
        "namespaceSelector",
        "nodeSelector",
        "podSelector",
        "resourceFieldRef",
        "secretKeyRef",
        "selector",
    }
)
"""Mappings that the API server takes as one value."""

Names = tuple[str, ...]
"""The names of the fields from the root of an object, elements of lists left out."""


Element = tuple[str, ...]
"""The path of an element, as managedFields names it."""


def keys_of(names: Names) -> tuple[str, ...] | None:
    """Return the keys by which the elements of the list at a place are told apart; None where they are not."""
    if names == ("spec", "ports"):
        return _OF_SERVICES
    return _IN_PODS.get(names[-1]) if "template" in names and "spec" in names[names.index("template") :] else None


Key = tuple[object, ...]
"""What tells an element apart from the others of its list."""


def identity(element: object, keys: Sequence[str]) -> Key:
    """Return what tells an element apart from the others of its list."""
    fields = mapping(element)
    return tuple(fields.get(key, _DEFAULTS.get(key)) for key in keys)


def merged(live: object, wanted: object, names: Names = ()) -> object:
    """Return a value with a rendered one over it, as a server-side apply makes it."""
    if isinstance(live, Mapping) and isinstance(wanted, Mapping) and not (names and names[-1] in WHOLE):
        under, over = cast("Object", live), cast("Object", wanted)
        fields = dict.fromkeys(chain(under, over))
        return {
            name: merged(under.get(name), over[name], (*names, name)) if name in over else under[name]
            for name in fields
        }
    keys = keys_of(names) if names else None
    if keys and isinstance(live, list) and isinstance(wanted, list):
        old = {identity(each, keys): each for each in cast("list[object]", live)}
        new = {identity(each, keys): each for each in cast("list[object]", wanted)}
        return [
            merged(old.get(key), new[key], names) if key in new else old[key] for key in _order(list(old), list(new))
        ]
    return cast("object", wanted)


def _order(live: list[Key], wanted: list[Key]) -> Iterator[Key]:
    """Yield the order in which the elements of two lists are in one: what is only in the first keeps its place.

    Source: structured-merge-diff v6.3.0, typed/merge.go (visitListItems).
    """
    shared = [key for key in wanted if key in live]
    left, right, done = 0, 0, set[Key]()
    while left < len(live) or right < len(wanted):
        if left < len(live):
            key = live[left]
            same = right < len(wanted) and key == wanted[right]
            if key not in wanted:
                yield key
            if key not in wanted or key in done or (not same and right < len(wanted) and key not in shared[:1]):
                left += 1
                continue
            left += same
        if right < len(wanted):
            key = wanted[right]
            yield key
            done.add(key)
            right += 1
            if shared[:1] == [key]:
                shared.pop(0)
        elif left < len(live):
            left += 1


def surplus(live: object, wanted: object, names: Names = (), path: tuple[str, ...] = ()) -> Iterator[Element]:
    """Yield the elements of keyed lists, wherever both sides have such a list, that are not rendered."""
    if isinstance(live, Mapping) and isinstance(wanted, Mapping):
        over = cast("Object", wanted)
        for name, value in cast("Object", live).items():
            if name in over:
                yield from surplus(value, over[name], (*names, name), (*path, f"f:{name}"))
            elif isinstance(value, list) and keys_of((*names, name)):
                yield from surplus(cast("object", value), [], (*names, name), (*path, f"f:{name}"))
        return
    keys = keys_of(names) if names else None
    if keys and isinstance(live, list) and isinstance(wanted, list):
        new = {identity(each, keys): each for each in cast("list[object]", wanted)}
        for each in cast("list[object]", live):
            key = identity(each, keys)
            here = (*path, element(dict(zip(keys, key, strict=True))))
            if key in new:
                yield from surplus(each, new[key], names, here)
            else:
                yield here


def element(keys: Mapping[str, object]) -> str:
    """Return an element of a list, as managedFields names it: keys in the order of their names, no spaces."""
    return f"k:{json.dumps(dict(sorted(keys.items())), separators=(',', ':'))}"
