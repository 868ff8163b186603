"""Where a function that makes an environment begins."""

import functools
from collections.abc import Callable
from dataclasses import replace
from types import FunctionType

from examx_constructs._written.expression import Written
from examx_constructs._written.meaning import unwrapped
from examx_constructs._written.trees import Function, function_of, returned


def entrance(make: Callable[..., object]) -> Written:
    """Return what a function returns, where that is one expression; else the line that it begins at."""
    begins, results = entrances(make)
    return results[0] if len(results) == 1 else begins


def entrances(make: Callable[..., object]) -> tuple[Written, list[Written]]:
    """Return the line that a function begins at, and each expression that it may return."""
    while isinstance(make, functools.partial):
        make = make.func
    made = unwrapped(make)
    if not isinstance(made, FunctionType):
        return Written("<unknown>", 0), []
    code = made.__code__
    function: Function | None = function_of(code)
    begins = Written(code.co_filename, function.lineno if function else code.co_firstlineno, scope=made.__globals__)
    found = [replace(begins, line=each.lineno, node=each) for each in returned(function)] if function else []
    return begins, found
