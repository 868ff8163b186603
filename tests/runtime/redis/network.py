"""Where pods find each other: on the loopback, or on a network of their own that can be cut into parts."""

import json
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import pytest

from tests.runtime.redis import wire

_FIRST_ADDRESS = {"redis": 10, "redis-primary": 20, "redis-replica": 30, "redis-sentinel": 40}


class Network(Protocol):
    """Addresses for names, and a way to them."""

    def address(self, name: str) -> str:
        """The address of a pod, the same after every restart, for here it is its name."""
        ...

    def inside(self, address: str, command: Sequence[str]) -> list[str]:
        """A command that runs where the pod with an address does."""
        ...

    def call(self, address: str, port: int, *words: str, password: str | None, user: str) -> Any:
        """The reply of a server to a command."""
        ...


@dataclass(frozen=True)
class Loopback:
    """Addresses of the machine's loopback, which every process reaches."""

    subnet: str

    def address(self, name: str) -> str:
        """One out of 127.0.0.0/8."""
        return _address(self.subnet, name)

    def inside(self, address: str, command: Sequence[str]) -> list[str]:
        """The command itself, for every address is everywhere."""
        del address
        return list(command)

    def call(self, address: str, port: int, *words: str, password: str | None, user: str) -> Any:
        """The reply of a server to a command."""
        return wire.call(address, port, *words, password=password, user=user)


@contextmanager
def loopback() -> Generator[Loopback]:
    """A part of the loopback that no other test process has: its last address is bound meanwhile."""
    with ExitStack() as stack:
        while True:
            subnet = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}"
            reservation = stack.enter_context(socket.socket())
            with suppress(OSError):
                reservation.bind((f"{subnet}.254", 1024))
                break
        yield Loopback(subnet)


@dataclass
class Divisible:
    """A network for each pod, each with a cable to a switch; `divide` connects them to several switches instead."""

    switchboard: int
    """The process whose network holds the switches."""
    stack: ExitStack
    _networks: dict[str, int] = field(default_factory=dict)
    _askers: "dict[str, _Asker]" = field(default_factory=dict)
    _switches: int = 0

    def address(self, name: str) -> str:
        """One out of 10.9.0.0/24, with a network of its own."""
        address = _address(_SUBNET, name)
        if address not in self._networks:
            self._networks[address] = holder = self.stack.enter_context(
                _held([*_enter(self.switchboard, "-U"), "unshare", "--net"])
            )
            cable = f"cable{address.rpartition('.')[2]}"
            self._ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", str(holder))
            self._ip("link", "set", cable, "up", "master", "switch0")
            for words in (("addr", "add", f"{address}/24", "dev", "eth0"), ("link", "set", "eth0", "up")):
                _run([*_enter(holder, "-U", "-n"), "ip", *words])
            _run([*_enter(holder, "-U", "-n"), "ip", "link", "set", "lo", "up"])
        return address

    def add_switch(self) -> None:
        """Make one more, with no cable in it."""
        self._ip("link", "add", f"switch{self._switches}", "up", "type", "bridge")
        self._switches += 1

    def divide(self, *parts: Iterable[str]) -> None:
        """Let the pods of each part, named by their addresses, reach each other and nobody else."""
        for number, part in enumerate(parts):
            if number >= self._switches:
                self.add_switch()
            for address in part:
                self._ip("link", "set", f"cable{address.rpartition('.')[2]}", "master", f"switch{number}")

    def heal(self) -> None:
        """Let all reach all."""
        self.divide(self._networks)

    def inside(self, address: str, command: Sequence[str]) -> list[str]:
        """The command in the network of the pod."""
        return [*_enter(self._networks[address], "-U", "-n"), *command]

    def call(self, address: str, port: int, *words: str, password: str | None, user: str) -> Any:
        """The reply of a server to a command, asked by itself: no division is between."""
        if address not in self._askers:
            self._askers[address] = self.stack.enter_context(_Asker(self.inside(address, _ASK)))
        return self._askers[address](address, port, *words, password=password, user=user)

    def _ip(self, *words: str) -> None:
        _run([*_enter(self.switchboard, "-U", "-n"), "ip", *words])


class _Asker:
    """A process that stays where a pod is, and passes commands on to the server there."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=Path(wire.__file__).parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._lock = Lock()

    def __enter__(self) -> "_Asker":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def __call__(self, *arguments: object, **options: object) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        with self._lock:
            self._process.stdin.write(f"{json.dumps([arguments, options])}\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
        if "refused" in answer:
            raise wire.RedisError(answer["refused"])
        if "failed" in answer:
            raise OSError(answer["failed"])
        return answer["reply"]


_ASK = (
    sys.executable,
    "-c",
    """
import json, sys, wire
for line in sys.stdin:
    arguments, options = json.loads(line)
    try:
        answer = {"reply": wire.call(*arguments, **options)}
    except wire.RedisError as error:
        answer = {"refused": str(error)}
    except OSError as error:
        answer = {"failed": str(error)}
    print(json.dumps(answer), flush=True)
""",
)
_SUBNET = "10.9.0"


@contextmanager
def divisible() -> Generator[Divisible]:
    """A network that can be divided. Skips the test where the machine cannot make one."""
    if missing := [each for each in ("ip", "nsenter", "unshare") if not shutil.which(each)]:
        pytest.skip(f"a network that can be divided needs {', '.join(missing)} (iproute2, util-linux)")
    with ExitStack() as stack:
        try:
            switchboard = stack.enter_context(_held(["unshare", "--user", "--map-root-user", "--net"]))
            network = Divisible(switchboard, stack)
            network.add_switch()
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"this machine gives no network namespaces: {error}")
        yield network


@contextmanager
def _held(command: Sequence[str]) -> Generator[int]:
    """A process in namespaces of its own, which holds them; its id."""
    process = subprocess.Popen(
        [*command, "sh", "-c", "echo there; exec sleep 100000"], stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        if not process.stdout or not process.stdout.readline():
            raise OSError(f"{command[0]} ended with status {process.wait()}")
        yield process.pid
    finally:
        process.kill()
        process.communicate()


def _enter(process: int, *kinds: str) -> list[str]:
    return ["nsenter", "--target", str(process), *kinds, "--preserve-credentials", "--"]


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=10)


def _address(subnet: str, name: str) -> str:
    workload, _, ordinal = name.rpartition("-")
    return f"{subnet}.{_FIRST_ADDRESS[workload] + int(ordinal)}"
