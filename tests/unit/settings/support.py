"""Reading refusals, and running properties the same way on every machine."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import settings

from examx_constructs.settings import ConfigurationError

T = TypeVar("T")

reproducible = settings(derandomize=True, deadline=None, database=None)
"""For property tests: the same examples in every run, and no time limit on a busy machine."""


def refusal(make: Callable[[], object]) -> str:
    """The message with which something is refused: one line."""
    with pytest.raises(ConfigurationError) as refused:
        make()
    message = str(refused.value)
    assert len(message.splitlines()) == 1
    return message


def attempt(make: Callable[[], T]) -> T | str:
    """What is made, or the message with which it is refused; any other error is a failure of the test."""
    try:
        return make()
    except ConfigurationError as refused:
        return str(refused)
