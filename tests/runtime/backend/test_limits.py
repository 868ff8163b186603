"""How much a request may be, from nginx's limits to gunicorn's and Django's own."""

import json

import pytest

from tests.runtime.backend.backend import JSON, Backend
from tests.runtime.nginx.test_errors import assert_json_error

LIMIT = 2048 << 20


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
