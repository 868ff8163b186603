"""jsii's checks of the types of arguments, which take half of a render. `python -O main.py` leaves them out.

So do the tests, but for those of constructs, which other teams may use without `-O`.

Import this before cdk8s-plus, whose modules keep the function that is replaced here (jsii 1.142, cdk8s-plus-27 2.9.5).
"""

import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import pytest
import typeguard

_check: Callable[..., Any] = typeguard.check_type
_hints = typing.get_type_hints
_hints_of_stub = cache(_hints)
_checking = ContextVar("checking", default=False)


@contextmanager
def checked() -> Iterator[None]:
    """With the checks, as a program without `-O` has them."""
    before = _checking.set(True)
    try:
        yield
    finally:
        _checking.reset(before)


@pytest.fixture(autouse=True)
def argument_types() -> Iterator[None]:
    """With the checks, for the tests of each folder whose conftest imports it: those of constructs."""
    with checked():
        yield


def _check_type(*arguments: Any, **named: Any) -> Any:
    return _check(*arguments, **named) if _checking.get() else None


def _get_type_hints(of: Any, *arguments: Any, **named: Any) -> dict[str, Any]:
    is_stub = getattr(of, "__name__", "").startswith("_typecheckingstub__")
    return _hints_of_stub(of) if is_stub else _hints(of, *arguments, **named)


typeguard.check_type = _check_type
typing.get_type_hints = _get_type_hints
