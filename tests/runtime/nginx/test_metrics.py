"""The listener for Prometheus: nginx's own counts, and the application's metrics by its public name."""

import re
import subprocess

import pytest

from examx_constructs.settings import NginxMetrics
from tests.ports import free_port
from tests.runtime.nginx import server, upstream
from tests.runtime.nginx.client import ask

HOST = "examx.example.com"


def test_the_application_is_asked_by_its_public_name_and_by_prometheus_alone(upstream_port: int) -> None:
    metrics = NginxMetrics(port=free_port(), path="/metrics", host=HOST, counts=False)
    with server.running(upstream_port=upstream_port, metrics=metrics) as nginx:
        seen = upstream.parse(ask(metrics.port, "GET", "/metrics", [("Host", "10.0.0.7:8082")]).body)
        assert (seen.all("Host"), seen.all("X-Forwarded-Proto")) == ([HOST], ["https"])
        assert ask(metrics.port, "GET", "/api/x").status == 404
        # Clients have another port, where there are no metrics, however the path is written.
        for path in ("/metrics", "//metrics", "/./metrics", "/%6detrics", "/metrics?a=b"):
            assert ask(nginx.port, "GET", path, [("Host", HOST)]).status in {400, 404}
        assert ask(nginx.port, "GET", "/metrics-of-mine", [("Host", HOST)]).status == 200


def test_nginx_counts(upstream_port: int) -> None:
    told = subprocess.run([server.binary(), "-V"], capture_output=True, text=True, check=False, timeout=10).stderr
    if "http_stub_status_module" not in told:
        pytest.skip("this nginx is built without http_stub_status_module; EXAMX_TEST_NGINX names another")
    metrics = NginxMetrics(port=free_port(), host=HOST)
    with server.running(upstream_port=upstream_port, metrics=metrics) as nginx:
        before, after = (_requests(metrics.port) for _ in range(2))
        assert after > before
        assert ask(metrics.port, "GET", "/metrics").status == 404
        assert ask(nginx.port, "GET", "/metrics", [("Host", HOST)]).status == 200


def _requests(port: int) -> int:
    answer = ask(port, "GET", "/stub_status")
    counts = re.search(rb"requests\s+\d+ \d+ (\d+)", answer.body)
    assert counts, answer
    return int(counts[1])
