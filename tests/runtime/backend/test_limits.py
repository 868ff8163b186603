"""How much a request may be, from nginx's limits to gunicorn's and Django's own."""

import json

import pytest

from tests.runtime.backend.backend import JSON, Backend
from tests.runtime.nginx.test_errors import assert_json_error

LIMIT = 2048 << 20
LOOKED_AT = (
    *("Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Content-Type", "Cookie"),
    *("If-Match", "If-Modified-Since", "If-None-Match", "Origin", "Range", "Referer", "User-Agent", "X-Amzn-Trace-Id"),
    *("X-CSRFToken", "X-Requested-With"),
)
"""The headers in which nginx refuses what gunicorn would."""


def test_a_body_beyond_the_limit_is_refused_before_it_is_sent(backend: Backend) -> None:
    head = backend.head("POST", "/api/upload/", JSON, ("Content-Length", str(LIMIT + 1)))
    assert_json_error(backend.send(head), 413)
    page = backend.send(backend.head("POST", "/x", JSON, ("Content-Length", str(LIMIT + 1))))
    assert (page.status, page.one("Content-Type")) == (413, "text/html")


def test_a_body_of_the_limit_is_asked_for(backend: Backend) -> None:
    expect = [JSON, ("Content-Length", str(LIMIT)), ("Expect", "100-continue")]
    with backend.connect() as connection:
        connection.socket.sendall(backend.head("POST", "/api/upload/", *expect))
        assert connection.socket.recv(100).startswith(b"HTTP/1.1 100 ")


@pytest.mark.parametrize("length", ["99999999999999999999", "-1", "1x", "1, 1"])
def test_a_length_that_makes_no_sense_is_refused(backend: Backend, length: str) -> None:
    assert_json_error(backend.send(backend.head("POST", "/api/upload/", JSON, ("Content-Length", length))), 400)


def test_two_lengths_are_refused(backend: Backend) -> None:
    head = backend.head("POST", "/api/exams/", JSON, ("Content-Length", "7"), ("Content-Length", "8"))
    assert_json_error(backend.send(head + b'{"a":1}'), 400)


def test_a_length_and_chunks_are_one_request_or_none(backend: Backend) -> None:
    head = backend.head("POST", "/api/exams/", JSON, ("Content-Length", "3"), ("Transfer-Encoding", "chunked"))
    assert_json_error(backend.send(head + b"0\r\n\r\nGET /api/admin/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400)


@pytest.mark.parametrize("number", [1, 2])
def test_long_headers_reach_django(backend: Backend, number: int) -> None:
    headers = [(f"X-Long-{each}", "x" * 60_000) for each in range(number)]
    told = backend.told("GET", "/api/exams/", headers)
    assert [told["headers"][f"HTTP_X_LONG_{each}"] for each in range(number)] == [text for _, text in headers]


def test_many_headers_reach_django(backend: Backend) -> None:
    told = backend.told("GET", "/api/exams/", [(f"X-Number-{each}", str(each)) for each in range(80)])
    assert all(told["headers"][f"HTTP_X_NUMBER_{each}"] == str(each) for each in range(80))


def test_headers_beyond_the_limit_are_refused_in_json(backend: Backend) -> None:
    assert_json_error(backend.ask("GET", "/api/exams/", [("X-Long", "x" * 70_000)]), 431)


def test_many_fields_are_django_s_to_refuse(backend: Backend) -> None:
    body = json.dumps({"answers": list(range(100_000))}).encode()
    assert backend.told("POST", "/api/exams/", [JSON], body)["length"] == len(body)
    fields = "&".join(f"a{each}=1" for each in range(2000)).encode()
    answer = backend.ask("POST", "/api/upload/", [("Content-Type", "application/x-www-form-urlencoded")], fields)
    assert (answer.status, answer.one("Content-Type")) == (400, "text/html; charset=utf-8")


def test_as_many_headers_as_fit_are_django_s(backend: Backend) -> None:
    # gunicorn would answer 431 with a page of its own from 101 on. nginx 1.31 takes 1000, and answers for the rest.
    told = backend.told("GET", "/api/exams/", [(f"X-{each}", "1") for each in range(900)])
    assert sum(name.startswith("HTTP_X_") for name in told["headers"]) >= 900


@pytest.mark.parametrize("method", ["A", "GE", "X" * 21, "GET_IT_ALL_FROM_HERE_NOW"])
def test_a_method_that_gunicorn_would_refuse_is_refused_in_json(backend: Backend, method: str) -> None:
    # gunicorn's own answer is 400, in HTML.
    assert_json_error(backend.ask(method, "/api/exams/"), 405)


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /api/exams/[ HTTP/1.1",
        "GET /api/exams/?x=[::1 HTTP/1.1",
        "GET //[/../api HTTP/1.1",
        "GET /api/exams/#x HTTP/1.1",
        "GET http://[::1/api/ HTTP/1.1",
        "GET /api/\x7f HTTP/1.1",
        "PURGE /api/exams/ HTTP/1.1",
        "GET /api/exams/ HTTP/1.0",
    ],
)
def test_no_page_of_gunicorn_reaches_a_client_of_the_api(backend: Backend, request_line: str) -> None:
    head = backend.head("GET", "/").split(b"\r\n", 1)[1]
    answer = backend.send(request_line.encode("latin-1") + b"\r\n" + head)
    # gunicorn's own pages carry no security headers of Django and are HTML that names the fault.
    assert b"<title>Bad Request</title>" not in answer.body
    if answer.status == 400 and request_line.split()[1].startswith("/api"):
        assert_json_error(answer, 400)


@pytest.mark.parametrize("target", [b"/api/\xff", b"/api/caf\xe9/", b"/api/exams/?q=\xc0\xaf", b"/api/\xed\xa0\x80"])
def test_bytes_that_are_not_utf_8_are_refused_in_json(backend: Backend, target: bytes) -> None:
    # gunicorn 27 would answer 400 in HTML; older ones hand them to Django, which cannot read them.
    head = backend.head("GET", "TARGET").replace(b"TARGET", target)
    answer = backend.send(head)
    assert_json_error(answer, 400)
    assert b"UTF-8" in answer.body
    assert backend.is_well()


@pytest.mark.parametrize("value", ["a\x01b", "a\x7fb", "\x80\xff", "a\tb", ""])
@pytest.mark.parametrize("name", [*LOOKED_AT, "Host", "Content-Length", "Upgrade"])
def test_no_header_makes_gunicorn_answer_itself(backend: Backend, name: str, value: str) -> None:
    answer = backend.ask("GET", "/api/exams/", [(name, value)])
    assert b"<title>Bad Request</title>" not in answer.body
    assert answer.one("Content-Type") in {"application/json", "text/html; charset=utf-8"}
