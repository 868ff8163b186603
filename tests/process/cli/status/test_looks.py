"""A look at an environment again and again, until somebody ends it."""

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from fcntl import ioctl

from tests.blocks import PROJECT

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
