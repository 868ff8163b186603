"""URIs reach Django as they were written, or not at all."""

import json

import pytest

from tests.runtime.nginx import upstream
from tests.runtime.nginx.client import ask, send
from tests.runtime.nginx.server import SECRET, Nginx
from tests.runtime.nginx.test_errors import assert_json_error

NO_UTF_8 = [
    b"\xff",
    b"\x80",
    b"caf\xe9",
    # Cut off, too long for what they say, of a surrogate, beyond the last character.
    b"\xc3",
    b"\xe0\xa4",
    b"\xf0\x90\x80",
    b"\xc0\xaf",
    b"\xe0\x80\xaf",
    b"\xf0\x80\x80\xaf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xf8\x88\x80\x80\x80",
]


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/api/exams/?q=a%20b&q=%2e%2e/&r=../..",
        "/api/files/a%2Fb%20c.txt",
        "/api/%E0%A4%AA/",
        "/api/%252e%252e%252fx",
        "//api//x///y",
        "/api/a..b/..c/d../...",
        "/api/./x",
        "/api/x;v=1",
        "/admin/+/%2B",
        "/staticfiles",
        "/static",
        "/media",
    ],
)
def test_the_uri_is_passed_unchanged(nginx: Nginx, target: str):
    assert upstream.parse(ask(nginx.port, "GET", target).body).target == target


def test_non_ascii_bytes_are_passed_unchanged(nginx: Nginx):
    # The echo reads request lines as Latin-1.
    answer = send(nginx.port, "GET /api/प HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert upstream.parse(answer.body).target.encode("latin-1").decode() == "/api/प"


def test_every_character_of_utf_8_is_passed(nginx: Nginx):
    # The first and the last of each length, and those beside the surrogates, which UTF-8 does not know. Not U+0800: its
    # second byte, a0, is a space to http.server.
    text = "/api/\u0080\u07ff\u0841\u0fff\u1000\ud7ff\ue000\uffff\U00010000\U0003ffff\U00040000\U0010ffff?é=ü"
    answer = send(nginx.port, f"GET {text} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert upstream.parse(answer.body).target.encode("latin-1").decode() == text


def test_a_long_address_is_looked_at_to_its_end(nginx: Nginx):
    for character in ("x", "प"):
        fitting = ("/api/" + character * (60_000 // len(character.encode()))).encode()
        assert send(nginx.port, b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % fitting).status == 200
        assert_json_error(send(nginx.port, b"GET %b\xff HTTP/1.1\r\nHost: a\r\n\r\n" % fitting), 400)


@pytest.mark.parametrize("bytes_", NO_UTF_8, ids=bytes.hex)
@pytest.mark.parametrize("place", [b"/%b", b"/x/%b/y", b"/?q=%b", b"/\xe0\xa4\xaa%b"], ids=repr)
def test_bytes_that_are_not_utf_8_are_refused(nginx: Nginx, place: bytes, bytes_: bytes):
    target = place % bytes_
    answer = send(nginx.port, b"GET /api%b HTTP/1.1\r\nHost: a\r\n\r\n" % target)
    assert_json_error(answer, 400)
    assert json.loads(answer.body)["message"] == "The address holds bytes that are not UTF-8."
    page = send(nginx.port, b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % target)
    assert (page.status, page.one("Content-Type")) == (400, "text/html")


@pytest.mark.parametrize(
    "target",
    [
        "/api/../admin/",
        "/api/..",
        "/api/x/%2e%2e/%2E%2E/y",
        "/api/..%2fadmin",
        "/api%2f..%2fadmin",
        "/api/.%2e/?a",
        "/admin/../api/x",
        "/static/../api/x",
    ],
)
def test_a_path_that_climbs_is_refused(nginx: Nginx, target: str):
    answer = ask(nginx.port, "POST", target, [("Content-Type", "text/plain")], b"x")
    assert answer.status == 400


@pytest.mark.parametrize("root", ["/static", "/media"])
@pytest.mark.parametrize(
    "escape",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%252e%252e/secret.txt",
        "../secret.txt",
        "/./../secret.txt",
        "//../secret.txt",
        "/folder/../../secret.txt",
        "/%5c..%5csecret.txt",
        "/photo.PNG/../../secret.txt",
        "/link.txt",
    ],
)
def test_no_path_leads_out_of_what_is_served(nginx: Nginx, root: str, escape: str):
    answer = ask(nginx.port, "GET", root + escape)
    assert SECRET not in answer.body
    # What climbs out of the roots is a path of Django's, and the echo answers it: never a file.
    assert answer.status in {400, 404} or upstream.parse(answer.body)


@pytest.mark.parametrize("target", ["/api/a%00b", "/media/page.html%00.png", "/static/%00"])
def test_null_bytes_are_refused(nginx: Nginx, target: str):
    assert ask(nginx.port, "GET", target).status == 400


@pytest.mark.parametrize("method", ["TRACE", "CONNECT"])
@pytest.mark.parametrize("target", ["/", "/api/x", "/static/app.css"])
def test_trace_and_connect_are_refused(nginx: Nginx, method: str, target: str):
    assert ask(nginx.port, method, target).status in {400, 405}
