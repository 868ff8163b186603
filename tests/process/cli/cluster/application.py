"""An application as Prometheus sees it: it answers scrapes with counters that go on as a test wishes."""

import threading
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECONDS_OF_FAST, SECONDS_OF_SLOW = 0.5, 5.0


@dataclass
class Application:
    """What students meet: requests a second, which share of them fails or is slow, and the oldest task of each list."""

    namespace: str
    lists: tuple[str, ...]
    requests: float = 400
    failing: float = 0.0
    slow: float = 0.0
    age: float = 1.0
    measured: bool = True
    """Whether anything of the queues is told."""
    _ok: float = 0.0
    _failed: float = 0.0
    _slow: float = 0.0
    _last: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wish(self, **wishes: float | bool) -> None:
        """Go on in another way from now on."""
        with self._lock:
            self._go_on()
            for name, value in wishes.items():
                setattr(self, name, value)

    def calm(self) -> None:
        """Go on as at the beginning."""
        self.wish(requests=400, failing=0.0, slow=0.0, age=1.0, measured=True)

    def _go_on(self) -> None:
        now = time.monotonic()
        requests = self.requests * (now - self._last)
        self._last = now
        self._failed += requests * self.failing
        self._ok += requests * (1 - self.failing)
        self._slow += requests * self.slow

    def metrics(self) -> str:
        """What a scrape gets. A status that never was has no series, as with the client of Prometheus."""
        with self._lock:
            self._go_on()
            return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterable[str]:
        here = f'namespace="{self.namespace}"'
        answers = "django_http_responses_total_by_status_total"
        yield f'{answers}{{{here},status="200"}} {self._ok}'
        if self._failed:
            yield f'{answers}{{{here},status="502"}} {self._failed}'
        every = self._ok + self._failed
        buckets = {SECONDS_OF_FAST: every - self._slow, SECONDS_OF_SLOW: every, "+Inf": every}
        for limit, count in buckets.items():
            name = "django_http_requests_latency_including_middlewares_seconds_bucket"
            yield f'{name}{{{here},le="{limit}"}} {count}'
        for each in self.lists if self.measured else ():
            yield f'examx_queue_oldest_message_age_seconds{{{here},queue="{each}"}} {self.age}'


@contextmanager
def answering(application: Application) -> Generator[int]:
    """Let it answer scrapes: its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = application.metrics().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # pyright: ignore[reportImplicitOverride]
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
