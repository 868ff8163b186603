"""Syntax trees of source files, each node with its parent."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

Function = ast.FunctionDef | ast.Lambda
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@functools.cache
def tree(file: str) -> ast.Module | None:
    """Return the tree of a file; None where its source is not at hand, as of code that was made while it ran."""
    try:
        root = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    for node in ast.walk(root):
        for child in ast.iter_child_nodes(node):
            setattr(child, "parent", node)  # noqa: B010 - type checkers know of no such attribute
    return root


@functools.cache
def all_nodes(root: ast.AST) -> tuple[ast.AST, ...]:
    """Return a node and all that is inside of it, those of the same depth in the order of the text."""
    return tuple(ast.walk(root))


def parent(node: ast.AST | None) -> ast.AST | None:
    """Return the node around."""
    return getattr(node, "parent", None)


def function_around(node: ast.AST | None) -> Function | None:
    """Return the function whose code a node is part of."""
    while node := parent(node):
        if isinstance(node, Function):
            return node
    return None


@functools.cache
def own_nodes(root: ast.AST) -> tuple[ast.AST, ...]:
    """Return the nodes of a module or function, without those of the functions and classes inside of it."""
    return tuple(_own_nodes(root))


def _own_nodes(root: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(root):
        yield child
        if not isinstance(child, _SCOPES):
            yield from _own_nodes(child)


def function_of(code: CodeType) -> Function | None:
    """Return the function that some code was made of."""
    root = tree(code.co_filename)
    for node in all_nodes(root) if root else ():
        if isinstance(node, Function) and code.co_name == getattr(node, "name", "<lambda>"):
            # The code of a decorated function begins with its first decorator.
            lines = [node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]
            if code.co_firstlineno == min(lines):
                return node
    return None


def returned(function: Function) -> list[ast.expr]:
    """Return each expression that a function may return."""
    if isinstance(function, ast.Lambda):
        return [function.body]
    return [node.value for node in own_nodes(function) if isinstance(node, ast.Return) and node.value]


def call_at(code: CodeType, instruction: int, line: int) -> ast.AST | None:
    """Return the call that an instruction of some code makes: no two calls end at the same place."""
    positions = list(code.co_positions())
    _, last, _, column = positions[instruction // 2] if instruction // 2 < len(positions) else (None,) * 4
    root = tree(code.co_filename)
    calls = [node for node in all_nodes(root) if isinstance(node, ast.Call)] if root else []
    exact = [each for each in calls if (each.end_lineno, each.end_col_offset) == (last, column)]
    # Python can be told to keep no columns (-X no_debug_ranges).
    alone = [each for each in calls if each.lineno == line] if column is None else []
    return exact[0] if exact else alone[0] if len(alone) == 1 else None
