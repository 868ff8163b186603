"""How nginx leaves: with the pod's own pre-stop command, and without it."""

import os
import signal
import subprocess
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from cdk8s import App, Chart

from examx_constructs import NginxConfig
from examx_constructs.settings import Duration, NginxSettings
from tests.runtime.nginx import server
from tests.runtime.nginx.client import Answer, ask
from tests.runtime.nginx.server import Nginx


class SlowUpstream:
    """Answers a request only when it is told to."""

    def __init__(self) -> None:
        self.arrived, self.go_on = Event(), Event()

    @contextmanager
    def running(self) -> Generator[int]:
        arrived, go_on = self.arrived, self.go_on

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                arrived.set()
                go_on.wait(10)
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Keep the test output clean."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
            thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            try:
                yield http.server_address[1]
            finally:
                go_on.set()
                http.shutdown()
                thread.join()


def pre_stop(nginx: Nginx, *, within: str = "30s") -> list[str]:
    """The command of the manifest, told where this nginx is."""
    settings = NginxSettings(scratch_root=f"{nginx.directory}/scratch")
    config = NginxConfig(Chart(App(), "chart"), "nginx", settings=settings)
    command = config.quit_after(Duration("1s"), within=Duration(within))
    return [part.replace(config.path, f"{nginx.directory}/config") for part in command]


def nginx_on_path(directory: Path) -> dict[str, str]:
    """An environment in which `nginx` is the one under test."""
    return {**os.environ, "PATH": f"{directory}:{os.environ['PATH']}"}


def test_a_running_request_ends_before_nginx_does():
    upstream = SlowUpstream()
    with upstream.running() as port, server.running(upstream_port=port) as nginx, ThreadPoolExecutor() as pool:
        request = pool.submit(ask, nginx.port, "GET", "/api/slow")
        assert upstream.arrived.wait(5)
        with subprocess.Popen(pre_stop(nginx), env=nginx_on_path(nginx.directory)) as hook:
            assert ask(nginx.port, "GET", "/health").status == 200
            with pytest.raises(subprocess.TimeoutExpired):
                hook.wait(2)
            upstream.go_on.set()
            assert request.result(timeout=5).status == 204
            assert hook.wait(5) == 0
        assert nginx.process.wait(5) == 0


def test_a_request_that_goes_on_holds_nginx_up_for_a_time_only():
    upstream = SlowUpstream()
    with upstream.running() as port, server.running(upstream_port=port) as nginx, ThreadPoolExecutor() as pool:
        request = pool.submit(ask, nginx.port, "GET", "/api/slow")
        assert upstream.arrived.wait(5)
        command = pre_stop(nginx, within="1s")
        assert subprocess.run(command, env=nginx_on_path(nginx.directory), timeout=10, check=False).returncode == 0
        assert nginx.process.poll() is None
        upstream.go_on.set()
        assert request.result(timeout=5).status == 204


def test_sigterm_alone_would_drop_it():
    upstream = SlowUpstream()
    with upstream.running() as port, server.running(upstream_port=port) as nginx, ThreadPoolExecutor() as pool:
        request = pool.submit(ask, nginx.port, "GET", "/api/slow")
        assert upstream.arrived.wait(5)
        nginx.process.send_signal(signal.SIGTERM)
        outcome: Answer | BaseException = request.exception(timeout=5) or request.result()
        assert isinstance(outcome, BaseException)
