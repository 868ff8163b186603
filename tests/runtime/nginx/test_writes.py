"""A write under /api/ with a body must say what the body is, in one of three types."""

import json

import pytest

from tests.runtime.nginx import upstream
from tests.runtime.nginx.client import Answer, ask, send
from tests.runtime.nginx.server import Nginx

BODY = b'{"a":1}'


def is_refusal(answer: Answer) -> bool:
    """Whether an answer is the 400 of the contract, exactly."""
    if answer.status != 400 or answer.one("Content-Type") != "application/json":
        return False
    told = json.loads(answer.body)
    message = told.pop("message")
    assert (
        "Content-Type must be one of application/json, multipart/form-data, application/x-www-form-urlencoded"
        in message
    )
    return told == {"status": {"code": 400, "response": "failed"}, "error": True}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=utf-8",
        "application/json ; charset=UTF-8",
        "APPLICATION/JSON\t;charset=utf-8",
        "multipart/form-data; boundary=----x",
        'multipart/form-data; boundary="a,b"',
        "application/x-www-form-urlencoded",
    ],
)
def test_accepted_types_reach_django(nginx: Nginx, method: str, content_type: str):
    answer = ask(nginx.port, method, "/api/exams/", [("Content-Type", content_type)], BODY)
    echo = upstream.parse(answer.body)
    assert (answer.status, echo.method, echo.length) == (200, method, len(BODY))
    assert echo.all("Content-Type") == [content_type]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/xml; a=application/json",
        "application/jsonp",
        "application/json+xml",
        "application",
        "x-application/json",
        "application/json, text/xml",
        "application/json text/xml",
        "multipart/mixed",
    ],
)
def test_other_types_are_refused(nginx: Nginx, method: str, content_type: str | None):
    headers = [("Content-Type", content_type)] if content_type is not None else []
    assert is_refusal(ask(nginx.port, method, "/api/exams/", headers, BODY))


def test_of_several_content_types_django_sees_only_what_was_checked(nginx: Nginx):
    for first, second in (("application/json", "text/xml"), ("text/xml", "application/json")):
        answer = ask(nginx.port, "POST", "/api/x", [("Content-Type", first), ("Content-Type", second)], BODY)
        if not is_refusal(answer):
            assert upstream.parse(answer.body).all("Content-Type") == ["application/json"]


@pytest.mark.parametrize(
    "headers", [[], [("Content-Length", "0")], [("Content-Length", "00"), ("Content-Type", "text/xml")]]
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_write_without_a_body_needs_no_content_type(nginx: Nginx, method: str, headers: list[tuple[str, str]]):
    assert ask(nginx.port, method, "/api/exams/1/start/", headers).status == 200


def test_a_chunked_write_is_a_write_with_a_body(nginx: Nginx):
    head = b'POST /api/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n%s\r\n4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n'
    assert is_refusal(send(nginx.port, head % b""))
    accepted = send(nginx.port, head % b"Content-Type: application/json\r\n")
    assert upstream.parse(accepted.body).length == len(BODY)


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS"])
def test_other_methods_are_free(nginx: Nginx, method: str):
    assert ask(nginx.port, method, "/api/exams/", [("Content-Type", "text/plain")], BODY).status == 200


@pytest.mark.parametrize(
    "target", ["/api", "/api/", "//api/x", "/%61pi/x", "/./api/x", "/api%2Fx", "/api/x?y=/admin/", "http://a/api/x"]
)
def test_every_spelling_of_the_path_is_under_api(nginx: Nginx, target: str):
    assert is_refusal(ask(nginx.port, "POST", target, [("Content-Type", "text/plain")], BODY))


@pytest.mark.parametrize("target", ["/", "/admin/login/", "/apis/x", "/API/x", "/x/api/", "/?next=/api/"])
def test_elsewhere_a_write_is_free(nginx: Nginx, target: str):
    assert ask(nginx.port, "POST", target, [("Content-Type", "text/plain")], BODY).status == 200


def test_a_large_write_is_refused_before_its_body_is_sent(nginx: Nginx):
    headers = b"Content-Type: text/plain\r\nContent-Length: 60000\r\nExpect: 100-continue\r\n\r\n"
    assert is_refusal(send(nginx.port, b"POST /api/x HTTP/1.1\r\nHost: a\r\n" + headers))
