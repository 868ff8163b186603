"""What Django learns about a request, and what a client cannot make it believe."""

import pytest

from tests.runtime.nginx import server, upstream
from tests.runtime.nginx.client import Connection, ask
from tests.runtime.nginx.server import Nginx
from tests.runtime.nginx.upstream import Echo


def echo(nginx: Nginx, *headers: tuple[str, str], target: str = "/api/x") -> Echo:
    return upstream.parse(ask(nginx.port, "GET", target, headers).body)


def test_the_host_is_passed_on(nginx: Nginx):
    seen = echo(nginx, ("Host", "Examx.test:8443"), ("X-Forwarded-Host", "evil.test"))
    assert seen.all("Host") == ["Examx.test:8443"]
    assert seen.all("X-Forwarded-Host") == ["Examx.test:8443"]


@pytest.mark.parametrize(
    ("claimed", "proto", "port"),
    [
        ("https", "https", "443"),
        ("http", "http", "80"),
        (None, "http", "80"),
        ("https, http", "http", "80"),
        ("wss", "http", "80"),
    ],
)
def test_only_the_load_balancer_makes_a_request_secure(nginx: Nginx, claimed: str | None, proto: str, port: str):
    seen = echo(nginx, *([("X-Forwarded-Proto", claimed)] if claimed else []), ("X-Forwarded-Port", "1"))
    assert seen.all("X-Forwarded-Proto") == [proto]
    assert seen.all("X-Forwarded-Port") == [port]


def test_the_client_is_who_the_load_balancer_saw(nginx: Nginx):
    seen = echo(nginx, ("X-Forwarded-For", "1.1.1.1, 198.51.100.7"), ("X-Real-IP", "2.2.2.2"))
    assert seen.all("X-Forwarded-For") == seen.all("X-Real-IP") == ["198.51.100.7"]


def test_a_stranger_can_not_name_its_address(upstream_port: int):
    with server.running(upstream_port=upstream_port, load_balancer_cidrs=("192.0.2.0/24",)) as nginx:
        seen = echo(nginx, ("X-Forwarded-For", "198.51.100.7"))
        assert seen.all("X-Forwarded-For") == seen.all("X-Real-IP") == ["127.0.0.1"]


def test_every_request_has_an_id_of_its_own(nginx: Nginx):
    ids = [echo(nginx, ("X-Request-Id", "forged")).all("X-Request-Id") for _ in range(2)]
    assert all(len(given) == 1 and len(given[0]) == 32 for given in ids)
    assert ids[0] != ids[1]


@pytest.mark.parametrize(
    "name",
    [
        "Proxy",
        "Forwarded",
        "X-Forwarded-Ssl",
        "X-Forwarded-Protocol",
        "X-Forwarded-Prefix",
        "SCRIPT_NAME",
        "PATH_INFO",
        "REMOTE_USER",
        "X_Forwarded_For",
        "X_Forwarded_Proto",
        "True-Client-IP",
    ],
)
def test_other_claims_do_not_arrive(nginx: Nginx, name: str):
    assert name.lower() not in echo(nginx, (name, "forged")).names()


def test_all_other_headers_arrive(nginx: Nginx):
    sent = [
        ("Authorization", "Bearer x"),
        ("Cookie", "a=b"),
        ("X-CSRFToken", "c"),
        ("Accept-Language", "hi"),
        ("X-Amzn-Trace-Id", "Root=1"),
    ]
    seen = echo(nginx, *sent)
    assert all(seen.all(name) == [text] for name, text in sent)


def test_connections_to_gunicorn_are_used_again(nginx: Nginx):
    with Connection(nginx.port) as connection:
        peers = {upstream.parse(connection.ask("GET", "/api/x").body).peer for _ in range(5)}
    assert len(peers) == 1


def test_gunicorn_is_asked_in_http_1_1_without_a_connection_header(nginx: Nginx):
    with Connection(nginx.port) as connection:
        seen = upstream.parse(connection.ask("GET", "/api/x", [("Connection", "close, X-Forwarded-For")]).body)
    assert "connection" not in seen.names()
    assert seen.all("X-Forwarded-For") == ["127.0.0.1"]


def test_websockets_are_passed_through(nginx: Nginx):
    with Connection(nginx.port) as connection:
        connection.socket.sendall(
            b"GET /ws/ HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
            b"X-Test-Answer: upgrade\r\n\r\n"
        )
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.socket.recv(1000)
        assert received.startswith(b"HTTP/1.1 101 ")
        connection.socket.sendall(b"hello\n")
        assert connection.socket.recv(100) == b"HELLO\n"


def test_no_other_upgrade_is_asked_of_gunicorn(nginx: Nginx):
    seen = echo(nginx, ("Upgrade", "h2c"), ("Connection", "Upgrade, HTTP2-Settings"))
    assert not seen.names() & {"upgrade", "connection"}


def test_old_clients(nginx: Nginx):
    answer = ask(nginx.port, "GET", "/api/x", [("X-Test-Answer", "stream")], version="1.0")
    assert (answer.status, answer.body) == (200, b"onetwo")
    assert ask(nginx.port, "GET", "/health", version="1.0").body == b"ok\n"


def test_large_bodies_reach_gunicorn_whole_and_at_once(nginx: Nginx):
    body = b"x" * (64 * 1024)
    seen = upstream.parse(ask(nginx.port, "POST", "/api/x", [("Content-Type", "application/json")], body).body)
    assert seen.length == len(body)
    assert seen.all("Content-Length") == [str(len(body))]
    assert "expect" not in seen.names()


def test_large_headers_pass(nginx: Nginx):
    assert echo(nginx, ("X-Certificate", "x" * 60_000)).all("X-Certificate") == ["x" * 60_000]


@pytest.mark.parametrize("host", ["examx.test", "10.0.0.1:8080", "evil.test", "localhost"])
def test_health_is_answered_whatever_the_host(orphan: Nginx, host: str):
    answer = ask(orphan.port, "GET", "/health", [("Host", host)])
    assert (answer.status, answer.body, answer.one("Content-Type")) == (200, b"ok\n", "text/plain")


def test_who_is_no_load_balancer_came_by_no_https(upstream_port: int):
    with server.running(upstream_port=upstream_port, load_balancer_cidrs=("192.0.2.0/24",)) as nginx:
        seen = upstream.parse(ask(nginx.port, "GET", "/api/x", [("X-Forwarded-Proto", "https")]).body)
    assert (seen.all("X-Forwarded-Proto"), seen.all("X-Forwarded-Port")) == (["http"], ["80"])
