"""A status on a terminal: in colours, as wide as that is, and looked at again and again.

A line that is too long goes on below, broken between words alone: half a name is nobody's name.
"""

import sys
import textwrap
import time
from collections.abc import Callable, Iterable

from rich.console import Console
from rich.live import Live
from rich.text import Text

from examx_cli import output
from examx_cli.status.words import Line, Tone

_LEAST_WIDTH = 40
_AGAIN = 2
"""Spaces by which what goes on below is further in."""


def plain(lines: Iterable[Line]) -> str:
    """Return lines for a pipe: as wide as they are."""
    return "\n".join(" " * each.indent + each.text for each in lines)


def wrapped(lines: Iterable[Line], width: int) -> Text:
    """Return lines for a terminal of that width."""
    whole = Text(no_wrap=True, overflow="ignore")
    for each in lines:
        whole.append(_fitted(each, max(width, _LEAST_WIDTH)) + "\n", style=each.tone)
    whole.rstrip()
    return whole


def _fitted(line: Line, width: int) -> str:
    before = " " * line.indent
    if len(before) + len(line.text) <= width:
        return before + line.text
    # Columns are held by spaces, which are not broken but at the end of a line.
    return textwrap.fill(
        line.text,
        width,
        initial_indent=before,
        subsequent_indent=before + " " * _AGAIN,
        break_long_words=False,
        break_on_hyphens=False,
    )


def show(lines: Iterable[Line]) -> None:
    """Print a status once."""
    if sys.stdout.isatty():
        console = Console(highlight=False, emoji=False)
        with output.printing():
            console.print(wrapped(lines, console.width), markup=False, soft_wrap=True)
    else:
        output.say(plain(lines))


def watch(look: Callable[[], Iterable[Line]], every: float) -> None:
    """Look again and again, until somebody interrupts; on a terminal each look takes the place of the one before."""
    try:
        if sys.stdout.isatty():
            _live(look, every)
        else:
            while True:
                output.say(plain(look()) + "\n")
                time.sleep(every)
    except KeyboardInterrupt:
        return


def _live(look: Callable[[], Iterable[Line]], every: float) -> None:
    console = Console(highlight=False, emoji=False)
    with (
        output.printing(),
        Live(console=console, screen=True, auto_refresh=False, vertical_overflow="ellipsis") as live,
    ):
        while True:
            found = [*look(), Line("", indent=0), Line(f"again every {every:g} s; Ctrl-C ends it", Tone.DETAIL, 0)]
            live.update(wrapped(found, console.width), refresh=True)
            time.sleep(every)
