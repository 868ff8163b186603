"""Options that several commands have together: fields of a dataclass, each written once with its name and its help.

A command takes the dataclass as a keyword, and Typer, which knows no such groups, reads its fields in its place.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with the options of its groups beside its own, where the group stood.

    Raises TypeError where two options have one name: one of them would be lost.
    """
    signature = inspect.signature(command, eval_str=True)
    groups = {name: _group(each) for name, each in signature.parameters.items() if is_dataclass(each.annotation)}
    parameters = [each for own in signature.parameters.values() for each in _read(own, groups)]
    names = [each.name for each in parameters]
    if twice := {name for name in names if names.count(name) > 1}:
        raise TypeError(f"{command.__name__} has options of one name: {', '.join(sorted(twice))}")

    @wraps(command)
    def called(**given: object) -> None:
        made = {name: group(**{each: given.pop(each) for each in _names(group)}) for name, group in groups.items()}
        command(**given, **made)

    called.__signature__ = signature.replace(parameters=parameters)  # pyright: ignore[reportAttributeAccessIssue] - what inspect reads first
    return called


def _read(own: inspect.Parameter, groups: Mapping[str, Callable[..., object]]) -> Iterator[inspect.Parameter]:
    group = groups.get(own.name)
    if group is None:
        yield own
        return
    types = get_type_hints(group, include_extras=True)
    for each in _fields(group):
        default = inspect.Parameter.empty if each.default is MISSING else each.default
        yield inspect.Parameter(each.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=types[each.name])


def _group(parameter: inspect.Parameter) -> Callable[..., object]:
    return parameter.annotation


def _names(group: Callable[..., object]) -> list[str]:
    return [each.name for each in _fields(group)]


def _fields(group: Any) -> tuple[Field[Any], ...]:  # noqa: ANN401 - the type of a dataclass has no name
    return fields(group)
