"""Arguments of constructs, checked in type before anything is made of them.

Type checkers say the same of code that they see. What comes past them, such as a text where an ImageReference belongs,
would end somewhere inside. It would be an AttributeError, or an answer of Node without the argument's name.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, get_type_hints

from examx_constructs.settings import ConfigurationError, SettingError
from examx_constructs.settings._types import described, matches

_Arguments = ParamSpec("_Arguments")
_Class = TypeVar("_Class", bound=type)
_UNNAMED = ("self", "scope", "id")


def strict(init: Callable[_Arguments, None]) -> Callable[_Arguments, None]:
    """Return the constructor of a construct, that refuses arguments of other types in one line each.

    Raises SettingError for an argument of another type or of no known name, ConfigurationError for one that is missing.
    """

    @functools.cache
    def expected() -> tuple[dict[str, Any], frozenset[str]]:
        parameters = inspect.signature(init).parameters
        required = {name for name, each in parameters.items() if each.default is inspect.Parameter.empty}
        hints = get_type_hints(init)
        return {name: hints.get(name, object) for name in parameters}, frozenset(required - {"self"})

    @functools.wraps(init)
    def checked(*unnamed: _Arguments.args, **named: _Arguments.kwargs) -> None:
        hints, required = expected()
        owner = type(unnamed[0]).__name__
        all_given = {**dict(zip(hints, unnamed, strict=False)), **named}
        for name, given in all_given.items():
            if name not in hints:
                known = ", ".join(each for each in hints if each not in _UNNAMED)
                raise SettingError(f"{owner}.{name}", given, f"there is no such argument: it must be one of {known}")
            if not matches(given, hints[name]):
                raise SettingError(f"{owner}.{name}", given, f"it must be {described(hints[name])}")
        for name in sorted(required - all_given.keys()):
            raise ConfigurationError(f"{owner}.{name} is missing; it has no default and must be given")
        init(*unnamed, **named)

    return checked


def strict_value(cls: _Class) -> _Class:
    """Return a dataclass whose fields are checked so."""
    setattr(cls, "__init__", strict(cls.__init__))  # noqa: B010 - assigning to __init__ is what type checkers refuse
    return cls
