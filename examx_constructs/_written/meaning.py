"""What names mean: parameters, variables, constants, and constants of other files."""

import ast
import builtins
import functools
import importlib.util
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import ModuleType
from typing import TypeGuard

from examx_constructs._written.expression import Written
from examx_constructs._written.trees import Function, all_nodes, function_around, own_nodes, parent, tree

UNKNOWN = object()
"""What an expression means while the code runs, where its text does not tell."""
_CHANGING = frozenset(
    {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update", "setdefault"}
)
_MOST_STEPS = 100
"""Names that lead to names: more are a circle."""


def origin(written: Written) -> Written:
    """Return what a name means, as far as that is one expression; everything else is its own origin."""
    for _ in range(_MOST_STEPS):
        found = _meaning(written)
        if found is None:
            break
        written = found
    return written


def stands_for(written: Written) -> object:
    """Return what a name of a module means, such as a class or a function.

    UNKNOWN for all that is made on the way.
    """
    match origin(written).node, written.node:
        case ast.Name(id=name), _:
            final = origin(written)
            if final.bound.keys() & {name} or _bindings(final, name):
                return UNKNOWN
            return final.scope.get(name, getattr(builtins, name, UNKNOWN))
        case ast.Attribute(value=owner, attr=name), _:
            final = origin(written)
            base = stands_for(final.at(owner))
            return getattr(base, name, UNKNOWN) if isinstance(base, ModuleType | type) else UNKNOWN
        case _:
            return UNKNOWN


def default_of(setting: type, field: str) -> Written | None:
    """Return the default of a field, where the setting's class, or the one that it inherits it from, has it."""
    for owner in setting.__mro__:
        for value in _of_class(owner, field):
            found = replace(value, default=True)
            return found.keyword("default") or found
    return None


def module_of(file: str) -> Mapping[str, object]:
    """Return the names of the module that a file is loaded as."""
    found = [each for each in [*sys.modules.values()] if getattr(each, "__file__", None) == file]
    return vars(found[0]) if found else {}


def _meaning(written: Written) -> Written | None:
    """Return what a name means; None for what is no name, and for one that does not mean one expression."""
    match written.node:
        case ast.Name(id=name) if name in written.bound:
            return written.bound[name]
        case ast.Name(id=name):
            return _of_name(written, name)
        case ast.Attribute(value=owner, attr=name):
            return _once(written, _of_owner(stands_for(written.at(owner)), name))
        case _:
            return None


def _of_name(written: Written, name: str) -> Written | None:
    match _bindings(written, name):
        case []:
            return _once(written, _given(written.file, written.scope, name))
        case [ast.arg()] if not rest_of_arguments(written):
            return _of_parameter(written, name)
        case [ast.Name() as target]:
            value = _assigned(target)
            function = function_around(written.node)
            return written.at(value) if value and function and not _changes(function, name) else None
        case _:
            return None


def _bindings(written: Written, name: str) -> list[ast.AST]:
    """Return the places that give a name its value inside of the functions around."""
    function = function_around(written.node)
    return _all_bindings(function).get(name, []) if function else []


@functools.cache
def _all_bindings(function: Function) -> Mapping[str, list[ast.AST]]:
    found: dict[str, list[ast.AST]] = {}
    for node in all_nodes(function):
        if name := _bound(node):
            found.setdefault(name, []).append(node)
    return found


def _bound(node: ast.AST) -> str | None:
    """Return the name that a node gives a value."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
            return name
        case ast.alias(name=name, asname=other):
            return other or name
        case ast.FunctionDef(name=name) if function_around(node) is not None:
            return name
        case _:
            return None


def appended(written: Written) -> list[Written]:
    """Return what is appended to the list of this name, in the order of the text.

    None where more than that is done to it.
    """
    scope = function_around(written.node) or tree(written.file)
    changes = _changes(scope, written.node.id) if scope and isinstance(written.node, ast.Name) else []
    calls = [each for each in changes if isinstance(each, ast.Call)]
    if len(calls) < len(changes) or any(getattr(each.func, "attr", "") != "append" for each in calls):
        return []
    return [written.at(each.args[0]) for each in calls if len(each.args) == 1]


def first_value(written: Written) -> Written | None:
    """Return the one expression that a name of this function begins with, whatever is done to it later."""
    scope = function_around(written.node) or tree(written.file)
    name = getattr(written.node, "id", None)
    targets = [node for node in own_nodes(scope) if _bound(node) == name] if scope and name else []
    value = _assigned(targets[0]) if len(targets) == 1 and isinstance(targets[0], ast.Name) else None
    return written.at(value) if value else None


def _changes(scope: ast.AST, name: str) -> list[ast.AST]:
    """Return what changes the list or the mapping of a name where it is: `name.append(...)`, `name[...] = ...`."""
    return [node for changed, node in _all_changes(scope) if changed == name]


@functools.cache
def _all_changes(scope: ast.AST) -> tuple[tuple[str, ast.AST], ...]:
    found = [(_changed(node), node) for node in all_nodes(scope)]
    return tuple((name, node) for name, node in found if name)


def _changed(node: ast.AST) -> str | None:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=how)) if how in _CHANGING:
            return name
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name
        case _:
            return None


def _assigned(target: ast.Name) -> ast.expr | None:
    """Return the one expression that a statement gives a name."""
    match parent(target):
        case ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(value=ast.expr() as value):
            return value
        case _:
            return None


def _once(written: Written, found: Iterable[Written | None]) -> Written | None:
    """Return the one expression that was found; None where there are others, or a loop that gives several."""
    match list(found):
        case [Written() as only]:
            return replace(only, default=written.default)
        case _:
            return None


def _of_owner(owner: object, name: str) -> Iterator[Written | None]:
    """Yield what a module or a class gives a name."""
    if isinstance(owner, ModuleType):
        yield from _given(str(getattr(owner, "__file__", "")), vars(owner), name)
    elif isinstance(owner, type):
        yield from _of_class(owner, name)


def _given(file: str, scope: Mapping[str, object], name: str) -> Iterator[Written | None]:
    """Yield each expression that a module gives a name, of its own and of what it imports; None for what is no such."""
    root = tree(file)
    if root is None:
        return
    for node in own_nodes(root):
        match node:
            case ast.Name(id=bound, ctx=ast.Store()) if bound == name:
                value = _assigned(node)
                yield Written(file, value.lineno, value, scope=scope) if value and not _changes(root, name) else None
            case ast.ImportFrom(names=names):
                module = _module(node, scope)
                for imported in names:
                    if module and name == (imported.asname or imported.name):
                        yield from _given(str(module.__file__), vars(module), imported.name)
            case _:
                pass


def _module(node: ast.ImportFrom, scope: Mapping[str, object]) -> ModuleType | None:
    relative = f"{'.' * node.level}{node.module or ''}"
    try:
        name = importlib.util.resolve_name(relative, str(scope.get("__package__")))
    except ImportError:
        return None
    module = sys.modules.get(name)
    return module if module and getattr(module, "__file__", None) else None


def _of_class(owner: type, name: str) -> Iterator[Written]:
    """Yield each expression that a class body gives a name."""
    module = sys.modules.get(owner.__module__)
    file = str(getattr(module, "__file__", ""))
    root, scope = tree(file), vars(module) if module else {}
    for node in all_nodes(root) if root else ():
        if isinstance(node, ast.ClassDef) and node.name == owner.__name__:
            values = [value for value in map(_assigned, _targets(node.body, name)) if value]
            yield from (Written(file, each.lineno, each, scope=scope) for each in values)


def _targets(body: Iterable[ast.stmt], name: str) -> Iterator[ast.Name]:
    for statement in body:
        for node in ast.iter_child_nodes(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name:
                yield node


def _of_parameter(written: Written, name: str) -> Written | None:
    """Return what a parameter of a module's function got from its call.

    The call itself where that unpacks arguments.
    """
    function, call = function_around(written.node), written.outer
    if call is None or not _is_of_module(function) or call.called != function.name:
        return None
    unnamed = unnamed_of(function)
    given = call.keyword(name) or (call.argument(unnamed.index(name)) if name in unnamed else None)
    default = _defaults(function.args).get(name)
    return given or (call if call.unpacks or default is None else replace(written.at(default), outer=None))


def unnamed_of(function: Function) -> list[str]:
    """Return the parameters that a call may give by their position."""
    return [each.arg for each in (*function.args.posonlyargs, *function.args.args)]


def rest_of_arguments(name: Written) -> list[Written]:
    """Return what a call gives to the parameter `*name` of the function that it runs."""
    function, call = function_around(name.node), name.outer
    if not function or not call or call.called != getattr(function, "name", None) or call.unpacks:
        return []
    rest = function.args.vararg
    is_rest = rest is not None and isinstance(name.node, ast.Name) and rest.arg == name.node.id
    arguments = call.node.args if isinstance(call.node, ast.Call) and is_rest else []
    return [call.at(each) for each in arguments[len(unnamed_of(function)) :]]


def _is_of_module(function: Function | None) -> TypeGuard[ast.FunctionDef]:
    return isinstance(function, ast.FunctionDef) and isinstance(parent(function), ast.Module)


def _defaults(arguments: ast.arguments) -> dict[str, ast.expr | None]:
    """Return the defaults of parameters by their names; None for a named one that has none."""
    unnamed = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    named = [each.arg for each in arguments.kwonlyargs]
    last = unnamed[len(unnamed) - len(arguments.defaults) :]
    return dict(zip([*last, *named], [*arguments.defaults, *arguments.kw_defaults], strict=True))


def unwrapped(function: object) -> object:
    """Return the function itself: of a class's method, and of what a decorator has made of it."""
    return inspect.unwrap(getattr(function, "__func__", function)) if callable(function) else function
