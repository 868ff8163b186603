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
    while (asked := time.monotonic()) < deadline:
        with suppress(*ignoring):
            if answer := condition():
                return answer
        # A question that starts processes is not asked all the time: it would slow down what it waits for.
        time.sleep(min(max(0.02, 4 * (time.monotonic() - asked)), 0.2))
    raise AssertionError(f"not within {seconds} s; {because()}")
