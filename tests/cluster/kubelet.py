"""The part of a kubelet that others call: it gives the logs of containers to the API server."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from tests.certificates import Authority
from tests.cluster import https

Log = Callable[[str, str, str], str]
"""The log of a container, by namespace, pod and container."""


@contextmanager
def serving(addresses: Sequence[str], port: int, authority: Authority, log: Log) -> Generator[None]:
    """Serve for all nodes, by their addresses."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            match urlsplit(self.path).path.split("/")[1:]:
                case ["containerLogs", namespace, pod, container]:
                    body = log(namespace, pod, container).encode()
                    self.send_response(200)
                case _:
                    body = b"a played kubelet gives logs only\n"
                    self.send_response(404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    shown = authority.server("kubelet", *addresses)
    with https.serving("", port, Handler, shown, authority.certificate):
        yield
