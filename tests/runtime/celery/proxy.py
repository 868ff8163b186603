"""A way to Redis that stops at a chosen command, and that can be cut.

Commands are read as they pass (RESP, the protocol of Redis), so a client can be stopped to the byte. That is before the
server has a command, or when the server has carried it out and the client does not know.
"""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

Command = Sequence[bytes]


@dataclass(frozen=True)
class Passed:
    """A command, or all of a transaction."""

    time: float
    group: Sequence[Command]


@dataclass(frozen=True)
class Point:
    """Where a client is stopped: at a command or a transaction that `matches` tells, before or after it is carried out.

    With `answered`, only where the server answers with a value: a wait for a task that comes to its end does not count.
    """

    matches: Callable[[Sequence[Command]], bool]
    after: bool = False
    answered: bool = False


@dataclass
class Stop:
    """A point that was asked for. `reached` is set while a client waits there, until it is released.

    `armed`: whether a command is on its way whose answer would be held back.
    """

    point: Point
    armed: Event = field(default_factory=Event)
    reached: Event = field(default_factory=Event)
    go: Event = field(default_factory=Event)
    drop: bool = False

    def release(self, *, drop: bool = False) -> None:
        """Let the client go on. `drop`: what is on its way is lost, as with one end of it."""
        self.drop = drop
        self.go.set()


class Proxy:
    """Listens in the place of a server. `passed`: all commands and transactions, and when, in their order."""

    def __init__(self, listen: tuple[str, int], server: tuple[str, int]) -> None:
        self.passed: list[Passed] = []
        self.address = listen[0]
        self._server, self._lock = server, Lock()
        self._stop: Stop | None = None
        self._open = Event()
        self._open.set()
        self._sockets: set[socket.socket] = set()
        self._listener = socket.create_server(listen, backlog=128)
        Thread(target=self._accept, daemon=True).start()

    def stop_at(self, point: Point) -> Stop:
        """Stop the next client that comes to a point. Only one."""
        self._stop = Stop(point)
        return self._stop

    def cut(self) -> None:
        """Let nothing pass. Connections stay open and new ones are taken, as where packets are dropped."""
        self._open.clear()

    def heal(self) -> None:
        """Let pass what has waited, and everything else."""
        self._open.set()

    def close(self) -> None:
        """Close everything."""
        self.heal()
        if self._stop:
            self._stop.go.set()
        self._listener.close()
        for each in tuple(self._sockets):
            _close(each)

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._open.wait()
        try:
            server = socket.create_connection(self._server, timeout=5)
        except OSError:
            _close(client)
            return
        server.settimeout(None)
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sockets |= {client, server}
        way = _Way(self, client, server)
        Thread(target=way.back, daemon=True).start()
        way.forth()
        self._sockets -= {client, server}

    def taken_stop(self, group: Sequence[Command]) -> Stop | None:
        """The stop that a command or transaction comes to, which is nobody else's then."""
        with self._lock:
            self.passed.append(Passed(time.monotonic(), group))
            stop = self._stop
            if stop and stop.point.matches(group):
                if not stop.point.answered:
                    self._stop = None
                return stop
        return None

    def claimed(self, stop: Stop) -> bool:
        """Whether a stop is still to be had, and is ours now."""
        with self._lock:
            if self._stop is not stop:
                return False
            self._stop = None
            return True

    def wait_open(self) -> None:
        """Return when the way is open."""
        self._open.wait()


@dataclass
class _Way:
    """One client's way to the server and back."""

    proxy: Proxy
    client: socket.socket
    server: socket.socket
    held: Stop | None = None
    in_transaction: bool = False

    def forth(self) -> None:
        group: list[Command] = []
        # ValueError: the client died in the middle of a command.
        with suppress(OSError, ValueError):
            for data, command in _commands(self.client):
                group.append(command)
                stop = None
                if group[0][0] != b"MULTI" or command[0] in (b"EXEC", b"DISCARD"):
                    stop, whole, group = self.proxy.taken_stop(tuple(group)), len(group) > 1, []
                if stop and stop.point.after:
                    self.held, self.in_transaction = stop, whole
                    stop.armed.set()
                elif stop:
                    stop.reached.set()
                    stop.go.wait()
                    if stop.drop:
                        break
                self.proxy.wait_open()
                self.server.sendall(data)
        _close(self.server)

    def back(self) -> None:
        with suppress(OSError):
            while data := self.server.recv(1 << 16):
                if (stop := self.held) and not (self.in_transaction and not _is_of_whole(data)):
                    self.held = None
                    if not stop.point.answered or (_has_value(data) and self.proxy.claimed(stop)):
                        stop.reached.set()
                        stop.go.wait()
                        if stop.drop:
                            break
                self.proxy.wait_open()
                self.client.sendall(data)
        _close(self.client)


def _is_of_whole(reply: bytes) -> bool:
    """Of a transaction, each command is answered first: QUEUED."""
    return reply.startswith(b"*") or b"\r\n*" in reply


def _has_value(reply: bytes) -> bool:
    return not reply.startswith((b"*-1", b"$-1", b"_"))


def _commands(client: socket.socket) -> Iterator[tuple[bytes, Command]]:
    """Each command that a client sends, as it is sent and in words. Raises OSError when the connection ends."""
    with client.makefile("rb") as stream:
        while line := stream.readline():
            data, words = line, []
            for _ in range(int(line[1:])):
                head = stream.readline()
                body = stream.read(int(head[1:]) + 2)
                data += head + body
                words.append(body[:-2])
            yield data, [words[0].upper(), *words[1:]]


def _close(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
