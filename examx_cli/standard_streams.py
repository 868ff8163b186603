"""Standard streams that the caller closed, as `<&-` and some supervisors do. Python has None in their place."""

import os
import sys


def replace_closed() -> None:
    """Put an open stream in the place of each closed one.

    Input is empty, and what is told on stderr goes nowhere. A result that is written to stdout is refused with EBADF,
    as any program's is. A caller that closed it must not take the command for done.
    """
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY), "r", encoding="utf-8")
    if sys.stdout is None:
        # Open for reading alone, so that a write fails.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
