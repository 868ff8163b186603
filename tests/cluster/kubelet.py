"""The part of a kubelet that others call: it gives the logs of containers to the API server."""

import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.cluster.certificates import Authority

Log = Callable[[str, str, str], str]
"""The log of a container, by namespace, pod and container."""


def serve(port: int, authority: Authority, log: Log) -> ThreadingHTTPServer:
    """Serve on every address of the room, so for every node."""

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
    shown = authority.server("kubelet", "10.64.0.1")
    server.socket = over_tls(server, shown.certificate, shown.key, authority.certificate)
    threading.Thread(target=server.serve_forever, name="kubelet", daemon=True).start()
    return server


def over_tls(server: ThreadingHTTPServer, certificate: object, key: object, clients: object) -> ssl.SSLSocket:
    """The socket of a server, for clients alone whose certificate this authority has signed."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(clients))
    context.load_cert_chain(str(certificate), str(key))
    context.verify_mode = ssl.CERT_REQUIRED
    return context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
