"""Tuples, lists and mappings of the source, taken apart."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from examx_constructs._written import making
from examx_constructs._written.expression import Written
from examx_constructs._written.meaning import appended, first_value, origin, rest_of_arguments, stands_for

ABSENT: Final = Written("", 0)
"""That a mapping has no such entry, as opposed to None: its text does not tell."""
_SAME_ITEMS = (tuple, list)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a series: one item, or a number of items that the text does not tell."""

    written: Written
    several: bool = False


def items(whole: Written, count: int) -> list[Written]:
    """Return where each of so many items is written: the whole, where the text does not tell."""
    parts = segments(whole)
    unclear = [number for number, each in enumerate(parts) if each.several]
    if not unclear:
        return [each.written for each in parts] if len(parts) == count else [whole] * count
    first, behind = unclear[0], len(parts) - unclear[-1] - 1
    between = count - first - behind
    if between < 0:
        return [whole] * count
    middle = parts[first].written if len(unclear) == 1 else whole
    last = [each.written for each in parts[len(parts) - behind :]]
    return [*(each.written for each in parts[:first]), *[middle] * between, *last]


def item(whole: Written, position: int) -> Written | None:
    """Return one item, by its position from either end, where all before it are known."""
    parts = segments(whole)
    if position >= len(parts) or position < -len(parts):
        return None
    before = parts[: position + 1] if position >= 0 else parts[position:]
    return None if any(each.several for each in before) else parts[position].written


def segments(whole: Written) -> list[Segment]:
    """Return the parts of a tuple, in their order."""
    whole = making.followed(whole)
    match whole.node:
        case ast.Name():
            found = [Segment(each) for each in rest_of_arguments(whole)] or _grown(whole)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [each for part in parts for each in _part(whole, part)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [*segments(whole.at(left)), *segments(whole.at(right))]
        case ast.Call(func=function, args=[*_, last], keywords=[]):
            found = _called(whole, stands_for(whole.at(function)), function, last)
        case ast.GeneratorExp(elt=each, generators=loops) | ast.ListComp(elt=each, generators=loops):
            found = _looped(whole, each, loops)
        case _:
            found = []
    return found or [Segment(whole, several=True)]


def _called(whole: Written, called: object, function: ast.expr, last: ast.expr) -> list[Segment]:
    """Return the parts of `tuple(...)` and of `map(function, ...)`."""
    arguments = cast("ast.Call", whole.node).args
    if any(called is each for each in _SAME_ITEMS) and len(arguments) == 1:
        return segments(whole.at(last))
    if called is map:
        call = ast.copy_location(ast.Call(func=arguments[0], args=[], keywords=[]), function)
        result = making.result(replace(whole, node=call))
        return [Segment(result, several=True)] if result else []
    return []


def _part(whole: Written, part: ast.expr) -> list[Segment]:
    return segments(whole.at(part.value)) if isinstance(part, ast.Starred) else [Segment(whole.at(part))]


def _looped(whole: Written, each: ast.expr, loops: Sequence[ast.comprehension]) -> list[Segment]:
    """Return what a comprehension makes: of each item of its one loop, or of several that the text does not tell."""
    (loop, *inner) = loops
    parts = segments(whole.at(loop.iter)) if not inner else []
    if not parts or loop.ifs or any(part.several for part in parts):
        return [Segment(whole.at(each), several=True)]
    return [
        Segment(replace(whole.at(each), bound={**whole.bound, **_bound(loop.target, part.written)})) for part in parts
    ]


def _bound(target: ast.expr, value: Written) -> Mapping[str, Written | None]:
    """Return what the names of a loop are for one item."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    names = [each.id for each in getattr(target, "elts", ()) if isinstance(each, ast.Name)]
    return {name: item(value, position) for position, name in enumerate(names)}


def _grown(name: Written) -> list[Segment]:
    """Return a list that begins with some items and is appended to; empty where it is not such a one."""
    added, first = appended(name), first_value(name)
    if not added or first is None:
        return []
    return [*segments(first), *(Segment(each, several=_is_repeated(each.node)) for each in added)]


def _is_repeated(node: ast.AST | None) -> bool:
    while node := getattr(node, "parent", None):
        if isinstance(node, ast.For | ast.AsyncFor | ast.While | ast.If | ast.Try):
            return True
        if isinstance(node, ast.FunctionDef):
            return False
    return False


def entry(whole: Written, key: object) -> Written | None:
    """Return the value of a key of a mapping: None where the text does not tell, ABSENT where there is none."""
    whole = making.followed(whole)
    match whole.node:
        case ast.Dict(keys=keys, values=values):
            pairs = [(each and whole.at(each), whole.at(value)) for each, value in zip(keys, values, strict=True)]
        case ast.Call(func=function, keywords=named) if stands_for(whole.at(function)) is dict:
            first = [(None, whole.at(each)) for each in whole.node.args]
            pairs = [*first, *((each.arg or None, whole.at(each.value)) for each in named)]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            pairs = [(None, whole.at(left)), (None, whole.at(right))]
        case _:
            return None
    return _last(pairs, key)


def _last(pairs: Sequence[tuple[Written | str | None, Written]], key: object) -> Written | None:
    """Return what the last pair with that key says; a pair without a key is a mapping of its own."""
    for name, value in reversed(pairs):
        if name is None:
            found = entry(value, key)
            if found is not ABSENT:
                return found
            continue
        known = name if isinstance(name, str) else _key(name)
        if known is None:
            return None
        if known == key:
            return value
    return ABSENT


def _key(name: Written) -> object:
    """Return the key of a pair; None where the text does not tell."""
    known = making.literal(origin(name))
    return known if isinstance(known, str) else None


def entries(whole: Written) -> list[tuple[str, Written]]:
    """Return the pairs of a mapping whose keys the text tells."""
    whole = making.followed(whole)
    if not isinstance(whole.node, ast.Dict):
        return []
    pairs = zip(whole.node.keys, whole.node.values, strict=True)
    return [
        pair
        for key, value in pairs
        for pair in (entries(whole.at(value)) if key is None else [(str(_key(whole.at(key)) or "*"), whole.at(value))])
    ]
