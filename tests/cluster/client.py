"""A small client of the API server, for the stand-ins: JSON over HTTPS with a client certificate."""

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path
from threading import local
from typing import Any
from urllib.parse import urlencode

from tests.certificates import Pair

Object = dict[str, Any]

MERGE = "application/merge-patch+json"
_TIMEOUT = 30


class ApiError(Exception):
    """What the API server refused, and why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


@dataclass
class Client:
    """Speaks to one API server as one user; each thread has a connection of its own."""

    port: int
    authority: Path
    identity: Pair
    _threads: local = field(default_factory=local)
    _open: set[HTTPSConnection] = field(default_factory=set[HTTPSConnection])

    def get(self, path: str, **query: str) -> Any:
        """An object, or a list."""
        return self.request("GET", f"{path}?{urlencode(query)}" if query else path)

    def create(self, path: str, item: Object) -> Any:
        """Make an object."""
        return self.request("POST", path, item)

    def patch(self, path: str, change: Object) -> Any:
        """Change some fields of an object."""
        return self.request("PATCH", path, change, kind=MERGE)

    def delete(self, path: str, **options: Any) -> Any:
        """Delete an object."""
        return self.request("DELETE", path, {"kind": "DeleteOptions", "apiVersion": "v1", **options})

    def request(self, method: str, path: str, body: Object | None = None, kind: str = "application/json") -> Any:
        """Ask, once more where the server has closed a connection that was idle."""
        try:
            response = self._send(method, path, body, kind)
        except (ConnectionError, ssl.SSLError):
            response = self._send(method, path, body, kind)
        text = response.read().decode()
        if response.status >= 300:
            raise ApiError(response.status, text)
        return json.loads(text) if text.startswith("{") else text

    def watch(self, path: str) -> Iterator[Mapping[str, Any]]:
        """What there is, as events ADDED, and then what happens; ends when the server ends it."""
        listed = self.get(path)
        kind = {"apiVersion": listed["apiVersion"], "kind": listed["kind"].removesuffix("List")}
        yield {"type": "LISTED", "object": listed}
        for item in listed["items"]:
            yield {"type": "ADDED", "object": {**kind, **item}}
        query = urlencode({"watch": "true", "resourceVersion": listed["metadata"]["resourceVersion"]})
        with closing(HTTPSConnection("127.0.0.1", self.port, context=self._context())) as connection:
            connection.request("GET", f"{path}?{query}")
            with connection.getresponse() as response:
                while line := response.readline():
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        return
                    yield event

    def close(self) -> None:
        """Close what is still open, once no thread uses it any more."""
        for connection in list(self._open):
            connection.close()

    def _send(self, method: str, path: str, body: Object | None, kind: str) -> HTTPResponse:
        connection: HTTPSConnection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = HTTPSConnection("127.0.0.1", self.port, context=self._context(), timeout=_TIMEOUT)
            self._threads.connection = connection
            self._open.add(connection)
        text = None if body is None else json.dumps(body)
        try:
            connection.request(method, path, text, {"Content-Type": kind} if text else {})
            return connection.getresponse()
        except Exception:
            self._threads.connection = None
            self._open.discard(connection)
            connection.close()
            raise

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.authority))
        context.load_cert_chain(self.identity.certificate, self.identity.key)
        return context
