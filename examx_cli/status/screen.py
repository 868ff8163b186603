"""A status on a terminal: in colours, as wide as that is, and looked at again and again.

A line that is too long goes on below, broken between words alone: half a name is nobody's name. Lines that
are looked at again and again may not fit the height: then trouble stays, and how much is left out is said.
"""

import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Sequence

from rich.console import Console
from rich.live import Live
from rich.text import Text

from examx_cli import output
from examx_cli.status.words import Line, Tone

_LEAST_WIDTH = 40
_MATTERS = (Tone.TROUBLE, Tone.PLAIN, Tone.UNREAD, Tone.GOOD, Tone.DETAIL, Tone.TITLE)
"""By which lines stay where not all fit."""
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


def fitting(lines: Sequence[Line], width: int, height: int, more: str) -> list[Line]:
    """Return what fits a terminal: all of it, or all without the lines between, or what matters most.

    Their order stays. A section has its title where any line of it is there. The last line says how many are left out,
    and `more` where they are.
    """
    wide = max(width, _LEAST_WIDTH)
    if _rows(lines, wide) <= height:
        return [*lines]
    close = [each for each in lines if each.text]
    if _rows(close, wide) <= height:
        return close
    kept = _kept(close, wide, height - _rows([_left_out(close, more)], wide))
    left = [each for place, each in enumerate(close) if place not in kept]
    return [*(each for place, each in enumerate(close) if place in kept), _left_out(left, more)]


def _left_out(lines: Sequence[Line], more: str) -> Line:
    told = [each for each in lines if each.tone is not Tone.TITLE]
    trouble = sum(each.tone is Tone.TROUBLE for each in told)
    of_them = f", {trouble} of them trouble" if trouble else ""
    return Line(f"{len(told)} more line{'s'[: len(told) != 1]}{of_them}; {more}", Tone.UNREAD, 0)


def _kept(lines: Sequence[Line], width: int, height: int) -> set[int]:
    """Return the places of what matters most and fits: the first line, then by tone, what comes first before others."""
    kept = {0}
    room = height - _rows(lines[:1], width)
    titles: list[int] = []
    for place, line in enumerate(lines):
        titles.append(place if line.tone is Tone.TITLE else titles[-1])
    for place in sorted(range(1, len(lines)), key=lambda at: (_MATTERS.index(lines[at].tone), at)):
        wanted = {place, titles[place]} - kept
        needed = _rows([lines[each] for each in wanted], width)
        if lines[place].tone is not Tone.TITLE and needed <= room:
            kept |= wanted
            room -= needed
    return kept


def _rows(lines: Iterable[Line], width: int) -> int:
    return sum(_fitted(each, width).count("\n") + 1 for each in lines)


def show(lines: Iterable[Line]) -> None:
    """Print a status once."""
    if sys.stdout.isatty():
        console = Console(highlight=False, emoji=False)
        with output.printing():
            console.print(wrapped(lines, console.width), markup=False, soft_wrap=True)
    else:
        output.say(plain(lines))


def watch(look: Callable[[], Iterable[Line]], every: float, more: str) -> None:
    """Look again and again, until somebody interrupts; on a terminal each look takes the place of the one before.

    `more`: where that is which does not fit the terminal.
    """
    try:
        if sys.stdout.isatty():
            _live(look, every, more)
        else:
            while True:
                output.say(plain(look()) + "\n")
                time.sleep(every)
    except KeyboardInterrupt:
        return


def _live(look: Callable[[], Iterable[Line]], every: float, more: str) -> None:
    console = Console(highlight=False, emoji=False)
    with (
        output.printing(),
        Live(console=console, screen=True, auto_refresh=False, vertical_overflow="ellipsis") as live,
    ):
        while True:
            last = Line(f"again every {every:g} s; Ctrl-C ends it", Tone.DETAIL, 0)
            room = console.height - _rows([last], max(console.width, _LEAST_WIDTH))
            found = fitting([*look(), Line("", indent=0)], console.width, room, more)
            live.update(wrapped([*found, last], console.width), refresh=True)
            time.sleep(every)
