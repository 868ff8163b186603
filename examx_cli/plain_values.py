"""Values of the command line that typer need not convert.

typer 0.29 converts each value with pydantic, which takes as long to import as typer itself. A text for a parameter that
is a text, and nothing at all, come out as they went in: for these it is not asked. Where a typer lacks what this
reaches into, all goes typer's way.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Any, Protocol, cast

_CONVERSION = "_runtime_param"
"""Where a parameter of typer 0.29 keeps what converts it: None until the first value comes (typer/core.py)."""


class _Parameter(Protocol):
    """What is asked of a parameter of typer."""

    multiple: bool
    nargs: int
    type_descriptor: Any

    def get_runtime_param(self) -> Any: ...  # noqa: ANN401 - as it is declared


def leave_plain(parameters: Iterable[object]) -> None:
    """Let these parameters load pydantic for values alone that need it."""
    for each in parameters:
        if getattr(each, _CONVERSION, parameters) is None:
            setattr(each, _CONVERSION, _AsTyped(cast("_Parameter", each)))


class _AsTyped:
    """Takes the place of typer's conversion of one parameter until a value needs that."""

    def __init__(self, parameter: _Parameter) -> None:
        self._parameter = parameter

    def coerce(self, value: object, param: object, ctx: object) -> object:
        """Return the value as the command gets it. Raises typer.BadParameter, as typer does."""
        parameter = self._parameter
        if value is None:
            return () if parameter.multiple or parameter.nargs == -1 else None
        kind = parameter.type_descriptor
        if kind.parameter_info.parser is None:
            if _is_plain(value, kind.annotation):
                return value
            if isinstance(value, list | tuple) and kind.annotation == list[str]:
                texts = list(cast("list[object]", value))
                if all(_is_plain(each, str) for each in texts):
                    return texts
        setattr(parameter, _CONVERSION, None)
        return parameter.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _is_plain(value: object, wanted: type) -> bool:
    """Return whether a value is what is wanted.

    Other letters than ASCII are for typer: it refuses halves of characters.
    """
    if type(value) is not wanted:
        return False
    return value.isascii() if isinstance(value, str) and not isinstance(value, Enum) else isinstance(value, Enum | bool)
