"""Who may see an environment at all: clients of named networks, or those who have its key."""

import json
import re
from collections.abc import Iterator

import pytest

from examx_constructs.settings import KubernetesSecret
from tests.runtime.nginx import server
from tests.runtime.nginx.client import Headers, ask
from tests.runtime.nginx.server import Nginx

OFFICE, ELSEWHERE = "203.0.113.9", "198.51.100.7"
KEY = "invented-key-invented-key-invented-key-0000"
PATHS = ["/", "/api/x", "/admin/", "/static/app.css", "/media/photo.PNG", "/none"]
ENTER = f"/_nginx/enter?key={KEY}"


def by(address: str) -> tuple[str, str]:
    return ("X-Forwarded-For", address)


@pytest.fixture(scope="module")
def office(upstream_port: int) -> Iterator[Nginx]:
    with server.running(upstream_port=upstream_port, changes={"viewers": ("203.0.113.0/24",)}) as started:
        yield started


@pytest.fixture(scope="module")
def keyed(upstream_port: int) -> Iterator[Nginx]:
    changes = {"viewers": ("203.0.113.0/24",), "viewer_key": KubernetesSecret(name="viewers")}
    with server.running(upstream_port=upstream_port, changes=changes, viewer_key=KEY) as started:
        yield started


@pytest.mark.parametrize("path", PATHS)
def test_only_named_networks_see_anything(office: Nginx, path: str) -> None:
    assert ask(office.port, "GET", path, [by(ELSEWHERE)]).status == 403
    assert ask(office.port, "GET", path, [by(OFFICE)]).status in {200, 404}


@pytest.mark.parametrize("path", ["/x%20/_nginx/", "/x%20/health", "/_nginx/none", "/_nginx/x/health", "/x/health"])
def test_a_path_that_looks_like_an_open_one_is_none(keyed: Nginx, office: Nginx, path: str) -> None:
    """Django, with its pages for debugging, is asked for nobody who is refused."""
    for nginx, status in ((keyed, 401), (office, 403)):
        assert ask(nginx.port, "GET", path, [by(ELSEWHERE)]).status == status


def test_a_claim_of_the_client_is_no_address(office: Nginx) -> None:
    forged: list[Headers] = [[by(f"{OFFICE}, {ELSEWHERE}")], [by(ELSEWHERE), ("X-Real-IP", OFFICE)]]
    assert [ask(office.port, "GET", "/", headers).status for headers in forged] == [403, 403]


def test_the_load_balancer_s_health_check_is_for_all(office: Nginx, keyed: Nginx) -> None:
    for nginx in (office, keyed):
        assert ask(nginx.port, "GET", "/health", [by(ELSEWHERE)]).status == 200
        assert ask(nginx.health_port, "GET", "/health").status == 200


def test_without_a_key_there_is_no_way_in_by_one(office: Nginx) -> None:
    assert ask(office.port, "GET", "/_nginx/enter?key=", [by(ELSEWHERE)]).status == 401
    assert ask(office.port, "GET", "/_nginx/enter?key=0", [by(ELSEWHERE)]).status == 401
    assert ask(office.port, "GET", "/", [by(ELSEWHERE), ("Cookie", "examx_viewer=")]).status == 403


@pytest.mark.parametrize("path", PATHS)
def test_the_key_lets_in_by_a_cookie(keyed: Nginx, path: str) -> None:
    refused = ask(keyed.port, "GET", path, [by(ELSEWHERE)])
    assert (refused.status, b"/_nginx/enter?key=" in refused.body) == (401, True)
    entered = ask(keyed.port, "GET", ENTER, [by(ELSEWHERE)])
    assert (entered.status, entered.one("Location"), entered.one("Cache-Control")) == (302, "/", "no-store")
    cookie = str(entered.one("Set-Cookie"))
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    seen = ask(keyed.port, "GET", path, [by(ELSEWHERE), ("Cookie", cookie.split(";", maxsplit=1)[0])])
    assert seen.status in {200, 404}
    assert ask(keyed.port, "GET", path, [by(OFFICE)]).status == seen.status


def test_under_api_the_refusal_is_json(keyed: Nginx) -> None:
    refused = ask(keyed.port, "GET", "/api/x", [by(ELSEWHERE)])
    assert json.loads(refused.body)["status"] == {"code": 401, "response": "failed"}


@pytest.mark.parametrize("key", ["", "x", KEY[:-1], f"{KEY}0", '"', "0", "default"])
def test_another_key_lets_nobody_in(keyed: Nginx, key: str) -> None:
    answer = ask(keyed.port, "GET", f"/_nginx/enter?key={key}", [by(ELSEWHERE)])
    assert (answer.status, answer.one("Set-Cookie")) == (401, None)
    assert ask(keyed.port, "GET", "/", [by(ELSEWHERE), ("Cookie", f"examx_viewer={key}")]).status == 401


def test_the_api_keeps_its_own_authorization(keyed: Nginx) -> None:
    given = [by(ELSEWHERE), ("Cookie", f"examx_viewer={KEY}"), ("Authorization", "Bearer its-own")]
    assert ["Authorization", "Bearer its-own"] in json.loads(ask(keyed.port, "GET", "/api/x", given).body)["headers"]


def test_the_key_is_in_no_log_and_its_file_is_nginx_s_alone(keyed: Nginx) -> None:
    ask(keyed.port, "GET", ENTER, [by(ELSEWHERE)])
    ask(keyed.port, "POST", ENTER, [by(ELSEWHERE), ("Content-Length", "99999999")])
    ask(keyed.port, "GET", f"/none?key={KEY}", [by(ELSEWHERE)])
    assert KEY not in keyed.access_log + keyed.error_log
    assert (keyed.directory / "scratch" / "viewer-key.conf").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("key", [None, "", "short", "x" * 101, "x" * 40 + '" 1; default', "x" * 40 + "\n\nx", "é" * 40])
def test_what_is_no_key_stops_the_start_with_one_line(key: str | None) -> None:
    with server.prepared(changes={"viewer_key": KubernetesSecret(name="viewers")}, viewer_key=key) as directory:
        verdict = server.accepts(directory)
    assert verdict.returncode == 1
    lines = [line for line in verdict.stderr.splitlines() if not line.startswith("cat: ")]
    assert len(lines) == 1
    assert re.match(r'Secret viewers, key "key": it must be ', lines[0])
