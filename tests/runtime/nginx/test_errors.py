"""nginx's own errors speak the API's language under /api/; Django's pass through untouched."""

import json
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.runtime.nginx.client import Answer, Connection, ask, send
from tests.runtime.nginx.server import Nginx

Cause = Callable[[int, str], Answer]

LONG = "x" * 70_000


def too_large(port: int, path: str) -> Answer:
    return ask(port, "POST", path, [("Content-Type", "application/json"), ("Content-Length", "70000")])


def too_large_in_chunks(port: int, path: str) -> Answer:
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    return send(port, head.encode() + b"11170\r\n" + b"x" * 70_000 + b"\r\n0\r\n\r\n")


def long_line(port: int, path: str) -> Answer:
    return ask(port, "GET", f"{path}{LONG}")


def long_header(port: int, path: str) -> Answer:
    return ask(port, "GET", path, [("X-Long", LONG)])


def no_host(port: int, path: str) -> Answer:
    return send(port, f"GET {path} HTTP/1.1\r\n\r\n".encode())


def bad_percent(port: int, path: str) -> Answer:
    return ask(port, "GET", f"{path}%zz")


def unknown_coding(port: int, path: str) -> Answer:
    return send(
        port,
        f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: br\r\n\r\n".encode(),
    )


def traced(port: int, path: str) -> Answer:
    return ask(port, "TRACE", path)


def closes_early(port: int, path: str) -> Answer:
    return ask(port, "GET", path, [("X-Test-Answer", "drop")])


CAUSES: list[tuple[Cause, int]] = [
    (too_large, 413),
    (too_large_in_chunks, 413),
    (long_line, 414),
    (long_header, 431),
    (no_host, 400),
    (bad_percent, 400),
    (unknown_coding, 501),
    (traced, 405),
    (closes_early, 502),
]


def assert_json_error(answer: Answer, status: int) -> None:
    assert answer.status == status
    assert answer.one("Content-Type") == "application/json"
    assert answer.one("Cache-Control") == "no-store"
    told = json.loads(answer.body)
    assert list(told) == ["status", "error", "message"]
    assert told["status"] == {"code": status, "response": "failed"}
    assert told["error"] is True
    assert told["message"]


@pytest.mark.parametrize(("cause", "status"), CAUSES, ids=lambda item: getattr(item, "__name__", item))
def test_under_api_an_error_of_nginx_is_json(nginx: Nginx, cause: Cause, status: int):
    assert_json_error(cause(nginx.port, "/api/x"), status)


@pytest.mark.parametrize(("cause", "status"), CAUSES, ids=lambda item: getattr(item, "__name__", item))
def test_elsewhere_an_error_of_nginx_is_a_page(nginx: Nginx, cause: Cause, status: int):
    answer = cause(nginx.port, "/x")
    assert answer.status == status
    assert answer.one("Content-Type") == "text/html"
    assert b"<h1>This page is not available</h1>" in answer.body


def test_gunicorn_that_is_down_is_a_502(orphan: Nginx):
    assert_json_error(ask(orphan.port, "GET", "/api/x"), 502)
    assert ask(orphan.port, "GET", "/").status == 502


def test_a_head_request_gets_the_error_without_a_body(orphan: Nginx):
    answer = ask(orphan.port, "HEAD", "/api/x")
    assert (answer.status, answer.body) == (502, b"")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("path", ["/api/x", "/x"])
def test_errors_of_django_pass_through(nginx: Nginx, path: str, status: int):
    answer = ask(nginx.port, "GET", path, [("X-Test-Answer", str(status))])
    assert (answer.status, answer.body) == (status, b"<p>from the application</p>")
    assert answer.one("Cache-Control") is None


def test_the_error_pages_are_no_addresses(nginx: Nginx):
    for path in ("/_nginx/error.json", "/_nginx/error.html"):
        assert ask(nginx.port, "GET", path).status == 404


def test_a_body_that_never_arrives_ends_the_connection(nginx: Nginx):
    with Connection(nginx.port, timeout=5) as connection:
        head = b"POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n"
        connection.socket.sendall(head + b"half")
        with suppress(ConnectionResetError):
            assert connection.socket.recv(1) == b""
