"""What was recorded, as the CSV file that `examx scale simulate --arrivals` reads: whole at every moment, or not there.

The columns are those of `examx_constructs.scaling.traces`: `t` in seconds from the first row on, and `list_len` or
`arrivals`. Where nothing is known the cell is empty: a gap is told, and never filled.
"""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from examx_cli.errors import CommandError
from examx_constructs._files import beside_of, write_new

LENGTH, ARRIVALS = "list_len", "arrivals"


@dataclass(slots=True)
class Rows:
    """A figure for each step; None where none is known."""

    column: str
    step: float
    """Seconds from one row to the next."""
    figures: list[int | None] = field(default_factory=list)

    @property
    def known(self) -> int:
        """How many of the figures are known."""
        return sum(each is not None for each in self.figures)

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """From which second until which, exclusively, nothing is known."""
        return [(first * self.step, end * self.step) for first, end in _runs_of_none(self.figures)]

    def csv(self) -> str:
        """Return the file."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["t", self.column])
        writer.writerows(
            [f"{round(index * self.step, 3):.15g}", "" if each is None else each]
            for index, each in enumerate(self.figures)
        )
        return text.getvalue()


def _runs_of_none(figures: Sequence[int | None]) -> Iterator[tuple[int, int]]:
    first: int | None = None
    for index, each in enumerate(figures):
        if each is None and first is None:
            first = index
        elif each is not None and first is not None:
            yield first, index
            first = None
    if first is not None:
        yield first, len(figures)


@dataclass(slots=True)
class Target:
    """The file that is written: a name that was free, so that no earlier recording is lost."""

    path: Path
    _begun: bool = False

    def check(self) -> None:
        """Raise CommandError where a recording of hours could not be written at its end."""
        if self.path.exists() or self.path.is_symlink():
            raise CommandError(f"--out is {self.path}, which is there already; name another file, so that none is lost")
        if not self.path.parent.is_dir():
            raise CommandError(f"--out is {self.path}, and there is no folder {self.path.parent}")
        if not os.access(self.path.parent, os.W_OK | os.X_OK):
            raise CommandError(f"--out is {self.path}, and the folder {self.path.parent} may not be written into")

    def write(self, rows: Rows) -> None:
        """Write all of it, or nothing. Raises CommandError, with the file as it was before."""
        beside = beside_of(self.path)
        try:
            beside.unlink(missing_ok=True)
            write_new(beside, rows.csv().encode())
            # The first time the name must still be free: somebody may have taken it meanwhile.
            if self._begun:
                beside.replace(self.path)
            else:
                self.path.hardlink_to(beside)
                beside.unlink()
            self._begun = True
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise CommandError(f"{self.path} cannot be written: {error.strerror}") from error
