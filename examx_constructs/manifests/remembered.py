"""Answers that many rules ask for, kept in what they are about."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


def remembered(look: Callable[[_Asked], _Answer]) -> Callable[[_Asked], _Answer]:
    """Return a function of one immutable object, which looks once at each. Nobody changes what it gives."""
    place = f"{look.__module__}.{look.__qualname__}"

    def asked(about: _Asked) -> _Answer:
        kept = about.__dict__
        if place not in kept:
            kept[place] = look(about)
        return kept[place]

    asked.__doc__ = look.__doc__
    return asked


def remembered_in_last(look: Callable[_Given, _Answer]) -> Callable[_Given, _Answer]:
    """Return the same for a function of a set and of what is in it, which comes last: an object is of one set alone."""
    place = f"{look.__module__}.{look.__qualname__}"

    def asked(*given: _Given.args, **named: _Given.kwargs) -> _Answer:
        kept = given[-1].__dict__
        if place not in kept:
            kept[place] = look(*given, **named)
        return kept[place]

    asked.__doc__ = look.__doc__
    return asked
