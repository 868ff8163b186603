"""What becomes of each answer that an application may give when it is asked about a large body."""

import json
from collections.abc import Iterator

import pytest

from tests.ports import free_port
from tests.runtime.nginx import server, upstream
from tests.runtime.nginx.client import ask
from tests.runtime.nginx.server import Nginx
from tests.runtime.nginx.test_errors import assert_json_error

JSON = ("Content-Type", "application/json")
BODY = b'{"a":"' + b"x" * 20_000 + b'"}'


@pytest.fixture(scope="module")
def asking(upstream_port: int) -> Iterator[Nginx]:
    with server.running(upstream_port=upstream_port, changes={"upload_check": "/api/may-upload/"}) as started:
        yield started


@pytest.mark.parametrize(
    ("said", "status", "message"),
    [
        (401, 401, "This upload needs a login."),
        (403, 403, "This upload is not allowed."),
        (302, 500, "The request failed."),
        (404, 500, "The request failed."),
        (503, 500, "The request failed."),
    ],
)
def test_a_body_comes_in_by_no_other_answer(asking: Nginx, said: int, status: int, message: str) -> None:
    answer = ask(asking.port, "POST", "/api/papers", [JSON, ("X-Test-Answer", str(said))], BODY)
    assert_json_error(answer, status)
    assert json.loads(answer.body)["message"] == message


def test_a_good_answer_lets_it_in(asking: Nginx) -> None:
    # The stand-in answers the question with 200, and then the request.
    assert upstream.parse(ask(asking.port, "POST", "/api/papers", [JSON], BODY).body).length == len(BODY)


def test_an_application_that_is_not_there_takes_nothing() -> None:
    changes = {"upload_check": "/api/may-upload/"}
    with server.running(upstream_port=free_port(), changes=changes) as orphan:
        assert_json_error(ask(orphan.port, "POST", "/api/papers", [JSON], BODY), 500)


def test_who_may_see_nothing_is_told_so_and_not_of_the_upload(upstream_port: int) -> None:
    changes = {"upload_check": "/api/may-upload/", "viewers": ("192.0.2.0/24",)}
    with server.running(upstream_port=upstream_port, changes=changes) as closed:
        answer = ask(closed.port, "POST", "/api/papers", [JSON], BODY)
        assert_json_error(answer, 403)
        assert json.loads(answer.body)["message"] == "This address may not be seen from here."
