"""A status on a real terminal: colours, each look in the place of the one before, and an end by Ctrl-C."""

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import replace
from fcntl import ioctl

import pytest

from examx_cli.status import screen, words
from examx_cli.status.values import Queue, Status, Unread, Workload
from examx_cli.status.words import Tone
from tests.blocks import PROJECT
from tests.cli.status.sample import STATUS

PROGRAM = """\
import sys
from examx_cli.status import screen
from examx_cli.status.words import Line, Tone
looks = iter(range(1000))
def look():
    yield Line("dev: shop in testing", Tone.TITLE, 0)
    yield Line(f"look {next(looks)} of a queue-that-has-a-long-name and more words than fit", Tone.TROUBLE)
    for number in range(30):
        yield Line("workloads" if number == 0 else f"well {number}", Tone.TITLE if number == 0 else Tone.GOOD)
    yield Line("last trouble", Tone.TROUBLE)
screen.watch(look, 0.1, "see `examx status dev`")
print("ended well")
"""
COLUMNS = 50


BUSY = replace(
    STATUS,
    workloads=[
        *(
            Workload("Deployment", f"celery-{number}", 2, 2, 1, 4, why="as many as its queue asks for")
            for number in range(9)
        ),
        *STATUS.workloads,
    ],
    queues=[Queue(f"queue-{number}", "celery", number, oldest=Unread("no pod of it runs")) for number in range(8)],
)


def fitted(status: Status, width: int, height: int) -> list[str]:
    found = screen.fitting([*words.lines(status)], width, height, "see `examx status prod`")
    return screen.wrapped(found, width).plain.splitlines()


@pytest.mark.parametrize("height", [12, 16, 23, 30, 40])
def test_what_matters_fits_the_height_and_the_rest_is_counted(height: int) -> None:
    shown = fitted(BUSY, 120, height)
    assert len(shown) <= height
    everything = [each for each in words.lines(BUSY) if each.text and each.tone is not Tone.TITLE]
    titles = [each.text for each in words.lines(BUSY) if each.tone is Tone.TITLE]
    there = sum(line not in titles for line in shown[:-1] if not line.startswith("      "))
    assert shown[0].startswith("prod: examxv2-production in prod-cluster")
    left = len(everything) - there
    assert shown[-1].startswith(f"{left} more lines"), shown
    assert shown[-1].endswith("; see `examx status prod`")
    if height >= 23:
        trouble = [each.text for each in everything if each.tone is Tone.TROUBLE]
        assert all(any(each[:60] in line for line in shown) for each in trouble)
        assert "of them trouble" not in shown[-1]
    assert [each for each in titles if each in shown] == [each for each in shown if each in titles], "in their order"


def test_trouble_that_does_not_fit_is_counted_by_itself() -> None:
    assert "of them trouble; see `examx status prod`" in fitted(BUSY, 120, 5)[-1]


def test_lines_between_go_first_and_nothing_is_cut_where_all_fits() -> None:
    whole = screen.wrapped(words.lines(STATUS), 120).plain.splitlines()
    assert fitted(STATUS, 120, len(whole)) == whole
    close = [each for each in whole if each]
    assert fitted(STATUS, 120, len(close)) == close
    assert "more line" in fitted(STATUS, 120, len(close) - 1)[-1]


@pytest.mark.parametrize("width", [20, 40, 60])
def test_a_narrow_terminal_is_not_overrun(width: int) -> None:
    for height in range(6, 40):
        assert len(fitted(BUSY, width, height)) <= height


@pytest.mark.process
def test_looks_take_each_others_place_until_ctrl_c() -> None:
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(PROJECT)}
    for name in ("NO_COLOR", "COLUMNS", "LINES"):
        environment.pop(name, None)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=PROJECT
    ) as process:
        os.close(theirs)
        shown, until = b"", time.monotonic() + 60
        while b"look 2 " not in shown and time.monotonic() < until:
            shown += _read(ours)
        process.send_signal(signal.SIGINT)
        while process.poll() is None and time.monotonic() < until:
            shown += _read(ours)
        shown += _read(ours)
    os.close(ours)
    assert process.returncode == 0, shown
    text = shown.decode()
    # The other screen of a terminal, which leaves what stood there before as it was.
    assert text.index("\x1b[?1049h") < text.index("look 0") < text.index("look 1") < text.index("\x1b[?1049l")
    assert "\x1b[1;31m" in text, "what is trouble is red"
    assert "again every 0.1 s; Ctrl-C ends it" in text
    assert "queue-that-has-a-long-name" in text, "no word is broken"
    assert text.rstrip().endswith("ended well")
    # 24 rows hold all that matters, and say what they do not hold.
    assert "last trouble" in text
    assert "13 more lines; see `examx status dev`" in text
    assert "..." not in text
    assert "\u2026" not in text


def _read(terminal: int) -> bytes:
    ready, _, _ = select.select([terminal], [], [], 0.2)
    try:
        return os.read(terminal, 65536) if ready else b""
    except OSError:  # Nobody writes there any more.
        return b""
