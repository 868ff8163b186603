"""The table of docs/reliability.md: what each loss does to a task, at each moment of its life.

The rows are measurements of `tests/runtime/celery/test_crashes.py`, which holds them against real workers and a real
Redis again.
"""

import fcntl
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("crashes.yaml")
_PART = re.compile(r"(?<=<!-- crashes -->\n).*?(?=<!-- /crashes -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """How often a task was begun and ended, with a loss at one moment, and how it came back where it did.

    `late`: whether it is acknowledged when it has ended, not when it begins.
    """

    moment: str
    victim: str
    pool: str
    late: bool
    begun: int
    ended: int
    back: str | None


def _rows() -> tuple[Row, ...]:
    text = _FILE.read_text(encoding="utf-8") if _FILE.exists() else ""
    return tuple(Row(**each) for each in yaml.safe_load(text) or ())


ROWS = _rows()
"""In the order of the table."""


def write(rows: Iterable[Row]) -> None:
    """Put rows in the place of those that were measured of the same before. Several processes may do so at a time."""
    new = list(rows)
    with _FILE.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        about = {(each.victim, each.pool, each.late) for each in new}
        kept = [each for each in _rows() if (each.victim, each.pool, each.late) not in about]
        whole = sorted([*kept, *new], key=lambda each: (each.pool, not each.late, each.victim))
        file.truncate(0)
        yaml.safe_dump([asdict(each) for each in whole], file, sort_keys=False)


def filled(text: str) -> str:
    """Return a document with the table made anew."""
    return _PART.sub(lambda _: table(), text)


def table() -> str:
    """Return the table, in Markdown: a row for each moment and loss, a column for each pool and way to acknowledge."""
    ways = [(pool, late) for late in (True, False) for pool in ("gevent", "prefork")]
    heads = [f"{pool}, {'late' if late else 'early'}" for pool, late in ways]
    lines = [f"| the task | what is lost | {' | '.join(heads)} |", f"|---|---|{'---|' * len(ways)}"]
    cells = {(row.moment, row.victim, row.pool, row.late): outcome(row) for row in ROWS}
    moments = list(dict.fromkeys(row.moment for row in sorted(ROWS, key=lambda row: row.victim == "worker")))
    for moment in moments:
        for victim in ("worker", "process", "Redis", "network"):
            found = [cells.get((moment, victim, *way), "") for way in ways]
            if any(found):
                lines.append(f"| {moment} | {victim} | {' | '.join(found)} |")
    return "\n".join(lines) + "\n"


def outcome(row: Row) -> str:
    """Return what became of a task, in words."""
    if row.ended == 0:
        return "**lost**"
    if row.ended > 1:
        what = "runs twice"
    elif row.begun > 1:
        what = "begun twice"
    else:
        what = "once"
    return f"{what}{_BACK[row.back]}"


_BACK = {None: "", "at once": "", "taking": ", after 30 s", "visibility": ", after an hour"}
