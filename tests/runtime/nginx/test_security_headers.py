"""Each security header comes exactly once with every answer, no matter what makes it."""

import pytest

from examx_constructs.settings import NginxSettings
from tests.runtime.nginx.client import Answer, ask, send
from tests.runtime.nginx.server import Nginx

EXPECTED = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": NginxSettings().content_security_policy,
    "Permissions-Policy": NginxSettings().permissions_policy,
    "Strict-Transport-Security": "max-age=31536000",
}


def assert_secured(answer: Answer) -> None:
    assert {name: answer.all(name) for name in EXPECTED} == {name: [text] for name, text in EXPECTED.items()}
    assert answer.one("Server") in {"nginx", None}
    assert b"nginx/" not in answer.body


@pytest.mark.parametrize("path", ["/", "/api/x", "/health", "/static/app.css", "/media/photo.PNG"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_on_good_answers(nginx: Nginx, method: str, path: str):
    answer = ask(nginx.port, method, path)
    assert answer.status == 200
    assert_secured(answer)


@pytest.mark.parametrize(
    "status", ["201", "204", "301", "302", "304", "400", "401", "403", "404", "413", "429", "500", "502", "503"]
)
def test_on_answers_of_django_that_bring_their_own(nginx: Nginx, status: str):
    answer = ask(nginx.port, "GET", "/api/x", [("X-Test-Answer", status)])
    assert answer.status == int(status)
    assert_secured(answer)


@pytest.mark.parametrize(
    ("method", "target", "headers", "status"),
    [
        ("POST", "/api/x", [("Content-Length", "1"), ("Content-Type", "text/plain")], 400),
        ("GET", "/api/../x", [], 400),
        ("GET", "/%zz", [], 400),
        ("GET", "/static/none", [], 404),
        ("GET", "/media/link.txt", [], 404),
        ("POST", "/static/app.css", [], 405),
        ("TRACE", "/api/x", [], 405),
        ("GET", "/static/app.css", [("If-Match", '"other"')], 412),
        ("POST", "/api/x", [("Content-Type", "application/json"), ("Content-Length", "70000")], 413),
        ("GET", "/api/" + "x" * 70_000, [], 414),
        ("GET", "/static/app.css", [("Range", "bytes=99999-")], 416),
        ("GET", "/api/x", [("X-Long", "x" * 70_000)], 431),
        ("GET", "/api/x", [("X-Test-Answer", "drop")], 502),
        (
            "GET",
            "/static/app.css",
            [("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"), ("Range", "bytes=0-1")],
            206,
        ),
    ],
)
def test_on_answers_of_nginx(nginx: Nginx, method: str, target: str, headers: list[tuple[str, str]], status: int):
    answer = ask(nginx.port, method, target, headers)
    assert answer.status == status
    assert_secured(answer)


def test_on_a_file_that_has_not_changed(nginx: Nginx):
    tag = str(ask(nginx.port, "GET", "/static/app.css").one("ETag"))
    answer = ask(nginx.port, "GET", "/static/app.css", [("If-None-Match", tag)])
    assert answer.status == 304
    assert_secured(answer)


def test_when_gunicorn_is_down(orphan: Nginx):
    for path in ("/", "/api/x"):
        assert_secured(ask(orphan.port, "GET", path))


def test_uploads_that_could_run_have_one_policy_too(nginx: Nginx):
    assert len(ask(nginx.port, "GET", "/media/page.html").all("Content-Security-Policy")) == 1


def test_on_a_request_that_is_no_http(nginx: Nginx):
    answer = send(nginx.port, b"\x16\x03\x01 nonsense\r\n\r\n")
    assert answer.status == 400
    assert_secured(answer)
