"""What comes of looking for one precondition."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Whether a precondition holds."""

    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    """Whether it holds, and what the cluster says to that."""

    state: State
    said: str


def good(said: str) -> Found:
    """Say that it holds."""
    return Found(State.OK, said)


def lacking(said: str) -> Found:
    """Say that it does not hold."""
    return Found(State.MISSING, said)


def unsure(said: str) -> Found:
    """Return the cluster does not tell."""
    return Found(State.UNKNOWN, said)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A precondition, whether it holds, and where it does not: what breaks, and the command or change that mends it."""

    topic: str
    what: str
    state: State
    said: str
    breaks: str
    mend: str
