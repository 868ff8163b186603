"""Rooms: nothing from outside is in reach, and nothing of one is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cluster import room
from tests.runtime.waiting import eventually

pytestmark = pytest.mark.e2e

ROOM = [sys.executable, "-m", "tests.cluster.room"]
# It leaves one process behind, which no one would wait for, and lives on.
LEAVE = "sleep {seconds} & echo started; sleep {seconds}"


@pytest.fixture(autouse=True)
def _rooms_can_be_made() -> None:
    done = subprocess.run([*ROOM, sys.executable, "-c", _TELL], capture_output=True, text=True, check=True)
    if done.stdout.strip() != "None":
        pytest.skip(done.stdout)


_TELL = "from tests.cluster import room; print(room.refusal())"


def inside(code: str) -> str:
    return subprocess.run([*ROOM, sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def running(seconds: str) -> list[str]:
    """The processes that sleep for so long, wherever they are."""
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    return [command.decode() for command in commands if command == b"sleep\0" + seconds.encode() + b"\0"]


def test_the_exit_status_is_that_of_the_command() -> None:
    assert subprocess.run([*ROOM, "sh", "-c", "exit 7"], check=False).returncode == 7
    assert subprocess.run([*ROOM, "sh", "-c", "kill -KILL $$"], check=False).returncode == 137
    assert subprocess.run([*ROOM, "no-such-program"], check=False, capture_output=True).returncode == 127


def test_it_has_a_loopback_of_its_own_and_nothing_else() -> None:
    assert inside("import socket; print([name for _, name in socket.if_nameindex()])") == "['lo']\n"
    code = "import socket; s = socket.create_server(('', 6379)); socket.create_connection(('{}', 6379)); print('ok')"
    for address in ("127.0.0.1", "127.9.8.7", "10.244.3.2"):
        assert inside(code.format(address)) == "ok\n"


def test_its_names_are_its_own() -> None:
    code = f"import socket; from tests.cluster import room; room.add_host('{__name__}', '127.1.2.3'); "
    assert inside(f"{code}print(socket.gethostbyname('{__name__}'))") == "127.1.2.3\n"
    assert __name__ not in Path("/etc/hosts").read_text(encoding="utf-8")


def test_its_folder_is_its_own() -> None:
    inside("from tests.cluster import room; (room.FOLDER / 'test_room').touch()")
    assert not (room.FOLDER / "test_room").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "ended"])
def test_no_process_is_left(number: signal.Signals) -> None:
    seconds = f"{time.time():.6f}"
    with subprocess.Popen([*ROOM, "sh", "-c", LEAVE.format(seconds=seconds)], stdout=subprocess.PIPE) as made:
        assert made.stdout
        assert made.stdout.readline() == b"started\n"
        eventually(lambda: len(running(seconds)) == 2, because=lambda: "it did not start")
        os.kill(made.pid, number)
        made.wait(10)
        eventually(lambda: not running(seconds), because=lambda: f"left: {running(seconds)}", seconds=10)
