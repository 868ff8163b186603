"""A password is not seen in a real process, with all that makes Python and GitHub talkative."""

import base64
import hashlib
import os
import pty
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.cli.test_verify_password import RIGHT, WRONG

TALKATIVE = {
    "GITHUB_ACTIONS": "true",
    "ACTIONS_STEP_DEBUG": "true",
    "RUNNER_DEBUG": "1",
    "PYTHONDEVMODE": "1",
    "PYTHONFAULTHANDLER": "1",
}


class TestNeitherPasswordIsSeen:
    @pytest.fixture
    def files(self, tmp_path: Path) -> dict[str, str]:
        """What a runner gives to a step, and shows or hands on afterwards."""
        names = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_STATE")
        for name in names:
            (tmp_path / name).touch()
        return {name: str(tmp_path / name) for name in names}

    @pytest.mark.parametrize(
        ("way", "right", "attempt", "status"),
        [
            ("event", RIGHT, RIGHT.encode(), 0),
            ("event", RIGHT, WRONG.encode(), 1),
            ("event", RIGHT, WRONG.encode() + b"\xff", 2),
            ("stdin", RIGHT, RIGHT.encode(), 0),
            ("stdin", RIGHT, WRONG.encode(), 1),
            ("stdin", RIGHT, WRONG.encode() + b"\n" + WRONG.encode(), 2),
            ("stdin", RIGHT, WRONG.encode() + b"\xff", 2),
            ("stdin", RIGHT[:9], WRONG.encode(), 2),
        ],
    )
    def test_in_the_process(self, tmp_path, files, way, right, attempt, status):  # noqa: PLR0917
        arguments = ["--stdin"]
        if way == "event":
            os.mkfifo(event := tmp_path / "event.json")
            arguments = ["--event", str(event)]
        command = [sys.executable, "-m", "examx_cli", "verify-password", "prod", *arguments]
        env = {**os.environ, **files, **TALKATIVE, "DEPLOY_PASSWORD": right}
        with subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            in_the_process_list = command_line(process)
            if way == "event":
                event.write_bytes(b'{"inputs": {"deploy_password": "' + attempt + b'"}}')
            stdout, stderr = process.communicate(attempt if way == "stdin" else None, timeout=60)
        assert process.returncode == status, stderr
        assert b"verify-password" in in_the_process_list
        assert [Path(file).read_bytes() for file in files.values()] == [b""] * len(files)
        assert b"Traceback" not in stderr
        assert b"add-mask" not in stderr + stdout
        for secret in (right, RIGHT, WRONG):
            for form in forms(secret):
                assert form not in stdout + stderr + in_the_process_list

    def test_a_terminal_asks_and_does_not_show_what_is_typed(self):
        master, slave = pty.openpty()
        assert termios.tcgetattr(slave)[3] & termios.ECHO, "a terminal shows what is typed, until it is told otherwise"
        command = [sys.executable, "-m", "examx_cli", "verify-password", "--stdin"]
        env = {**os.environ, "DEPLOY_PASSWORD": RIGHT}
        with subprocess.Popen(
            command, env=env, stdin=slave, stdout=subprocess.PIPE, stderr=slave, start_new_session=True
        ) as process:
            os.close(slave)
            shown = b""
            while not shown.endswith(b"Deployment password: "):
                shown += os.read(master, 1024)
            os.write(master, f"{RIGHT}\n".encode())
            stdout, _ = process.communicate(timeout=60)
        assert (process.returncode, stdout) == (0, b"password accepted\n")
        shown += b"".join(rest(master))
        os.close(master)
        assert RIGHT.encode() not in shown


def forms(secret: str) -> Iterator[bytes]:
    """A secret as it may show up."""
    raw = secret.encode()
    digest = hashlib.sha256(raw)
    yield from (raw, raw[::-1], base64.b64encode(raw), raw.hex().encode())
    yield from (digest.hexdigest().encode(), base64.b64encode(digest.digest()), repr(digest.digest()).encode())


def command_line(process: subprocess.Popen[bytes]) -> bytes:
    """A program as the list of processes shows it; it waits for its input, so there is time to look."""
    while not (shown := Path(f"/proc/{process.pid}/cmdline").read_bytes()) and process.poll() is None:
        time.sleep(0.001)
    return shown


def rest(terminal: int) -> Iterator[bytes]:
    """What else came to a terminal whose program has ended."""
    try:
        while more := os.read(terminal, 1024):
            yield more
    except OSError:  # Linux says so when the other side is closed
        return
