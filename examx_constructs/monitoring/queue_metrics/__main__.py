"""Look at the queues, and answer Prometheus."""

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import redis

from .broker import Broker, Look
from .connection import connect
from .heartbeats import Workers
from .page import CONTENT_TYPE, Queue, page

FRESH = 1.0
"""Seconds for which a look serves further scrapes: however many ask, Redis is asked once a second at most."""
_log = logging.getLogger("queue-metrics")


class Exporter:
    """The last look at Redis, or a new one where it is too old."""

    def __init__(self, namespace: str, queues: Sequence[Queue], broker: Broker, workers: Workers) -> None:
        self._namespace, self._queues = namespace, queues
        self._broker, self._workers = broker, workers
        self._look: Look | None = None
        self._tried = float("-inf")
        self._lock = threading.Lock()

    def look(self) -> Look | None:
        """Return what Redis holds, as it was a second ago at most; None where it does not answer."""
        with self._lock:
            if time.monotonic() - self._tried >= FRESH:
                try:
                    self._look = self._broker.look()
                except (redis.RedisError, OSError) as error:
                    _log.warning("Redis cannot be read: %s", error)
                    self._look = None
                self._tried = time.monotonic()
            return self._look

    def text(self) -> str:
        """Return the answer to a scrape."""
        return page(self._namespace, self._queues, self.look(), self._workers.by_deployment())

    def look_every(self, interval: float) -> None:
        """Look for ever: the age of the oldest task is known as well as looks are close."""
        while True:
            self.look()
            time.sleep(interval)


def serve(exporter: Exporter, port: int) -> ThreadingHTTPServer:
    """Return a server that answers scrapes and probes, once its `serve_forever` is called."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(HTTPStatus.OK, exporter.text(), CONTENT_TYPE)
            elif self.path == "/healthz":
                self._answer(HTTPStatus.OK, "ok\n", "text/plain")
            else:
                self._answer(HTTPStatus.NOT_FOUND, "GET /metrics\n", "text/plain")

        def _answer(self, status: HTTPStatus, text: str, content_type: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: ANN401 - so http.server declares it
            """Say nothing of each scrape and probe."""

    return ThreadingHTTPServer(("", port), Handler)


def main(environment: Mapping[str, str] = os.environ) -> None:
    """Run until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    signal.signal(signal.SIGTERM, _end)
    queues = [Queue(**each) for each in json.loads(environment["QUEUES"])]
    broker = Broker(connect(environment), [name for each in queues for name in each.lists], environment["SET_ASIDE"])
    workers = Workers(connect(environment), [each.worker for each in queues])
    exporter = Exporter(environment["NAMESPACE"], queues, broker, workers)
    threading.Thread(target=workers.listen, daemon=True).start()
    threading.Thread(target=exporter.look_every, args=(float(environment["INTERVAL"]),), daemon=True).start()
    serve(exporter, int(environment["PORT"])).serve_forever()


def _end(*_: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
