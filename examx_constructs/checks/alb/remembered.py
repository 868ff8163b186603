"""Answers that many rules ask for, kept as long as what they are about."""

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


def remembered(look: Callable[[_Asked], _Answer]) -> Callable[[_Asked], _Answer]:
    """A function of one immutable object, which looks once at each."""
    known: WeakKeyDictionary[_Asked, _Answer] = WeakKeyDictionary()

    def asked(about: _Asked) -> _Answer:
        if about not in known:
            known[about] = look(about)
        return known[about]

    asked.__doc__ = look.__doc__
    return asked
