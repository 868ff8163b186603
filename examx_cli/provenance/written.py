"""Expressions of source files: their parts, and what a name in them stands for."""

import ast
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

from executing import Source

_Function = ast.FunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Written:
    """An expression and where it is written. Without a `node` the source is not at hand, and the line is all.

    `outer` is the call that runs the function around it. `default`: nobody gave it, the settings have it.
    """

    file: str
    line: int
    node: ast.AST | None = None
    outer: "Written | None" = None
    default: bool = False

    def at(self, node: ast.expr) -> "Written":
        """Another expression of the same code."""
        return replace(self, node=node, line=node.lineno)

    def keyword(self, name: str) -> "Written | None":
        """The value of a keyword of this call."""
        keywords = self.node.keywords if isinstance(self.node, ast.Call) else []
        return next((self.at(each.value) for each in keywords if each.arg == name), None)

    def argument(self, position: int) -> "Written | None":
        """An unnamed argument of this call."""
        return self._one_of(self.node.args if isinstance(self.node, ast.Call) else [], position)

    def item(self, position: int) -> "Written | None":
        """An item of this tuple."""
        return self._one_of(self.node.elts if isinstance(self.node, ast.Tuple) else [], position)

    def entry(self, key: object) -> "Written | None":
        """The value of a key of this mapping."""
        keys, values = (self.node.keys, self.node.values) if isinstance(self.node, ast.Dict) else ([], [])
        pairs = zip(keys, values, strict=True)
        return next(
            (self.at(value) for name, value in pairs if isinstance(name, ast.Constant) and name.value == key), None
        )

    @property
    def called(self) -> str | None:
        """The name of what this call calls, without that of its module or class."""
        function = self.node.func if isinstance(self.node, ast.Call) else None
        return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)

    @property
    def unpacks(self) -> bool:
        """Whether this call unpacks some of its arguments, so that its text does not tell what they are."""
        call = self.node
        return isinstance(call, ast.Call) and (_starred(call.args) or any(each.arg is None for each in call.keywords))

    def origin(self) -> "Written":
        """What a name stands for, as far as that is one expression; everything else is its own origin."""
        origin = self
        while found := _meaning(origin):
            origin = found
        return origin

    def _one_of(self, nodes: Sequence[ast.expr], position: int) -> "Written | None":
        return self.at(nodes[position]) if position < len(nodes) and not _starred(nodes[: position + 1]) else None


def default_of(setting: type, field: str) -> Written:
    """The default of a field, where the setting's class has it."""
    file = str(sys.modules[setting.__module__].__file__)
    body = next(
        each.body for each in _statements(file) if isinstance(each, ast.ClassDef) and each.name == setting.__name__
    )
    node = next(value for name, value in _assignments(body) if name == field)
    written = Written(file, node.lineno, node, default=True)
    return written.keyword("default") or written


def _meaning(written: Written) -> Written | None:
    """What a name stands for; None for what is no name, and for one that does not stand for one expression."""
    if not isinstance(written.node, ast.Name):
        return None
    name, function = written.node.id, _function_around(written.node)
    inside = list(ast.walk(function)) if function else []
    match [node for node in inside if _binds(node, name)]:
        case []:
            return _of_module(written, name)
        case [ast.arg()]:
            return _of_parameter(written, name)
        case [_]:
            return next((written.at(value) for bound, value in _assignments(inside) if bound == name), None)
        case _:
            return None


def _binds(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Name(id=bound, ctx=ast.Store()) | ast.arg(arg=bound):
            return bound == name
        case _:
            return False


def _of_module(written: Written, name: str) -> Written | None:
    """What a name of a module stands for, where the module gives it once."""
    found = list(_given(written.file, name))
    return replace(found[0], default=written.default) if len(found) == 1 else None


def _given(file: str, name: str) -> Iterator[Written]:
    statements = _statements(file)
    yield from (Written(file, value.lineno, value) for each, value in _assignments(statements) if each == name)
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and (module := sys.modules.get(statement.module or "")):
            for imported in statement.names:
                if name == (imported.asname or imported.name):
                    yield from _given(str(module.__file__), imported.name)


def _of_parameter(written: Written, name: str) -> Written | None:
    """What a parameter of a module's function got from its call; the call itself where that unpacks arguments."""
    function, call = _function_around(written.node), written.outer
    while call and _function_around(call.node) is function:
        call = call.outer  # a comprehension has a frame of its own
    if call is None or not _is_of_module(function) or call.called != function.name:
        return None
    unnamed = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    given = call.keyword(name) or (call.argument(unnamed.index(name)) if name in unnamed else None)
    default = _defaults(function.args).get(name)
    return given or (call if call.unpacks or default is None else written.at(default))


def _is_of_module(function: _Function | None) -> TypeGuard[ast.FunctionDef]:
    return isinstance(function, ast.FunctionDef) and isinstance(getattr(function, "parent", None), ast.Module)


def _defaults(arguments: ast.arguments) -> dict[str, ast.expr | None]:
    """The defaults of parameters by their names; None for a named one that has none."""
    unnamed = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    named = [each.arg for each in arguments.kwonlyargs]
    last = unnamed[len(unnamed) - len(arguments.defaults) :]
    return dict(zip([*last, *named], [*arguments.defaults, *arguments.kw_defaults], strict=True))


def _function_around(node: ast.AST | None) -> _Function | None:
    """The function whose code a node is part of. The library leaves its parent with every node."""
    while node := getattr(node, "parent", None):
        if isinstance(node, _Function):
            return node
    return None


def _assignments(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """The names that statements among these assign one expression to."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case _:
                pass


def _starred(nodes: Iterable[ast.AST]) -> bool:
    return any(isinstance(node, ast.Starred) for node in nodes)


def _statements(file: str) -> Sequence[ast.stmt]:
    tree = Source.for_filename(file).tree
    return tree.body if tree else []
