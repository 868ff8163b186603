"""Answers that many rules ask for, kept in what they are about."""

from collections.abc import Callable
from typing import TypeVar

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


def remembered(look: Callable[[_Asked], _Answer]) -> Callable[[_Asked], _Answer]:
    """A function of one immutable object, which looks once at each. Nobody changes what it gives."""
    place = f"{look.__module__}.{look.__qualname__}"

    def asked(about: _Asked) -> _Answer:
        kept = about.__dict__
        if place not in kept:
            kept[place] = look(about)
        return kept[place]

    asked.__doc__ = look.__doc__
    return asked
