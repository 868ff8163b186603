"""Files that no objects were read from."""

from typing import NamedTuple


class Unread(NamedTuple):
    """What of a file could not be read: where, from 1 on, 0 where that is not known, and why."""

    file: str
    line: int
    column: int
    reason: str
    template: bool = False
    """Whether it is a template: a program makes manifests of it, and it was never meant to be one."""
