"""What a YAML text would become, looked at before anything is made of it.

PyYAML builds nodes by recursion, in C as well, and shares what aliases name. So a text of a few lines may end the
process or mean more than fits into memory once it is written out. Its events come one after the other, whatever the
text is.
"""

import re
from dataclasses import dataclass, field

import yaml

from examx_constructs._depth import DEEPEST

LARGEST = 64 * 1024 * 1024
"""Bytes that the values of a text may have once its aliases are written out, each with the room that Python needs."""

LONGEST_NUMBER = 400
"""Characters: Python refuses to print integers of more than 4300 digits.

PyYAML takes a time that grows with the square of their length for those of base 60 (`1:30:00`).
"""

ROOM = 64
"""Bytes: a short text in CPython, and its place in a mapping."""
_NUMBER = re.compile(r"[-+]?[0-9][0-9a-fA-F_:.xo]*", re.ASCII)
_NUMERIC = frozenset({"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"})
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ExcessError(yaml.YAMLError):
    """A text that nests too deep, is too large once its aliases are written out, or holds itself: where, and which."""

    def __init__(self, line: int, problem: str) -> None:
        self.line = line
        self.problem = problem
        super().__init__(f"line {line}: {problem}")


def check(text: str) -> None:
    """Raise ExcessError for a YAML text that is more than any manifest, and yaml.YAMLError for what is no YAML."""
    measure = _Measure()
    for event in yaml.parse(text, Loader=_Loader):
        try:
            measure.add(event)
        except _Excess as excess:
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise ExcessError(line, str(excess)) from None


class _Excess(Exception):  # noqa: N818 - told on with the line
    pass


@dataclass(slots=True)
class _Measure:
    """The sizes of what has an anchor, and of the collections that are open, with their anchors; first the document."""

    sizes: dict[str, int] = field(default_factory=dict[str, int])
    open: list[tuple[str, int]] = field(default_factory=lambda: [("", 0)])

    def add(self, event: yaml.Event) -> None:
        """Take an event in. Raises _Excess."""
        if isinstance(event, yaml.CollectionStartEvent):
            if len(self.open) > DEEPEST:
                raise _Excess(f"nests deeper than {DEEPEST} levels")
            self.sizes.pop(event.anchor or "", None)
            self.open.append((event.anchor or "", ROOM))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._grow(*self.open.pop())
        elif isinstance(event, yaml.AliasEvent):
            self._grow("", self._size_of(event.anchor or ""))
        elif isinstance(event, yaml.ScalarEvent):
            if _is_long_number(event):
                raise _Excess(f"a number of {len(event.value)} characters: put a text into quotation marks")
            self._grow(event.anchor or "", len(event.value) + ROOM)

    def _size_of(self, alias: str) -> int:
        if alias not in self.sizes and any(anchor == alias for anchor, _ in self.open):
            raise _Excess(f"what the anchor {alias} names holds itself")
        return self.sizes.get(alias, 0)  # One that is defined nowhere is the parser's to refuse.

    def _grow(self, anchor: str, size: int) -> None:
        if anchor:
            self.sizes[anchor] = size
        around, before = self.open[-1]
        if before + size > LARGEST:
            raise _Excess(f"larger than {LARGEST >> 20} MiB once its aliases are written out")
        self.open[-1] = (around, before + size)


def _is_long_number(event: yaml.ScalarEvent) -> bool:
    numeric = event.tag in _NUMERIC or bool(event.implicit and event.implicit[0])
    return len(event.value) > LONGEST_NUMBER and numeric and _NUMBER.fullmatch(event.value) is not None
