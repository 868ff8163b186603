"""How a wait looks: a table that moves on a terminal, a line for each change elsewhere."""

import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table

from examx_cli import output
from examx_cli.deploy.rollouts import Progress
from examx_constructs.manifests import ObjectId

_SIGNS = {None: "…", False: "[green]✓[/]", True: "[red]✗[/]"}


class Lines:
    """One line for each change."""

    def __init__(self) -> None:
        self._last: dict[ObjectId, str] = {}

    def tell(self, progress: Progress) -> None:
        """Print what is new."""
        if self._last.get(progress.workload) != progress.line:
            self._last[progress.workload] = progress.line
            output.note(f"{progress.workload.name}: {progress.line}")


class Board:
    """A table of all workloads, with the last that is known of each."""

    def __init__(self, live: Live, workloads: Sequence[ObjectId]) -> None:
        self._live = live
        self._rows = {key: Progress(key, "waiting") for key in workloads}
        self._live.update(self._table())

    def tell(self, progress: Progress) -> None:
        """Show what is new."""
        self._rows[progress.workload] = progress
        self._live.update(self._table())

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for key, progress in self._rows.items():
            table.add_row(_SIGNS[progress.failed], key.name, f"[dim]{progress.line}")
        return table


@contextmanager
def shown(workloads: Sequence[ObjectId]) -> "Generator[Board | Lines]":
    """Yield what to tell the progress to."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    with Live(console=Console(stderr=True, highlight=False), refresh_per_second=4) as live:
        yield Board(live, workloads)
