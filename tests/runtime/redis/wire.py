"""A command to a Redis server, and its reply."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from socket import socket
from typing import Any

_SECONDS = 5


class RedisError(Exception):
    """An error that the server answered with."""


class _Connection:
    """A connection of its own for a few commands."""

    def __init__(self, host: str, port: int) -> None:
        self._socket, self._read = socket(), b""
        self._socket.settimeout(_SECONDS)
        try:
            self._socket.connect((host, port))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._socket.close()

    def exchange(self, *words: str) -> object:
        command = [b"*%d\r\n" % len(words)]
        for word in words:
            encoded = word.encode()
            command.append(b"$%d\r\n%s\r\n" % (len(encoded), encoded))
        self._socket.sendall(b"".join(command))
        return self._reply()

    def _reply(self) -> object:
        line = self._until_line_end()
        kind, rest = line[:1], line[1:]
        if kind == "+":
            return rest
        if kind == "-":
            raise RedisError(rest)
        if kind == ":":
            return int(rest)
        if kind == "$":
            return None if rest == "-1" else self._bytes(int(rest) + 2)[:-2].decode()
        if kind == "*":
            return None if rest == "-1" else [self._reply() for _ in range(int(rest))]
        raise ConnectionError(f"not a reply: {line!r}")

    def _until_line_end(self) -> str:
        while b"\r\n" not in self._read:
            self._receive()
        line, _, self._read = self._read.partition(b"\r\n")
        return line.decode()

    def _bytes(self, length: int) -> bytes:
        while len(self._read) < length:
            self._receive()
        taken, self._read = self._read[:length], self._read[length:]
        return taken

    def _receive(self) -> None:
        received = self._socket.recv(65536)
        if not received:
            raise ConnectionError("the connection was closed")
        self._read += received


def call(host: str, port: int, *words: str, password: str | None = None, user: str = "operator") -> Any:
    """The reply to one command, over a connection of its own; with a password it logs in as this user."""
    connection = _Connection(host, port)
    try:
        _log_in(connection, user, password)
        return connection.exchange(*words)
    finally:
        connection.close()


@contextmanager
def connected(host: str, port: int, user: str, password: str) -> Generator[_Connection]:
    """A connection that stays, of a user that has logged in."""
    connection = _Connection(host, port)
    try:
        _log_in(connection, user, password)
        yield connection
    finally:
        connection.close()


def _log_in(connection: _Connection, user: str, password: str | None) -> None:
    if password is not None:
        with suppress(RedisError):  # `redis-cli` goes on too, and the command tells what is wrong
            connection.exchange("AUTH", user, password)
