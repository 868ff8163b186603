"""A client that sends exactly the bytes that a test wants, and hides nothing of what comes back."""

import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPResponse

Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """A response, its headers as they came, repeated ones included."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [text for key, text in self.headers if key.lower() == name.lower()]

    def one(self, name: str) -> str | None:
        """The value of a header that comes at most once."""
        values = self.all(name)
        assert len(values) <= 1, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None


class Connection:
    """One connection, for one request after another: to a port of this machine, or one that is open already."""

    def __init__(self, to: int | socket.socket, *, timeout: float = 5) -> None:
        self.socket = socket.create_connection(("127.0.0.1", to), timeout=timeout) if isinstance(to, int) else to

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def exchange(self, request: bytes, method: str = "GET") -> Answer:
        """Send these bytes, read one response. A server that answers before it has read all is no error."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(request)
        return self.read(method)

    def read(self, method: str = "GET") -> Answer:
        """Read one response."""
        response = HTTPResponse(self.socket, method=method)
        response.begin()
        return Answer(status=response.status, headers=response.getheaders(), body=response.read())

    def ask(
        self, method: str, target: str, headers: Headers = (), body: bytes | None = None, *, version: str = "1.1"
    ) -> Answer:
        """One request. Host and Content-Length are added where they are missing."""
        given = list(headers)
        names = {name.lower() for name, _ in given}
        if "host" not in names and version == "1.1":
            given.insert(0, ("Host", "examx.test"))
        if body is not None and not names & {"content-length", "transfer-encoding"}:
            given.append(("Content-Length", str(len(body))))
        head = "".join(
            [f"{method} {target} HTTP/{version}\r\n", *(f"{name}: {text}\r\n" for name, text in given), "\r\n"]
        )
        return self.exchange(head.encode("latin-1") + (body or b""), method)


def ask(
    to: int | socket.socket,
    method: str,
    target: str,
    headers: Headers = (),
    body: bytes | None = None,
    *,
    version: str = "1.1",
) -> Answer:
    """One request on a connection of its own."""
    with Connection(to) as connection:
        return connection.ask(method, target, headers, body, version=version)


def send(to: int | socket.socket, request: bytes, method: str = "GET") -> Answer:
    """Raw bytes on a connection of their own."""
    with Connection(to) as connection:
        return connection.exchange(request, method)
