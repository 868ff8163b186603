"""Counts a list again and again, at moments evenly apart, until it is enough or somebody stops it."""

import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
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


class Scaler(Protocol):
    """What knows how many replicas a workload is told to have."""

    def replicas(self, second: float) -> int:
        """Return how many there are to be now, `second` seconds after the first row. Raises Unanswered, soon."""
        ...


@dataclass(slots=True)
class Gap:
    """A time in which nobody answers, told at its beginning and at its end."""

    what: str = "the list"
    since: int | None = None

    def begins(self, index: int, step: float, why: str) -> None:
        """Tell of the first row of it."""
        if self.since is None:
            self.since = index
            output.warning(f"from {index * step:g} s on {self.what} is not counted: {why}")

    def ends(self, index: int, step: float) -> None:
        """Tell that it is over, where there was one."""
        if self.since is not None:
            output.warning(
                f"from {index * step:g} s on {self.what} is counted again; {self.since * step:g} s on are a gap"
            )
            self.since = None


def record(
    source: Source, target: Target, *, every: float, seconds: float | None, scaler: Scaler | None = None
) -> Rows:
    """Count until the time is over, or until somebody interrupts. The file is written when this returns.

    Who does not answer the first time is no gap but a mistake: raises CommandError, and no file is there.
    """
    rows = Rows(LENGTH, every, replicas=None if scaler is None else [])
    rows.figures.append(_first("the list", source.length))
    if scaler is not None and rows.replicas is not None:
        rows.replicas.append(_first("the workload", partial(scaler.replicas, 0.0)))
    until = "until Ctrl-C" if seconds is None else f"for {words.time(seconds)}"
    output.note(
        f"{words.counted(rows.figures[0] or 0, 'task')} in the list; it is counted each {words.time(every)}, {until}"
    )
    most = None if seconds is None else max(round(seconds / every), 1)
    try:
        with _stopped_by_a_closed_terminal():
            _go_on(source, scaler, target, rows, most)
    except KeyboardInterrupt:
        output.note("interrupted; what there is, is kept")
    with _undisturbed():
        target.write(rows)
    return rows


def _go_on(source: Source, scaler: Scaler | None, target: Target, rows: Rows, most: int | None) -> None:
    start, gap, unscaled, saved = time.monotonic(), Gap(), Gap("the workload"), time.monotonic()
    while most is None or len(rows.figures) < most:
        index = len(rows.figures)
        due = start + index * rows.step
        time.sleep(max(due - time.monotonic(), 0.0))
        if time.monotonic() >= due + rows.step:
            rows.figures.append(None)
            if rows.replicas is not None:
                rows.replicas.append(None)
            gap.begins(index, rows.step, f"the answer before took longer than {words.time(rows.step)}")
            continue
        length = _seen(source.length, gap, index, rows.step)
        if scaler is not None and rows.replicas is not None:
            rows.replicas.append(_seen(partial(scaler.replicas, index * rows.step), unscaled, index, rows.step))
        rows.figures.append(length)
        if time.monotonic() - saved >= _SAVED_EVERY:
            with _undisturbed():
                target.write(rows)
            saved = time.monotonic()


def _first(what: str, look: Callable[[], int]) -> int:
    try:
        return look()
    except Unanswered as no:
        raise CommandError(f"{what} cannot be counted: {no}") from None


def _seen(look: Callable[[], int], gap: Gap, index: int, step: float) -> int | None:
    try:
        figure = look()
    except Unanswered as no:
        gap.begins(index, step, str(no))
        return None
    gap.ends(index, step)
    return figure


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
