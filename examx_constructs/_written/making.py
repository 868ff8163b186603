"""How a setting is made at a place of the source: by which call, with which fields, from which other setting."""

import ast
import copy
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import FunctionType
from typing import cast

import attrs

from examx_constructs import settings
from examx_constructs._written import series
from examx_constructs._written.expression import Written
from examx_constructs._written.meaning import UNKNOWN, default_of, origin, stands_for, unwrapped
from examx_constructs._written.trees import Function, function_of, returned

_COPIES = (attrs.evolve, dataclasses.replace, getattr(copy, "replace", attrs.evolve))
_FIRST = (next, iter)
_MOST_STEPS = 60
"""Calls and fields that lead to others: more are a circle."""


@dataclass(frozen=True, slots=True)
class Made:
    """How one setting is made.

    `kind` is its class, as far as the text tells. `direct`: the keywords of the call are the fields; not so where a
    classmethod such as `Replicas.between` makes it. `base` is what `evolve` or `replace` copies.
    """

    call: Written
    kind: type | None = None
    direct: bool = False
    base: "Made | None" = None

    def given(self, name: str) -> Written | None:
        """Return what the call gives a field by its keyword or by a mapping that it unpacks.

        None where it does not say.
        """
        if not self.direct:
            return None
        if keyword := self.call.keyword(name):
            return keyword
        for mapping in reversed(self.call.unpacked):
            found = series.entry(mapping, name)
            if found is not series.ABSENT:
                return found or self.call
        return None

    def field(self, name: str) -> Written:
        """Return where a field's value is written: given, as a default, in what is copied; else by the call somehow."""
        if found := self.given(name):
            return found
        if self.base:
            return self.base.field(name)
        return (default_of(self.kind, name) if self.direct and self.kind else None) or self.call


def making(written: Written, kind: type | None = None) -> Made:
    """Return how the setting that an expression means is made; `kind` is its class, where that is known."""
    call = followed(written, kind)
    if not isinstance(call.node, ast.Call):
        return Made(call, kind)
    called = stands_for(call.at(call.node.func))
    if any(called is each for each in _COPIES):
        copied = call.argument(0)
        base = making(copied, kind) if copied else None
        return Made(call, base.kind if base else kind, direct=base is not None, base=base)
    if isinstance(called, type) and attrs.has(called):
        return Made(call, called, direct=not call.node.args)
    owner = getattr(called, "__self__", None)
    return Made(call, owner if isinstance(owner, type) and attrs.has(owner) else kind)


def followed(written: Written, kind: type | None = None) -> Written:
    """Return the last step of `steps`."""
    *_, last = steps(written, kind)
    return last


def steps(written: Written, kind: type | None = None) -> Iterator[Written]:
    """Yield the steps from an expression to the one that makes its value.

    They go through names, fields of settings, and functions' results.
    """
    for _ in range(_MOST_STEPS):
        yield (written := origin(written))
        following = _field(written) or _element(written) or _chosen(written, kind) or _result(written, kind)
        if following is None:
            return
        written = following


def plain(written: Written) -> Written:
    """Return where a plain value is written: behind names and fields of settings.

    What a function makes of it is its call.
    """
    for _ in range(_MOST_STEPS):
        written = origin(written)
        following = _field(written)
        if following is None:
            break
        written = following
    return written


def literal(written: Written | None) -> object:
    """Return the value of an expression that is a plain one, such as a number or a text; UNKNOWN for every other."""
    node = plain(written).node if written else None
    try:
        return ast.literal_eval(node) if isinstance(node, ast.expr) else UNKNOWN
    except (ValueError, TypeError, MemoryError, RecursionError):
        return UNKNOWN


def choices(written: Written) -> list[Written]:
    """Return the expressions that a value may come from, where it is chosen while the code runs."""
    match written.node:
        case ast.IfExp(body=body, orelse=other):
            return [written.at(body), written.at(other)]
        case ast.BoolOp(values=values):
            return [written.at(each) for each in values]
        case ast.Call():
            entered = _function(written)
            return _results(written, *entered) if entered else []
        case _:
            return []


def _chosen(written: Written, kind: type | None) -> Written | None:
    """Return the one choice that makes a setting of the class, where all others are known to make another."""
    if kind is None or not isinstance(written.node, ast.IfExp | ast.BoolOp):
        return None
    kinds = [(each, making(each).kind) for each in choices(written)]
    fit = [each for each, made in kinds if made is kind]
    empty = [each for each, made in kinds if made is None and literal(each) in (None, UNKNOWN)]
    return fit[0] if len(fit) == 1 and len(empty) <= _spare(written) else None


def _spare(written: Written) -> int:
    # In `given or default` one side may be what nobody can tell, because it was nothing.
    return 1 if isinstance(written.node, ast.BoolOp) else 0


def _field(written: Written) -> Written | None:
    """Return what a field of another setting is, as `parent.ingress`."""
    if not isinstance(written.node, ast.Attribute) or stands_for(written) is not UNKNOWN:
        return None
    made = making(written.at(written.node.value))
    if made.kind is None or not made.direct:
        return None
    names = [field.name for field in attrs.fields(cast("type[attrs.AttrsInstance]", made.kind))]
    found = made.field(written.node.attr) if written.node.attr in names else None
    return None if found is made.call else found


def _element(written: Written) -> Written | None:
    """Return what `next(...)` takes, and an item or an entry that is asked for by a plain key."""
    match written.node:
        case ast.Call(func=function, args=[only]) if stands_for(written.at(function)) in _FIRST:
            parts = series.segments(written.at(only))
            return parts[0].written if parts else None
        case ast.Subscript(value=whole, slice=key):
            name = literal(written.at(key))
            if isinstance(name, int) and not isinstance(name, bool):
                return series.item(written.at(whole), name)
            found = series.entry(written.at(whole), name) if isinstance(name, str) else None
            return found if isinstance(found, Written) else None
        case _:
            return None


def _result(written: Written, kind: type | None) -> Written | None:
    """Return what a function of the project returns, where one expression alone does, or alone makes such a setting."""
    entered = _function(written)
    results = _results(written, *entered) if entered else []
    if len(results) > 1 and kind is not None:
        results = [each for each in results if making(each).kind in (kind, None)]
    return results[0] if len(results) == 1 else None


def result(call: Written) -> Written | None:
    """Return what a function returns whose arguments the text does not tell."""
    entered = _function(call)
    found = _result(call, None)
    if entered is None or found is None:
        return None
    arguments = entered[0].args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return replace(found, bound=dict.fromkeys(names))


def _results(call: Written, function: Function, scope: dict[str, object], file: str) -> list[Written]:
    return [
        replace(call, file=file, line=each.lineno, node=each, outer=call, scope=scope, bound={})
        for each in returned(function)
    ]


def _function(call: Written) -> tuple[Function, dict[str, object], str] | None:
    """Return the function that a call runs, with its module's names and its file.

    It is one of Python, and not one of the settings.
    """
    if not isinstance(call.node, ast.Call) or sum(1 for _ in call.calls()) > _MOST_STEPS:
        return None
    called = unwrapped(stands_for(call.at(call.node.func)))
    if isinstance(called, FunctionType):
        own = str(called.__globals__.get("__name__")).startswith((settings.__name__, "attr", "dataclasses"))
        function = None if own else function_of(called.__code__)
        return (function, called.__globals__, called.__code__.co_filename) if function else None
    local = origin(call.at(call.node.func)).node
    return (local, dict(call.scope), call.file) if isinstance(local, ast.Lambda) else None
