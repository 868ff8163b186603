"""What may be told of a refusal: never a value. An admission webhook can answer with the whole object."""

import re
from collections.abc import Collection
from itertools import chain

from examx_cli.processes import ProcessError

_REASON = re.compile(r"Error from server \((\w+)\)")
_IMMUTABLE = "field is immutable when `immutable` is set"
_PIECE = 8  # characters: what is cut short in an answer still tells some of a value


def told(error: ProcessError, values: Collection[str]) -> str:
    """Return what the cluster said, where no piece of these values is in it; else only its reason."""
    pieces = chain.from_iterable(_pieces(each) for each in values)
    return reason(error) if any(each in error.said for each in pieces) else error.said


def reason(error: ProcessError) -> str:
    """Return why the cluster refused, in its one word for that.

    It is for an answer that may show anything.
    """
    if _IMMUTABLE in error.said:
        return "it is immutable"
    found = _REASON.search(error.said)
    why = found[1] if found else f"kubectl ended with status {error.status_of_program}"
    return f"{why}; what else it said is not shown, for it may hold a value"


def _pieces(value: str) -> list[str]:
    return [value[start : start + _PIECE] for start in range(max(len(value) - _PIECE, 0) + 1)]
