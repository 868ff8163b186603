"""How a command ends when nobody takes what it prints: quietly where a reader has enough, else in a line."""

import os
import sys
from collections.abc import Callable

_UNWRITABLE = 2
_INTERRUPTED = 130


class UnwritableError(Exception):
    """Standard output takes nothing; the message says why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the result cannot be printed: {why}")


def write(text: str) -> None:
    """Print a text. Who reads a pipe may close it, as `head` does: that is no error. Raises UnwritableError."""
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison] - so it is where it was closed
        raise UnwritableError("standard output is closed")
    try:
        # Texts of others are printed, and file names may hold halves of characters, which no encoding has.
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(f"{text}\n".encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_the_rest()
    except OSError as error:
        _drop_the_rest()
        raise UnwritableError(error.strerror or str(error)) from None


def quiet(command: Callable[[], int]) -> int:
    """Run a command and give its exit status, whatever it left unprinted, such as a help text that nobody reads."""
    try:
        status: object = command()
    except SystemExit as stopped:
        status = stopped.code
    except KeyboardInterrupt:
        status = _INTERRUPTED
    try:
        if sys.stdout is not None:  # pyright: ignore[reportUnnecessaryComparison]
            sys.stdout.flush()
    except BrokenPipeError:
        _drop_the_rest()
    except OSError:
        _drop_the_rest()
        return _UNWRITABLE
    return status if isinstance(status, int) else 0


def _drop_the_rest() -> None:
    """Send what is in the buffer nowhere: Python would try once more at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
