"""What differs between two versions of one object, field by field.

Lists are compared as Kubernetes merges them: a container is the same container wherever it is in its list. Where
Kubernetes takes a list as a whole, its elements are paired by likeness. So one that was put in does not look like a
change of all that follow.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import zip_longest
from typing import Final, cast

from examx_constructs.manifests import Object, at, mapping
from examx_constructs.settings.quantity import Quantity, SettingError


class Absent(Enum):
    """The value of a field that is not there."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Element:
    """A step of a path into a list, as people tell its elements apart: `[celery-worker]`."""

    shown: str


Path = tuple[str | Element, ...]
"""Where a field is: keys of mappings and elements of lists."""

ORDER: Final = Element(" (order)")
"""The step for a list whose order alone differs."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that differs, and its two values."""

    path: Path
    before: object
    after: object

    @property
    def part(self) -> str | Element:
        """The second step, which says most: of `spec.template.spec`, `template`."""
        return self.path[1] if len(self.path) > 1 else ""


_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")


def shown(path: Path) -> str:
    """Return a path for people: `spec.template.spec.containers[celery-worker].image`, `data["nginx.conf"]`."""
    text = ""
    for step in path:
        if isinstance(step, Element):
            text += step.shown
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step, ensure_ascii=False)}]"
    return text


def differences(before: Object, after: Object) -> list[Field]:
    """Return the fields that differ. A field that is null is a field that is absent, as for the API server."""
    return list(_in_mapping(before, after, ()))


# An absent mapping near the top (metadata.annotations, data, spec.selector) is compared as an empty one: each of its
# keys is a field of its own. Deeper, what is put in or taken out is one thing.
_NEAR_THE_TOP = 2


def _in_value(before: object, after: object, path: Path) -> Iterator[Field]:
    if len(path) <= _NEAR_THE_TOP and not isinstance(path[-1], Element):
        before, after = _opened(before, after), _opened(after, before)
    types = {type(before), type(after)}
    if types == {dict}:
        yield from _in_mapping(cast("Object", before), cast("Object", after), path)
    elif types == {list}:
        yield from _in_list(cast("list[object]", before), cast("list[object]", after), path)
    elif not _same(before, after, path):
        yield Field(path, before, after)


def _opened(value: object, other: object) -> object:
    return {} if value is ABSENT and isinstance(other, dict) and other else value


def _in_mapping(before: Object, after: Object, path: Path) -> Iterator[Field]:
    for key in dict.fromkeys((*before, *after)):
        yield from _in_value(_value(before, key), _value(after, key), (*path, key))


def _value(mapping: Object, key: str) -> object:
    found = mapping.get(key)
    return ABSENT if found is None else found


def _same(before: object, after: object, path: Path) -> bool:
    if before is ABSENT or after is ABSENT:
        return before is after
    if canonical(before) == canonical(after) or (_is_number(before) and _is_number(after) and before == after):
        return True
    before_amount = amount(before) if _holds_quantity(path) else None
    return before_amount is not None and before_amount == amount(after)


def canonical(value: object) -> str:
    """Return a text that is equal for equal values only: unlike Python, it tells true from 1."""
    return json.dumps(value, sort_keys=True, default=str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_AMOUNTS = frozenset({"limits", "requests", "capacity", "hard", "overhead"})
_AMOUNT = frozenset({"sizeLimit", "averageValue", "divisor"})


def _holds_quantity(path: Path) -> bool:
    return path[-1] in _AMOUNT or (len(path) > 1 and path[-2] in _AMOUNTS)


def amount(value: object) -> Quantity | None:
    """Return the value as an amount of CPU, memory or storage; None where it is none."""
    try:
        return Quantity(str(value))
    except SettingError:
        return None


def _in_list(before: list[object], after: list[object], path: Path) -> Iterator[Field]:
    if not all(isinstance(each, dict) for each in (*before, *after)):
        if canonical(before) != canonical(after):
            yield Field(path, before, after)
        return
    old_by_key, new_by_key = by_key(before, path), by_key(after, path)
    if old_by_key is None or new_by_key is None:
        yield from _in_sequence(before, after, path)
    else:
        ordered = "template" in path or _merge_of(path).ordered
        yield from _in_keyed(old_by_key, new_by_key, path, ordered=ordered)


def by_key(elements: Sequence[object], path: Path) -> Object | None:
    """Return the elements of the list at a path by what tells them apart; None where nothing does."""
    merge = _merge_of(path)
    found = {merge.identity(mapping(each)): each for each in elements}
    return found if len(found) == len(elements) and "" not in found else None


def _in_keyed(before: Object, after: Object, path: Path, *, ordered: bool) -> Iterator[Field]:
    for key in dict.fromkeys((*before, *after)):
        yield from _in_value(before.get(key, ABSENT), after.get(key, ABSENT), (*path, Element(f"[{key}]")))
    stayed = [key for key in before if key in after]
    if ordered and stayed != [key for key in after if key in before]:
        yield Field((*path, ORDER), list(before), list(after))


def _in_sequence(before: list[object], after: list[object], path: Path) -> Iterator[Field]:
    for number, (old, new) in enumerate(_paired(before, after)):
        yield from _in_value(old, new, (*path, Element(f"[{number}]")))


def _paired(before: Sequence[object], after: Sequence[object]) -> list[tuple[object, object]]:
    """Return elements side by side; ABSENT is the partner of one that was put in or taken out."""
    old, new = [canonical(each) for each in before], [canonical(each) for each in after]
    # The matcher may pair differently from right to left; what differs must not depend on which side is which.
    if old > new:
        return [(left, right) for right, left in _paired(after, before)]
    pairs: list[tuple[object, object]] = []
    for _, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        pairs += zip_longest(before[start:end], after[new_start:new_end], fillvalue=ABSENT)
    return pairs


@dataclass(frozen=True, slots=True)
class _Merge:
    """By what the elements of a list are told apart, and whether their order says something outside of pods.

    In a pod template every order counts: another one is another template, and the pods are replaced. That is what an
    API server does (tried with 1.34).
    """

    identity: Callable[[Object], str]
    ordered: bool = False


def _by(*names: str) -> Callable[[Object], str]:
    def identity(element: Object) -> str:
        values = [at(element, *name.split(".")) for name in names]
        return ", ".join(map(str, values)) if None not in values else ""

    return identity


def _port(element: Object) -> str:
    number = element.get("containerPort", element.get("port"))
    return f"{number}/{element.get('protocol', 'TCP')}" if number is not None else ""


def _trigger(element: Object) -> str:
    """Return a trigger of KEDA, by what it reads."""
    read = (at(element, "metadata", name) for name in ("listName", "queueName", "topic", "query"))
    return " ".join(str(each) for each in (element.get("type", ""), *read, element.get("name")) if each)


def _metric(element: Object) -> str:
    """Return a metric of an autoscaler, by what it measures."""
    kind = str(element.get("type", ""))
    source = element.get(f"{kind[:1].lower()}{kind[1:]}")
    names = (at(source, "container"), at(source, "name"), at(source, "metric", "name"))
    return " ".join(str(each) for each in names if each) or kind


_NO_MERGE = _Merge(lambda _: "")
_NAME = _Merge(_by("name"))

# Kubernetes API, x-kubernetes-list-map-keys. The last ones it takes as a whole; they are told apart for the reader.
_MERGES: Mapping[str, _Merge] = {
    **dict.fromkeys(
        ("containers", "initContainers", "ephemeralContainers", "env", "volumes", "imagePullSecrets"), _NAME
    ),
    "volumeClaimTemplates": _Merge(_by("metadata.name")),
    "volumeMounts": _Merge(_by("mountPath")),
    "volumeDevices": _Merge(_by("devicePath")),
    "hostAliases": _Merge(_by("ip")),
    "topologySpreadConstraints": _Merge(_by("topologyKey", "whenUnsatisfiable")),
    "triggers": _Merge(_trigger, ordered=True),
    "metrics": _Merge(_metric),
    "policies": _Merge(_by("type")),
    "secretTargetRef": _Merge(_by("parameter")),
    "secretObjects": _Merge(_by("secretName")),
    "subjects": _Merge(_by("kind", "name")),
}


def _merge_of(path: Path) -> _Merge:
    name = path[-1]
    if name == "ports":
        # Those of a NetworkPolicy are a list without keys.
        of_containers_or_service = "template" in path or path == ("spec", "ports")
        return _Merge(_port) if of_containers_or_service else _NO_MERGE
    return _MERGES.get(name, _NO_MERGE) if isinstance(name, str) else _NO_MERGE
