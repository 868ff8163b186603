"""Waiting for what real programs do in their own time."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Answer = TypeVar("Answer")


def eventually(
    condition: Callable[[], Answer | None],
    *,
    because: Callable[[], str],
    seconds: float = 60,
    ignoring: tuple[type[Exception], ...] = (),
) -> Answer:
    """The first answer that counts as true; `ignoring`: errors that are no answer yet. Fails with a reason."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(*ignoring):
            if answer := condition():
                return answer
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s; {because()}")
