"""The access log is one JSON object per request, whatever the request."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.ports import free_port
from tests.runtime.nginx import server
from tests.runtime.nginx.client import ask, send
from tests.runtime.nginx.server import Nginx


@pytest.fixture
def quiet(upstream_port: int) -> Iterator[Nginx]:
    """nginx that nobody else talks to."""
    with server.running(upstream_port=upstream_port) as started:
        yield started


def logged(nginx: Nginx, requests: int) -> list[dict[str, Any]]:
    """The log, once it tells of so many requests: a request is logged after it has been answered."""
    deadline = time.monotonic() + 5
    while len(nginx.access_log.splitlines()) < requests and time.monotonic() < deadline:
        time.sleep(0.01)
    return [json.loads(line) for line in nginx.access_log.splitlines()]


def test_health_is_not_logged_and_secrets_are_not_either(quiet: Nginx):
    secrets = [("Authorization", "Bearer marker"), ("Cookie", "s=marker"), ("Referer", "http://a/?marker")]
    ask(quiet.port, "GET", "/health")
    ask(quiet.port, "GET", "/api/exams/?token=marker", [*secrets, ("X-Forwarded-For", "198.51.100.7")])
    ask(quiet.port, "GET", "/static/none?token=marker", secrets)
    # By path, for two processes of nginx write the log, each when it comes to it.
    entries = {entry["path"]: entry for entry in logged(quiet, 2)}
    assert "marker" not in quiet.access_log
    assert (entries["/api/exams/"]["status"], entries["/api/exams/"]["client"]) == ("200", "198.51.100.7")
    assert entries["/static/none"]["status"] == "404"


def test_no_request_breaks_the_format(quiet: Nginx):
    send(quiet.port, b'GET /api/"\\x?a HTTP/1.1\r\nHost: a\r\nUser-Agent: "\\\xff\r\n\r\n')
    send(quiet.port, b'GET /api/"\\\xff?a HTTP/1.1\r\nHost: a\r\nUser-Agent: "\\\x01\xff\r\n\r\n')
    send(quiet.port, b"nonsense\r\n\r\n")
    ask(quiet.port, "GET", "/" + "x" * 300_000)
    assert sorted(entry["status"] for entry in logged(quiet, 4)) == ["200", "400", "400", "414"]


def test_no_query_string_is_in_the_error_log():
    with server.running(upstream_port=free_port()) as orphan:
        assert ask(orphan.port, "GET", "/api/x?token=a-secret-of-the-address").status == 502
        ask(orphan.port, "GET", "/static/none?token=a-secret-of-the-address")
        ask(orphan.port, "POST", "/x?token=a-secret-of-the-address", [("Content-Length", "99999999")])
        assert "a-secret-of-the-address" not in orphan.error_log + orphan.access_log
