"""What a client sees when gunicorn or Django fail, and that the pod gets over it."""

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from http.client import IncompleteRead

import pytest

from tests.runtime.backend.backend import JSON, Backend, many, start
from tests.runtime.conftest import MakeNode, public_host
from tests.runtime.nginx.client import Answer
from tests.runtime.nginx.test_errors import assert_json_error
from tests.runtime.nginx.test_security_headers import assert_secured
from tests.support import Manifest


def assert_error(backend: Backend, status: int) -> None:
    """An error of nginx, in the two forms that it has."""
    with ThreadPoolExecutor(2) as pool:
        answer, page = pool.map(lambda target: backend.ask("GET", target), ("/api/small/", "/page/"))
    assert_json_error(answer, status)
    assert (page.status, page.one("Content-Type")) == (status, "text/html")
    assert b"<h1>This page is not available</h1>" in page.body
    for each in (answer, page):
        assert_secured(each)


def assert_serves_alone(backend: Backend) -> None:
    """What nginx answers without gunicorn."""
    assert backend.ask("GET", "/health").body == b"ok\n"
    assert backend.ask("GET", "/static/app.css").status == 200
    assert backend.nginx.passes("liveness")


def test_before_gunicorn_listens(make_node: MakeNode, rendered: dict[str, list[Manifest]]) -> None:
    node = make_node(rendered["prod"])
    backend = Backend(node, node.pod("examxv2-backend", own_network=True), public_host(rendered["prod"]))
    backend.nginx.start()
    node.eventually(lambda: backend.nginx.passes("readiness"))
    assert_error(backend, 502)
    assert_serves_alone(backend)
    assert not backend.pod.is_ready()
    backend.gunicorn.start()
    node.eventually(backend.pod.is_ready)


def test_when_gunicorn_is_killed(backend: Backend) -> None:
    backend.gunicorn.signal(signal.SIGKILL)
    assert backend.gunicorn.wait(10) == 137
    assert_error(backend, 502)
    assert_serves_alone(backend)
    assert not backend.gunicorn.passes("readiness")
    backend.gunicorn.start()
    backend.node.eventually(backend.pod.is_ready)
    assert backend.is_well()


def test_gunicorn_that_stalls_for_a_while_answers_late(backend: Backend) -> None:
    with many(backend, 3) as clients:
        with backend.stalled():
            for client in clients:
                client.socket.sendall(backend.head("GET", "/api/small/"))
            assert_serves_alone(backend)
        assert [client.read().status for client in clients] == [200] * 3


def test_gunicorn_that_stalls_for_too_long(make_node: MakeNode, impatient_manifests: list[Manifest]) -> None:
    # A pod of its own: gunicorn may find its processes dead afterwards, and replace them.
    backend = start(make_node, impatient_manifests)
    with backend.stalled(), ThreadPoolExecutor(1) as pool:
        errors = pool.submit(assert_error, backend, 504)
        assert_serves_alone(backend)
        errors.result(30)
    backend.node.eventually(backend.pod.is_ready)
    backend.node.eventually(backend.is_well)


def test_a_view_that_takes_too_long(impatient: Backend) -> None:
    assert_json_error(impatient.ask("GET", "/api/sleep/2500/"), 504)
    assert impatient.is_well()


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_a_request_that_ends_its_process_ends_no_other(backend: Backend, method: str) -> None:
    before, ended = backend.workers(), backend.gunicorn.log.count("exited with code 1")
    with backend.connect() as connection:
        # Now nginx keeps a connection. After one that fails it would try the next.
        assert connection.ask("GET", "/api/small/", backend.public([])).status == 200
        assert_json_error(connection.ask(method, "/api/crash/", backend.public([JSON]), b"{}"), 502)
    backend.node.eventually(backend.is_well)
    backend.node.eventually(lambda: backend.workers() - before and len(backend.workers()) == len(before))
    assert backend.gunicorn.log.count("exited with code 1") == ended + 1


@pytest.mark.parametrize("path", ["/api/cut/", "/api/cut/chunks/"])
def test_half_an_answer_does_not_pass_for_a_whole_one(backend: Backend, path: str) -> None:
    with pytest.raises(IncompleteRead) as cut:
        backend.ask("GET", path)
    assert cut.value.partial in {b"half", b""}
    assert backend.is_well()


def test_an_answer_in_pieces_arrives_whole(backend: Backend) -> None:
    answer = backend.ask("GET", "/api/stream/")
    assert answer.one("Transfer-Encoding") == "chunked"
    assert answer.body == b"".join(b"piece %d\n" % each for each in range(5))


def test_a_view_can_have_its_pieces_sent_at_once(backend: Backend) -> None:
    go_on = backend.pod.volume("media") / "go-on"
    with backend.connect() as client:
        client.socket.sendall(backend.head("GET", "/api/wait/go-on/"))
        received = b""
        while b"first\n" not in received:
            received += client.socket.recv(1000)
        go_on.touch()
        while not received.endswith(b"\r\n0\r\n\r\n"):
            received += client.socket.recv(1000)
    go_on.unlink()
    assert b"second\n" in received
    assert b"x-accel" not in received.lower()


def is_of_django(answer: Answer, status: int) -> bool:
    return answer.status == status and answer.one("Cache-Control") is None and b"This page is not" not in answer.body


def test_an_exception_is_django_s_own_error(backend: Backend) -> None:
    answer = backend.ask("GET", "/api/raise/")
    assert is_of_django(answer, 500)
    assert b"Server Error (500)" in answer.body
    assert_secured(answer)


def test_a_foreign_host_is_django_s_to_refuse(backend: Backend) -> None:
    assert is_of_django(backend.ask("GET", "/api/small/", [("Host", "evil.test")]), 400)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 408, 413, 414, 431, 500, 501, 502, 503, 504, 505])
def test_errors_of_django_pass_untouched(backend: Backend, status: int) -> None:
    answer = backend.ask("POST", f"/api/status/{status}/", [JSON], b"{}")
    assert is_of_django(answer, status)
    assert answer.body == b"<p>from Django</p>"
    assert_secured(answer)


def test_the_log_tells_who_failed(backend: Backend) -> None:
    backend.ask("GET", "/api/status/507/")

    def told() -> list[tuple[str, str]]:
        lines = [json.loads(line) for line in backend.nginx.log.splitlines() if line.startswith("{")]
        return [(each["status"], each["upstream_status"]) for each in lines if each["path"] == "/api/status/507/"]

    # A request is logged after it has been answered.
    assert backend.node.eventually(told) == [("507", "507")]
