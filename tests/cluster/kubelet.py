"""The part of a kubelet that others call: it gives the logs of containers to the API server."""

import ssl
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.cluster.certificates import Authority, Pair

Log = Callable[[str, str, str], str]
"""The log of a container, by namespace, pod and container."""


def serve(addresses: Sequence[str], port: int, authority: Authority, log: Log) -> ThreadingHTTPServer:
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

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("", port), Handler)
    shown = authority.server("kubelet", *addresses)
    over_tls(server, shown, authority.certificate)
    threading.Thread(target=server.serve_forever, name="kubelet", daemon=True).start()
    return server


def over_tls(server: ThreadingHTTPServer, shown: Pair, clients: Path) -> None:
    """Let a server talk to those alone whose certificate this authority has signed."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(clients))
    context.load_cert_chain(shown.certificate, shown.key)
    context.verify_mode = ssl.CERT_REQUIRED
    # Without a handshake here, which would keep all others waiting; a failed one is the client's concern.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None
