"""Small edits of rendered manifests: what somebody types wrong, one at a time.

An edit takes the objects of an environment and gives the same ones with one of them changed; the rest is shared. A
place is a path such as `spec.template.spec.containers[nginx].ports[0].name`. In brackets is the `name` of an item or
its place in the list, in angle brackets a key that has dots in it, `metadata.annotations<example.com/a>`.
"""

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

from tests.support import read_yaml

Object = dict[str, Any]
Edit = Callable[[Sequence[Object]], list[Object]]
POD = "spec.template.spec"
BOXES = f"{POD}.containers"

_STEP = re.compile(r"<([^>]*)>|\[([^\]]*)\]|([^.\[\]<>]+)")


@dataclass(frozen=True)
class Mutation:
    """One mistake in the manifests of an environment, and the rule that has to find it.

    The environment is `dev`, `stg`, `prod`, or `feature` for one of a branch; `dev+stg` for both in one cluster.
    """

    name: str
    rule: str
    """What finds it; empty where nothing can, and then `missed` says why."""
    environment: str
    edit: Edit
    missed: str = ""

    def __str__(self) -> str:
        return self.name


def put(where: str, path: str, value: object) -> Edit:
    """A value at a place, whether something is there or not."""
    return _at(where, path, lambda around, key: _set(around, key, value))


def drop(where: str, path: str) -> Edit:
    """Without what is at a place."""
    return _at(where, path, lambda around, key: around.pop(key))


def add(where: str, path: str, item: str) -> Edit:
    """One more item, given as YAML, at the end of a list; a new list where there is none."""

    def added(around: Any, key: Any) -> None:
        try:
            items: list[Any] = around[key]
        except KeyError:
            items = around[key] = []
        items.append(read_yaml(item))

    return _at(where, path, added)


def swap(where: str, path: str, old: str, new: str) -> Edit:
    """A text with a part replaced, which must be there."""

    def swapped(around: Any, key: Any) -> None:
        assert old in around[key], f"{old!r} is not in {path}"
        around[key] = around[key].replace(old, new)

    return _at(where, path, swapped)


def turned(where: str, path: str) -> Edit:
    """A list the other way round."""
    return _at(where, path, lambda around, key: _set(around, key, around[key][::-1]))


def without(where: str) -> Edit:
    """One object less."""

    def edited(objects: Sequence[Object]) -> list[Object]:
        index = _index(objects, where)
        return [*objects[:index], *objects[index + 1 :]]

    return edited


def beside(text: str) -> Edit:
    """One more object, in the namespace of the first that has one."""

    def edited(objects: Sequence[Object]) -> list[Object]:
        namespace = next(each["metadata"]["namespace"] for each in objects if "namespace" in each["metadata"])
        more = read_yaml(text)
        more["metadata"] = {"namespace": namespace} | more["metadata"]
        return [*objects, more]

    return edited


def doubled(where: str) -> Edit:
    """The same object once more."""

    def edited(objects: Sequence[Object]) -> list[Object]:
        return [*objects, copy.deepcopy(objects[_index(objects, where)])]

    return edited


def both(*edits: Edit) -> Edit:
    """One mistake that is made in more than one place."""

    def edited(objects: Sequence[Object]) -> list[Object]:
        changed = list(objects)
        for each in edits:
            changed = each(changed)
        return changed

    return edited


def annotated(where: str, key: str, value: object) -> Edit:
    """An annotation."""
    return put(where, f"metadata.annotations<{key}>", value)


def alb(suffix: str, value: object, where: str = "Ingress/examxv2-ingress") -> Edit:
    """An annotation of the AWS controller."""
    return annotated(where, f"alb.ingress.kubernetes.io/{suffix}", value)


def _at(where: str, path: str, change: Callable[[Any, Any], object]) -> Edit:
    def edited(objects: Sequence[Object]) -> list[Object]:
        changed = list(objects)
        index = _index(objects, where)
        changed[index] = copy.deepcopy(objects[index])
        change(*_place(changed[index], path))
        assert changed[index] != objects[index], f"{where} {path} is as it was"
        return changed

    return edited


def _index(objects: Sequence[Object], where: str) -> int:
    found = [
        index
        for index, each in enumerate(objects)
        if fnmatch(f"{each['kind']}/{each['metadata']['name']}", where.partition("@")[0])
        and fnmatch(each["metadata"].get("namespace", ""), where.partition("@")[2] or "*")
    ]
    assert len(found) == 1, f"{len(found)} objects are {where}"
    return found[0]


def _place(item: Any, path: str) -> tuple[Any, Any]:
    """What holds the last step of a path, and that step; mappings on the way are made."""
    steps = list(_STEP.finditer(path))
    for step in steps[:-1]:
        key = _key(item, step)
        try:
            item = item[key]
        except KeyError:
            item[key] = item = {}
    return item, _key(item, steps[-1])


def _key(item: Any, step: re.Match[str]) -> Any:
    quoted, inside, plain = step.groups()
    if inside is None:
        return quoted if plain is None else plain
    if inside.isdigit():
        return int(inside)
    return next(index for index, each in enumerate(item) if each.get("name") == inside)


def _set(around: Any, key: Any, value: object) -> None:
    around[key] = value
