"""The settings that an environment is made of, each with its path: `.queues[bulk_upload].replicas.minimum`."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

import attrs

from examx_constructs._written.expression import Written
from examx_constructs._written.making import choices, followed, literal, making, plain, steps
from examx_constructs._written.meaning import UNKNOWN, stands_for
from examx_constructs._written.series import ABSENT, entries, entry, segments

_DEEPEST = 30
_STEP = re.compile(r"\.?(?P<field>\w+)|\[(?P<label>[^\]]*)\]|(?P<key> key)")


@dataclass(frozen=True, slots=True)
class Place:
    """A setting by its path, and an expression that its value comes through."""

    path: str
    written: Written


def places(written: Written, path: str = "", around: tuple[Written, ...] = ()) -> Iterator[Place]:
    """Yield all expressions that the value of one comes through, and those of the settings that it is made of."""
    last = written
    for last in steps(written):
        yield Place(path, last)
    # An argument that a call lacks leads to the call again.
    if last not in around and len(around) < _DEEPEST:
        for name, part in _parts(last):
            yield from places(part, f"{path}{name}", (*around, last))


def _parts(written: Written) -> Iterator[tuple[str, Written]]:
    made = making(written)
    fields = _fields(made.kind)
    if made.direct:
        named = [*fields, *(each.arg for each in cast("ast.Call", made.call.node).keywords if each.arg)]
        found = [(name, made.field(name)) for name in dict.fromkeys(named)]
        yield from ((f".{name}", each) for name, each in found if each is not made.call and not each.default)
    elif results := choices(written):
        yield from (("", each) for each in results)
    elif isinstance(written.node, ast.Dict):
        yield from ((f"[{key}]", each) for key, each in entries(written))
    elif isinstance(written.node, ast.Call) and not _is_series(written):
        yield from ((f".{name}" if name in fields else "", each) for name, each in arguments(written))
    elif _is_series(written):
        yield from labelled(written)


def _is_series(written: Written) -> bool:
    parts = segments(written)
    return [each.written for each in parts] != [written]


def labelled(written: Written) -> Iterator[tuple[str, Written]]:
    """Yield the items of a tuple by their names, where they have any: `[bulk_upload]`; else by their positions."""
    for position, each in enumerate(segments(written)):
        made = making(each.written)
        name = literal(made.field("name")) if made.direct and "name" in _fields(made.kind) else UNKNOWN
        label = name if isinstance(name, str) else "*" if each.several else position
        yield f"[{label}]", each.written


def arguments(call: Written) -> list[tuple[str, Written]]:
    """Return the arguments of a call by the names of the parameters; those without a name by none."""
    if not isinstance(call.node, ast.Call) or call.unpacks:
        return []
    called = stands_for(call.at(call.node.func))
    try:
        names = list(inspect.signature(called).parameters) if callable(called) else []
    except (TypeError, ValueError):
        names = []
    unnamed = [call.at(each) for each in call.node.args]
    named = [(str(each.arg), call.at(each.value)) for each in call.node.keywords]
    padded = [*names, *[""] * len(unnamed)]
    return [*zip(padded, unnamed, strict=False), *named]


def field_of(place: Place, owner: str, rest: str, value: object) -> Place:
    """Return the place of a field, as an error of the class `owner` names it, of what is made in a place."""
    kind = making(place.written).kind
    if owner and kind is not None and owner not in [each.__name__ for each in kind.__mro__]:
        inner = [each for each in places(place.written, place.path) if _is_of(each.written, owner)]
        ends = [(each, _walked(each, rest, value)) for each in inner]
        having = [end for _, end in ends if literal(end.written) == value or str(literal(end.written)) == str(value)]
        every = having or [end for _, end in ends]
        if len({end.path for end in every}) == 1 or having:
            return every[0]
        return replace(place, path=f"{place.path} ({owner}.{rest})")
    return _walked(place, rest, value)


def _is_of(written: Written, owner: str) -> bool:
    made = making(written)
    return made.kind is not None and made.kind.__name__ == owner and made.call is written


def _walked(place: Place, rest: str, value: object) -> Place:
    """Go along the fields, entries and items that `rest` names, to where the value is written."""
    written = place.written
    for step in _STEP.finditer(rest):
        found = _step(written, step, value)
        if found is None or found.default:
            break
        written = found
    return Place(f"{place.path}.{rest}", with_value(written, value))


def _step(written: Written, step: re.Match[str], value: object) -> Written | None:
    if step["field"]:
        made = making(written)
        found = made.field(step["field"])
        return (_argument(made.call, step["field"]) if found is made.call else None) or found
    if step["key"]:
        return _key(followed(written), value)
    found = entry(written, step["label"])
    if found is not None and found is not ABSENT:
        return found
    return dict(labelled(written)).get(step[0])


def _argument(call: Written, name: str) -> Written | None:
    """Return what a call gives a parameter, by its text or by a mapping that it unpacks."""
    unpacked = [entry(mapping, name) for mapping in call.unpacked]
    known = [each for each in unpacked if each is not None and each is not ABSENT]
    return known[0] if known else dict(arguments(call)).get(name)


def _key(mapping: Written, value: object) -> Written | None:
    keys = mapping.node.keys if isinstance(mapping.node, ast.Dict) else []
    return next((mapping.at(each) for each in keys if each and literal(mapping.at(each)) == value), None)


def with_value(written: Written, value: object) -> Written:
    """Go behind names; and the one item of a tuple, or argument of a call, that is the value."""
    written = plain(written)
    parts = segments(written) if isinstance(written.node, ast.Tuple | ast.List) else []
    same = [each.written for each in parts if literal(each.written) == value]
    same = same or [each for _, each in arguments(written) if isinstance(value, str) and literal(each) == value]
    return plain(same[0]) if len(same) == 1 else written


def _fields(kind: type | None) -> list[str]:
    return [each.name for each in attrs.fields(cast("type[attrs.AttrsInstance]", kind))] if kind else []
