"""The end of the process that runs a command, at one of its calls of kubectl."""

from collections.abc import Callable
from typing import Any

Run = Callable[..., str]


class Killed(BaseException):
    """The end of the process, before a call acts or after it."""


def killed_at(number: int, verb: str, run: Run, *, after: bool) -> Run:
    """What plays `processes.run`: the one who asks ends at the call of that number, of one verb or of any."""
    calls = 0

    def instead(command: Any, **options: Any) -> str:
        nonlocal calls
        is_meant = "kubectl" in command[0] and verb in ("", command[1])
        calls += is_meant
        if not is_meant or calls != number:
            return run(command, **options)
        if after:
            run(command, **options)
        raise Killed

    return instead
