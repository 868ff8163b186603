"""`examx env` as a program."""

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

from tests.unit.cli.test_env import PROJECT, project

__all__ = ["project"]


def test_a_narrow_terminal_breaks_no_name(project: Path) -> None:
    answers: list[bytes] = []
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["PYTHONPATH"] = str(PROJECT)
        os.execv(sys.executable, [sys.executable, "-m", "examx_cli", "env", "list"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    with contextlib.suppress(OSError):  # the end of a terminal, on Linux
        while answer := os.read(terminal, 65536):
            answers.append(answer)
    assert os.waitpid(pid, 0)[1] == 0
    lines = b"".join(answers).decode().split("\r\n")
    assert lines[0] == "dev"
    assert "  namespace    examxv2-production" in lines
    assert max(map(len, lines)) <= 80


def test_as_a_program(project: Path) -> None:
    (folder := project / "deep" / "inside").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "examx_cli", "env", "show", "prod", "--field", "cluster"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "greatify-production-cluster\n", "")
