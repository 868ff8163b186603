"""Whether what is given is of the type that is asked for, at run time: of settings and of constructs alike."""

import math
import types
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, Union, cast, get_args, get_origin

_SERIES = (Collection, Iterable, Sequence)


def matches(given: object, hint: Any) -> bool:  # noqa: ANN401 - a type, or a form that stands for one
    """Return whether a value is of a type, as annotations write it.

    A truth is no number, and what is not finite neither.
    """
    # Most hints are a class, which needs no question, and this runs for every field of every value.
    origin: Any = None if isinstance(hint, type) else get_origin(hint)
    arguments: tuple[Any, ...] = get_args(hint) if origin else ()
    if origin in (Union, types.UnionType):
        return any(matches(given, option) for option in arguments)
    if origin is Literal:
        return any(type(given) is type(option) and given == option for option in arguments)
    if origin is tuple:
        return isinstance(given, tuple) and all(
            matches(item, arguments[0]) for item in cast("tuple[object, ...]", given)
        )
    if origin is Mapping:
        pairs = cast("Mapping[object, object]", given).items() if isinstance(given, Mapping) else None
        return pairs is not None and all(matches(k, arguments[0]) and matches(v, arguments[1]) for k, v in pairs)
    if origin in _SERIES:
        # What can be gone through once only is left whole.
        return (
            isinstance(given, origin)
            and not isinstance(given, str | bytes)
            and (
                not isinstance(given, list | tuple | set | frozenset)
                or all(matches(item, arguments[0]) for item in cast("Collection[object]", given))
            )
        )
    return _is_plain(given, hint)


def _is_plain(given: object, hint: Any) -> bool:  # noqa: ANN401 - as above
    if hint is int:
        return isinstance(given, int) and not isinstance(given, bool)
    if hint is float:
        return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)
    if hint is None or hint is Any:
        return hint is Any or given is None
    return isinstance(given, hint)


def described(hint: Any) -> str:  # noqa: ANN401 - as above
    """Return a type in words."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(described(option) for option in arguments)
    if origin is Literal:
        return "one of " + ", ".join(f'"{option}"' for option in arguments)
    if origin is tuple or origin in _SERIES:
        return f"{'a tuple' if origin is tuple else 'several'} of {described(arguments[0])}"
    if origin is Mapping:
        return f"a mapping of {described(arguments[0])} to {described(arguments[1])}"
    if hint is float:
        return "a finite number"
    return "None" if hint in (None, types.NoneType) else str(getattr(hint, "__name__", hint))
