"""Where a command speaks: what was asked for on standard output, everything else on standard error.

A terminal gets colours and live progress; a pipe and a workflow get plain lines, never wrapped. In GitHub Actions
warnings and errors are annotations of the run as well.
"""

import json
import os
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.status import Status
from rich.table import Table
from rich.text import Text

from examx_cli import github
from examx_cli.errors import CommandError

WIDTH_WITHOUT_TERMINAL = 160
_ANY_WIDTH = 10_000


def _console(*, stderr: bool, needed: int = 0) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else max(needed, WIDTH_WITHOUT_TERMINAL)
    return Console(file=stream, width=width, highlight=False, emoji=False, soft_wrap=not stream.isatty())


def show(what: RenderableType) -> None:
    """Print what was asked for: a rich table or tree. Brackets in its texts are text."""
    with printing():
        _console(stderr=False).print(what, markup=False)


def show_rows(rows: Sequence[Mapping[str, str]]) -> None:
    """Print a table of rows with the same headings, whose first one names the row.

    On a terminal that is too narrow for it each row is a block of lines: a name that is broken is nobody's name.
    """
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(*(Text(row.get(heading, "")) for heading in headings))
    console = _console(stderr=False)
    needed = console.measure(table, options=console.options.update(max_width=_ANY_WIDTH)).maximum
    if not console.is_terminal or needed <= console.width:
        with printing():
            _console(stderr=False, needed=needed).print(table, markup=False)
        return
    wide = max(map(len, headings)) + 2
    for number, row in enumerate(rows):
        name, *rest = row.items()
        lines = [*([""] if number else []), name[1], *(f"  {heading:<{wide}}{text}" for heading, text in rest)]
        say("\n".join(lines))


def say(text: str) -> None:
    """Print what was asked for, as it is. Raises CommandError where nothing can be printed, as on a full disk."""
    with printing():
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        sys.stdout.flush()


@contextmanager
def printing() -> Generator[None]:
    """Raise CommandError where nothing can be printed, as on a full disk; a closed pipe goes on to the caller."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        # What lies in the buffer goes nowhere: Python would try once more at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise CommandError(f"the result cannot be printed: {error.strerror}") from None


def say_json(data: object) -> None:
    """Print what was asked for, for a machine."""
    say(json.dumps(data, indent=2, ensure_ascii=False))


def note(text: str, style: str = "") -> None:
    """Tell what goes on. Brackets in the text are text."""
    _console(stderr=True).print(text, style=style or None, markup=False)


def warning(text: str) -> None:
    """Tell what went wrong without stopping the command."""
    _told("warning", text, style="yellow")


def error(text: str) -> None:
    """Tell what stopped the command."""
    _told("error", text, style="bold red")


def _told(level: str, text: str, style: str) -> None:
    if github.in_workflow(os.environ):
        note(github.annotation(level, text))
    else:
        note(f"{level}: {text}", style=style)


@contextmanager
def waiting(text: str) -> Generator[Status | None]:
    """Show on a terminal that a step takes time; elsewhere say so once."""
    console = _console(stderr=True)
    if not console.is_terminal:
        note(text)
        yield None
        return
    with console.status(text) as status:
        yield status


@contextmanager
def group(title: str) -> Generator[None]:
    """Print lines that belong together: folded in the log of a workflow, under a title elsewhere."""
    if not github.in_workflow(os.environ):
        note(title, style="bold")
        yield
        return
    note(f"::group::{title}")
    try:
        yield
    finally:
        note("::endgroup::")


def publish(values: Mapping[str, str]) -> None:
    """Give values to later steps of the workflow; nothing happens outside of one."""
    github.set_outputs(values, os.environ)
