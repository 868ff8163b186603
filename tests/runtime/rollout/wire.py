"""One kept-alive connection from the load balancer to a pod, and what travels on it."""

import select
import socket
import time
from dataclasses import dataclass, field
from http.client import HTTPResponse
from typing import Any


@dataclass(frozen=True)
class Request:
    """A request, the members that the JSON of its answer must have, and how long its body takes to arrive."""

    method: str
    target: str
    expected: dict[str, Any]
    body: bytes = field(default=b"", repr=False)
    body_seconds: float = 0

    def head(self, host: str) -> bytes:
        """All that goes before the body."""
        lines = [f"{self.method} {self.target} HTTP/1.1", f"Host: {host}", "X-Forwarded-Proto: https"]
        if self.body:
            lines += ["Content-Type: application/octet-stream", f"Content-Length: {len(self.body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass(frozen=True)
class Answer:
    """An answer that came whole."""

    status: int
    body: bytes


class Connection:
    """A connection that is used again until one side closes it."""

    def __init__(self, connected: socket.socket, host: str) -> None:
        self._socket = connected
        self._host = host
        self._last = False
        self.is_waiting = False
        """Whether a request was begun whose answer is not there yet."""

    @property
    def is_reusable(self) -> bool:
        """Whether the other side wants more. Between two answers it sends nothing but its end."""
        return not self._last and not select.select([self._socket], [], [], 0)[0]

    def exchange(self, request: Request) -> Answer:
        """Raises OSError or HTTPException for anything but a complete answer."""
        half = len(request.body) // 2 if request.body_seconds else len(request.body)
        self._socket.sendall(request.head(self._host) + request.body[:half])
        self.is_waiting = True
        if request.body_seconds:
            time.sleep(request.body_seconds)
            self._socket.sendall(request.body[half:])
        response = HTTPResponse(self._socket, method=request.method)
        try:
            response.begin()
            answer = Answer(response.status, response.read())
            self._last = response.will_close
            return answer
        finally:
            self.is_waiting = False
            response.close()

    def cut(self) -> None:
        """End it in the middle of an exchange in another thread."""
        self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it."""
        self._socket.close()
