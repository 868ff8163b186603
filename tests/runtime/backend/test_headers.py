"""Security headers come once although Django brings its own, and Django knows how the client came."""

import pytest

from tests.runtime.backend.backend import JSON, Backend
from tests.runtime.nginx.test_security_headers import assert_secured

PLAIN = ("X-Forwarded-Proto", "http")


@pytest.mark.parametrize(
    ("method", "target", "headers", "status"),
    [
        ("GET", "/api/small/", [], 200),
        ("GET", "/api/page/", [("Accept-Encoding", "gzip")], 200),
        ("GET", "/api/stream/", [], 200),
        ("GET", "/admin/", [], 200),
        ("GET", "/health", [], 200),
        ("GET", "/api/small/", [PLAIN], 301),
        ("GET", "/api/status/302/", [], 302),
        ("DELETE", "/api/status/204/", [], 204),
        ("GET", "/api/raise/", [], 500),
        ("GET", "/api/small/", [("Host", "evil.test")], 400),
        ("POST", "/api/exams/", [("Content-Type", "text/plain"), ("Content-Length", "1")], 400),
        ("POST", "/api/exams/", [JSON, ("Content-Length", "9999999999")], 413),
        ("GET", "/static/app.css", [], 200),
        ("GET", "/static/none", [], 404),
        ("GET", "/media/none", [], 404),
    ],
)
def test_each_security_header_comes_once(
    backend: Backend, method: str, target: str, headers: list[tuple[str, str]], status: int
) -> None:
    answer = backend.ask(method, target, headers)
    assert answer.status == status
    assert_secured(answer)
    assert answer.one("Server") == "nginx"
    assert not any("gunicorn" in text.lower() for _, text in answer.headers)


def test_what_nginx_says_nothing_about_is_django_s(backend: Backend) -> None:
    assert backend.ask("GET", "/api/small/").one("Cross-Origin-Opener-Policy") == "same-origin"


@pytest.mark.parametrize("claimed", ["http", "wss", "https, http", ""])
def test_django_sends_everybody_to_https(backend: Backend, claimed: str) -> None:
    answer = backend.ask("GET", "/api/exams/%E0%A4%AA/?a=%2F", [("X-Forwarded-Proto", claimed)])
    assert answer.status == 301
    assert answer.one("Location") == f"https://{backend.host}/api/exams/%E0%A4%AA/?a=%2F"


@pytest.mark.parametrize(
    "forged", [("X-Forwarded-Ssl", "on"), ("X-Forwarded-Protocol", "ssl"), ("Forwarded", "proto=https")]
)
def test_no_other_header_makes_a_request_secure(backend: Backend, forged: tuple[str, str]) -> None:
    assert backend.ask("GET", "/api/small/", [PLAIN, forged]).status == 301


def test_who_came_by_https_is_not_sent_on(backend: Backend) -> None:
    told = backend.told("GET", "/api/exams/")
    assert (told["secure"], told["host"]) == (True, backend.host)
    assert told["headers"]["HTTP_X_FORWARDED_PORT"] == "443"


@pytest.mark.parametrize("probe", ["startup", "readiness", "liveness"])
def test_probes_are_answered_and_not_sent_on(backend: Backend, probe: str) -> None:
    asked = backend.gunicorn.manifest[f"{probe}Probe"]["httpGet"]
    headers = [(each["name"], each["value"]) for each in asked["httpHeaders"]]
    with backend.connect() as connection:
        assert connection.ask("GET", asked["path"], headers).status == 200


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO", "REMOTE_USER", "X_Forwarded_Proto", "HTTP_HOST"])
def test_headers_with_underscores_do_not_arrive(backend: Backend, name: str) -> None:
    told = backend.told("GET", "/api/exams/", [(name, "/forged")])
    assert told["path"] == "/api/exams/"
    assert "/forged" not in told["headers"].values()


def test_all_that_an_application_needs_arrives(backend: Backend) -> None:
    sent = {"Authorization": "Bearer x", "Cookie": "a=b; c=d", "X-CSRFToken": "c", "Accept-Language": "hi"}
    headers = backend.told("GET", "/api/exams/", sent.items())["headers"]
    assert all(headers[f"HTTP_{name.upper().replace('-', '_')}"] == text for name, text in sent.items())
    # Of the load balancer, which has named no client.
    assert headers["HTTP_X_REAL_IP"] == headers["HTTP_X_FORWARDED_FOR"] == "10.255.255.1"
