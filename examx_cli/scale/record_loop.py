"""Counts a list again and again, at moments evenly apart, until it is enough or somebody stops it."""

import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Protocol

from examx_cli import output
from examx_cli.errors import CommandError
from examx_cli.scale import words
from examx_cli.scale.record_rows import LENGTH, Rows, Target

_SAVED_EVERY = 60.0
"""Seconds after which what is there is written, so that a machine that is switched off costs no more than that."""


class Unanswered(Exception):  # noqa: N818 - an answer, not an error
    """Why the list could not be counted; no password is in it."""


class Source(Protocol):
    """What knows how long a list is."""

    def length(self) -> int:
        """Return how many tasks wait now. Raises Unanswered, soon."""
        ...


@dataclass(slots=True)
class Gap:
    """A time in which nobody answers, told at its beginning and at its end."""

    since: int | None = None

    def begins(self, index: int, step: float, why: str) -> None:
        """Tell of the first row of it."""
        if self.since is None:
            self.since = index
            output.warning(f"from {index * step:g} s on the list is not counted: {why}")

    def ends(self, index: int, step: float) -> None:
        """Tell that it is over, where there was one."""
        if self.since is not None:
            output.warning(f"from {index * step:g} s on it is counted again; {self.since * step:g} s on are a gap")
            self.since = None


def record(source: Source, target: Target, *, every: float, seconds: float | None) -> Rows:
    """Count until the time is over, or until somebody interrupts. The file is written when this returns.

    Who does not answer the first time is no gap but a mistake: raises CommandError, and no file is there.
    """
    rows = Rows(LENGTH, every)
    try:
        rows.figures.append(source.length())
    except Unanswered as no:
        raise CommandError(f"the list cannot be counted: {no}") from None
    until = "until Ctrl-C" if seconds is None else f"for {words.time(seconds)}"
    output.note(
        f"{words.counted(rows.figures[0] or 0, 'task')} in the list; it is counted each {words.time(every)}, {until}"
    )
    most = None if seconds is None else max(round(seconds / every), 1)
    try:
        with _stopped_by_a_closed_terminal():
            _go_on(source, target, rows, most)
    except KeyboardInterrupt:
        output.note("interrupted; what there is, is kept")
    with _undisturbed():
        target.write(rows)
    return rows


def _go_on(source: Source, target: Target, rows: Rows, most: int | None) -> None:
    start, gap, saved = time.monotonic(), Gap(), time.monotonic()
    while most is None or len(rows.figures) < most:
        index = len(rows.figures)
        due = start + index * rows.step
        time.sleep(max(due - time.monotonic(), 0.0))
        if time.monotonic() >= due + rows.step:
            rows.figures.append(None)
            gap.begins(index, rows.step, f"the answer before took longer than {words.time(rows.step)}")
            continue
        try:
            figure = source.length()
        except Unanswered as no:
            rows.figures.append(None)
            gap.begins(index, rows.step, str(no))
        else:
            rows.figures.append(figure)
            gap.ends(index, rows.step)
        if time.monotonic() - saved >= _SAVED_EVERY:
            with _undisturbed():
                target.write(rows)
            saved = time.monotonic()


@contextmanager
def _stopped_by_a_closed_terminal() -> Generator[None]:
    """Take the end of a terminal as an interruption by hand, as the command does with SIGTERM."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGHUP, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


@contextmanager
def _undisturbed() -> Generator[None]:
    """Hold interruptions back while a file is written: they come right after it."""
    held = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, held)
