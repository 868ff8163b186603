"""The table of docs/cutover.md: what of today's deployment is kept, replaced or dropped, and why.

Each row speaks for the lines of today's manifests that its two patterns match. A test holds it against those manifests,
where they are at hand. Every line has a row, every row has a line, and what a row calls kept is the same on both sides.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from tools.cutover_lines import Line

_PART = re.compile(r"(?<=<!-- cutover -->\n).*?(?=<!-- /cutover -->)", re.DOTALL)

Verdict = Literal["kept", "replaced", "dropped", "left alone"]


@dataclass(frozen=True, slots=True)
class Row:
    """What becomes of some lines, and why. `objects` and `paths` are patterns that match whole texts."""

    verdict: Verdict
    today: str
    here: str
    why: str
    objects: str
    paths: str

    def speaks_for(self, line: Line) -> bool:
        """Return whether it is about a line of today's manifests."""
        found = re.fullmatch(self.objects, line.object) and re.fullmatch(self.paths, line.path)
        return bool(found) and line.is_kept == (self.verdict == "kept")


def _rows() -> tuple[Row, ...]:
    return tuple(Row(**each) for each in yaml.safe_load(_FILE.read_text(encoding="utf-8")))


_FILE = Path(__file__).with_name("cutover_rows.yaml")
ROWS = _rows()
"""In the order of the table. The first row that speaks for a line has it."""


def filled(text: str) -> str:
    """Return a document with the table made anew."""
    return _PART.sub(lambda _: table(), text)


def table() -> str:
    """Return the table, in Markdown."""
    head = "| today | from then on | | why |\n|---|---|---|---|\n"
    return head + "".join(f"| {row.today} | {row.here} | {row.verdict} | {row.why} |\n" for row in ROWS)
