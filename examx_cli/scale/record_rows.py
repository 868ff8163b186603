"""What was recorded, as the CSV file that `examx scale simulate --arrivals` reads: whole at every moment, or not there.

The columns are those of `examx_constructs.scaling.traces`: `t` in seconds from the first row on, and `list_len` or
`arrivals`. Where nothing is known the cell is empty: a gap is told, and never filled. With the replicas beside the list
(`deploy_spec`), and a JSON file beside the CSV file, it is a recording that `examx scale replay` takes.
"""

import csv
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from examx_cli.errors import CommandError
from examx_constructs._files import beside_of, write_new

LENGTH, ARRIVALS, REPLICAS = "list_len", "arrivals", "deploy_spec"


@dataclass(slots=True)
class Rows:
    """A figure for each step; None where none is known."""

    column: str
    step: float
    """Seconds from one row to the next."""
    figures: list[int | None] = field(default_factory=list)
    replicas: list[int | None] | None = None
    """What the workload was told to have; None where that is not recorded."""

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
        columns = [self.figures] if self.replicas is None else [self.figures, self.replicas]
        writer.writerow(["t", self.column, *([] if self.replicas is None else [REPLICAS])])
        writer.writerows(
            [f"{round(index * self.step, 3):.15g}", *("" if each is None else each for each in row)]
            # Somebody may have interrupted between the two.
            for index, row in enumerate(zip(*columns, strict=False))
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
    """The file that is written: a name that was free, so that no earlier recording is lost.

    `about` says what a JSON file of that name tells beside it; None where there is none.
    """

    path: Path
    about: Callable[[], Mapping[str, object]] | None = None
    _begun: bool = False

    @property
    def beside(self) -> Path:
        """The JSON file."""
        return self.path.with_suffix(".json")

    def check(self) -> None:
        """Raise CommandError where a recording of hours could not be written at its end."""
        if self.path.suffix == self.beside.suffix:
            raise CommandError(f"--out is {self.path}; allowed: a name that does not end so; its rows are a CSV file")
        for each in (self.path, self.beside):
            if each.exists() or each.is_symlink():
                which = "which" if each == self.path else f"and {each}"
                raise CommandError(
                    f"--out is {self.path}, {which} is there already; name another file, so that none is lost"
                )
        if not self.path.parent.is_dir():
            raise CommandError(f"--out is {self.path}, and there is no folder {self.path.parent}")
        if not os.access(self.path.parent, os.W_OK | os.X_OK):
            raise CommandError(f"--out is {self.path}, and the folder {self.path.parent} may not be written into")

    def write(self, rows: Rows) -> None:
        """Write all of it, or nothing. Raises CommandError, with the file as it was before."""
        if self.about is not None:
            self._put(self.beside, f"{json.dumps(self.about(), indent=1)}\n")
        self._put(self.path, rows.csv())
        self._begun = True

    def _put(self, path: Path, content: str) -> None:
        unfinished = beside_of(path)
        try:
            unfinished.unlink(missing_ok=True)
            write_new(unfinished, content.encode())
            # The first time the name must still be free: somebody may have taken it meanwhile.
            if self._begun:
                unfinished.replace(path)
            else:
                path.hardlink_to(unfinished)
                unfinished.unlink()
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise CommandError(f"{path} cannot be written: {error.strerror}") from error
