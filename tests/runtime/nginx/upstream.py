"""A stand-in for gunicorn: it tells what reached it, and answers as a request's X-Test-Answer asks it to."""

import json
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

OWN_SECURITY_HEADERS = {
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": "default-src *",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=*",
    "Strict-Transport-Security": "max-age=1",
}


@dataclass(frozen=True)
class Echo:
    """A request as it reached the upstream. `peer` is the port of the connection that it came on."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    length: int
    peer: int

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [text for key, text in self.headers if key.lower() == name.lower()]

    def names(self) -> set[str]:
        """The headers that came, in lower case."""
        return {key.lower() for key, _ in self.headers}


def parse(body: bytes) -> Echo:
    """The echo in the body of an answer."""
    told: dict[str, Any] = json.loads(body)
    return Echo(
        method=told["method"],
        target=told["target"],
        headers=[(str(key), str(text)) for key, text in told["headers"]],
        length=told["length"],
        peer=told["peer"],
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "upstream/1.0"

    def _answer(self) -> None:
        wanted = self.headers.get("X-Test-Answer", "200")
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if wanted == "drop":
            self.close_connection = True
        elif wanted == "upgrade":
            self._upgrade()
        elif wanted == "stream":
            self._stream()
        elif wanted.startswith("file:"):
            self._send(
                200, self.headers.get("X-Test-Type", ""), b"", {"X-Accel-Redirect": wanted.removeprefix("file:")}
            )
        elif wanted == "endless":
            self._endless()
        elif wanted == "large":
            self._send(200, "application/json", b'{"text":"' + b"x" * 5000 + b'"}')
        elif wanted == "200":
            self._send(200, "application/json", self._echo(len(body)))
        else:
            self._send(int(wanted), "text/html", b"<p>from the application</p>", OWN_SECURITY_HEADERS)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 - http.server's names

    def _echo(self, length: int) -> bytes:
        told = {
            "method": self.command,
            # Not self.path, which joins leading slashes.
            "target": self.requestline.split()[1],
            "headers": list(self.headers.items()),
            "length": length,
            "peer": self.client_address[1],
        }
        return json.dumps(told).encode()

    def _send(self, status: int, content_type: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        framing = {} if status in {204, 304} else {"Content-Type": content_type, "Content-Length": str(len(body))}
        for name, text in {**framing, **(headers or {})}.items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD" and status not in {204, 304}:
            self.wfile.write(body)

    def end_headers(self) -> None:
        # As gunicorn does. Without a word nginx would keep the connection, and lose a request on it now and then.
        if self.close_connection:
            self.send_header("Connection", "close")
        super().end_headers()

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(64 << 20))
        self.end_headers()
        with suppress(OSError):
            for _ in range(64):
                self.wfile.write(bytes(1 << 20))
        self.close_connection = True

    def _upgrade(self) -> None:
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.end_headers()
        self.wfile.write(self.rfile.readline().upper())
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test output clean."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True


@contextmanager
def running() -> Generator[int]:
    """Serve on a free port of loopback, which it yields."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
