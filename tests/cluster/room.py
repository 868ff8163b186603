"""A room of one's own for a command: its network has a loopback and nothing else, and its processes end with it.

    python -m tests.cluster.room COMMAND ...

The room is a set of namespaces: of the network, of mounts, of process ids; where it takes one to get these, of users.
Every address of 127.0.0.0/8 and of 10.0.0.0/8 is its own loopback, so ports collide with nobody. /etc/hosts is a file
of the room's own, and so is the folder FOLDER, which is in memory, and outside of the room always empty. However the
command ends, no process of the room is left. The kernel ends them all with the first, and the first with the one that
made the room.

Where a machine gives no namespaces the command runs all the same, and `refusal` tells it why it is in no room.
It needs nothing but the standard library.
"""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "examx-constructs" / "cluster"
FOLDER = CACHE / "room"
HOSTS = FOLDER / "hosts"

_REFUSAL = "EXAMX_TEST_ROOM_REFUSAL"
_NEW_MOUNTS, _NEW_IPC, _NEW_USER = 0x00020000, 0x08000000, 0x10000000
_NEW_PROCESSES, _NEW_NETWORK = 0x20000000, 0x40000000
_NO_SUID, _NO_DEVICES, _NO_EXECUTION = 2, 4, 8
_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18
_SET_DEATH_SIGNAL = 1
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1
_SET_ADDRESS, _SET_NETMASK = 0x8916, 0x891C

_libc = ctypes.CDLL(None, use_errno=True)


def refusal() -> str | None:
    """Why this process is in no room; None where it is in one."""
    return os.environ.get(_REFUSAL, "it is not in a room of its own: `make e2e` makes one") or None


def hosts() -> dict[str, str]:
    """The addresses of the names that lead somewhere in this room."""
    lines = [line.split() for line in HOSTS.read_text(encoding="ascii").splitlines()]
    return {name: address for address, *names in lines for name in names}


def add_host(name: str, address: str) -> None:
    """Let a name lead to an address, for every program of this room."""
    # The file is mounted, so it must stay the same one.
    text = "".join(f"{each} {known}\n" for known, each in {**hosts(), name: address}.items())
    HOSTS.write_text(text, encoding="ascii")


def run(command: Sequence[str]) -> int:
    """Run a command in a new room; returns its exit status."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        _leave()
    except OSError as error:
        os.environ[_REFUSAL] = f"this machine gives no namespaces: {error}"
        os.execvp(command[0], list(command))
    first = os.fork()
    if first == 0:
        _end_with_parent()
        os._exit(_keep(command))
    return _wait(first)


def _keep(command: Sequence[str]) -> int:
    """Be the first process of the room: furnish it, start the command, and bury what it leaves behind."""
    try:
        _furnish()
        os.environ[_REFUSAL] = ""
    except OSError as error:
        os.environ[_REFUSAL] = f"this machine furnishes no room: {error}"
    child = os.fork()
    if child == 0:
        try:
            os.execvp(command[0], list(command))
        except OSError as error:
            sys.stderr.write(f"{command[0]}: {error.strerror}\n")
            os._exit(127)
    return _wait(child)


def _leave() -> None:
    user, group = os.geteuid(), os.getegid()
    kinds = _NEW_MOUNTS | _NEW_NETWORK | _NEW_PROCESSES | _NEW_IPC
    try:
        _call("unshare", kinds)
    except PermissionError:
        _call("unshare", kinds | _NEW_USER)
        # Every other user is nobody in there, root included, and jsii trusts no folder that somebody else may write to.
        os.environ["JSII_RUNTIME_PACKAGE_CACHE"] = "disabled"
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")


def _furnish() -> None:
    _mount("none", "/", "", _RECURSIVE | _PRIVATE)
    _mount("proc", "/proc", "proc", _NO_SUID | _NO_DEVICES | _NO_EXECUTION)
    _mount("tmpfs", str(FOLDER), "tmpfs", _NO_SUID | _NO_DEVICES)
    HOSTS.write_text("127.0.0.1 localhost\n", encoding="ascii")
    _mount(str(HOSTS), "/etc/hosts", "", _BIND)
    _raise_loopback()


def _raise_loopback() -> None:
    """Bring loopback up, for 127.0.0.0/8 and for all of 10.0.0.0/8: what binds to any address has all of these."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        name = struct.pack("16sH14s", b"lo", 0, b"")
        flags = struct.unpack("16sH14s", fcntl.ioctl(control, _GET_FLAGS, name))[1]
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sH14s", b"lo", flags | _UP, b""))
        for request, address in ((_SET_ADDRESS, "10.0.0.1"), (_SET_NETMASK, "255.0.0.0")):
            asked = struct.pack("16sHH4s8s", b"lo:1", socket.AF_INET, 0, socket.inet_aton(address), b"")
            fcntl.ioctl(control, request, asked)


def _wait(child: int) -> int:
    """The exit status of a child. What ends a terminal's job reaches the command by itself; the rest is handed on."""

    def hand_on(number: int, _frame: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(child, number)

    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, hand_on)
    while True:
        ended, status = os.wait()
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _end_with_parent() -> None:
    _call("prctl", _SET_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)


def _mount(source: str, target: str, kind: str, flags: int) -> None:
    _call("mount", source.encode(), target.encode(), kind.encode(), flags, b"mode=0755" if kind == "tmpfs" else None)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
