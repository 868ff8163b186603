"""Where pods find each other: on the loopback, or on a network of their own that can be cut into parts."""

import random
import socket
import subprocess
from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from tests.runtime.redis import wire

_FIRST_ADDRESS = {"redis": 10, "redis-primary": 20, "redis-replica": 30, "redis-sentinel": 40}


class Network(Protocol):
    """Addresses for names, and a way to them."""

    def address(self, name: str) -> str:
        """The address of a pod, the same after every restart, for here it stands for its name."""
        ...

    def inside(self, address: str, command: Sequence[str]) -> list[str]:
        """A command that runs where the pod with an address does."""
        ...

    def call(self, address: str, port: int, *words: str, password: str | None) -> Any:
        """The reply of a server to a command."""
        ...


@dataclass(frozen=True)
class Loopback:
    """Addresses of the machine's loopback, which every process reaches."""

    subnet: str

    def address(self, name: str) -> str:
        """One out of 127.0.0.0/8."""
        return _address(self.subnet, name)

    def inside(self, _: str, command: Sequence[str]) -> list[str]:
        """The command itself."""
        return list(command)

    def call(self, address: str, port: int, *words: str, password: str | None) -> Any:
        """The reply of a server to a command."""
        return wire.call(address, port, *words, password=password)


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


def _address(subnet: str, name: str) -> str:
    workload, _, ordinal = name.rpartition("-")
    return f"{subnet}.{_FIRST_ADDRESS[workload] + int(ordinal)}"
