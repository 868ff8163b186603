"""Slow and broken clients keep nginx waiting, not gunicorn's few threads."""

from collections.abc import Callable

import pytest

from tests.runtime.backend.backend import JSON, Backend, many
from tests.runtime.nginx.client import Connection

Part = Callable[[Backend, Connection], None]

BODY = b'{"a":1}'
# More than the sockets between Django and a client hold.
MEGABYTES = 16


def half_a_header(backend: Backend, connection: Connection) -> None:
    connection.socket.sendall(backend.head("GET", "/api/exams/")[:-2])


def half_a_body(backend: Backend, connection: Connection) -> None:
    head = backend.head("POST", "/api/exams/", JSON, ("Content-Length", str(len(BODY))))
    connection.socket.sendall(head + BODY[:3])


def half_a_chunk(backend: Backend, connection: Connection) -> None:
    head = backend.head("POST", "/api/exams/", JSON, ("Transfer-Encoding", "chunked"))
    connection.socket.sendall(head + b"7\r\n" + BODY[:3])


def half_an_answer(backend: Backend, connection: Connection) -> None:
    connection.socket.sendall(backend.head("GET", f"/api/large/{MEGABYTES}/"))
    assert connection.socket.recv(1)


@pytest.mark.parametrize(
    ("part", "rest"), [(half_a_header, b"\r\n"), (half_a_body, BODY[3:]), (half_a_chunk, BODY[3:] + b"\r\n0\r\n\r\n")]
)
def test_clients_that_send_slowly_occupy_no_thread(backend: Backend, part: Part, rest: bytes) -> None:
    with many(backend, 2 * backend.threads) as clients:
        for client in clients:
            part(backend, client)
        assert backend.is_well()
        # They have been too slow for nobody.
        for client in clients[:2]:
            for each in rest:
                client.socket.sendall(bytes([each]))
            assert client.read().status == 200
        assert backend.is_well()


def test_clients_that_read_slowly_occupy_no_thread(without_certificates: Backend) -> None:
    # The backend with the fewest threads, for the size of the answers.
    backend = without_certificates
    with many(backend, backend.threads + 1) as clients:
        for client in clients:
            half_an_answer(backend, client)
        assert backend.is_well()
        rest = clients[0].socket.makefile("rb").read(MEGABYTES << 20)
        assert len(rest) == MEGABYTES << 20


@pytest.mark.parametrize("part", [half_a_header, half_a_body, half_a_chunk, half_an_answer])
def test_clients_that_leave_do_no_harm(backend: Backend, part: Part) -> None:
    before = backend.workers()
    with many(backend, 8 if part is half_an_answer else 2 * backend.threads) as clients:
        for client in clients:
            part(backend, client)
    assert backend.is_well()
    assert backend.workers() == before


def test_nothing_of_half_a_request_reaches_django(backend: Backend) -> None:
    before = backend.connections_to_gunicorn()
    with many(backend, 2 * backend.threads) as clients:
        for client in clients:
            half_a_body(backend, client)
        # nginx has read them all when it answers what came after them on both of its processes.
        assert all(backend.ask("GET", "/health").status == 200 for _ in range(20))
        assert backend.connections_to_gunicorn() <= before


def test_nginx_hangs_up_when_a_client_has_left(backend: Backend) -> None:
    go_on = backend.pod.volume("media") / "nobody-waits"
    with backend.connect() as client:
        client.socket.sendall(backend.head("GET", "/api/wait/nobody-waits/"))
        assert client.socket.recv(1)
        busy = backend.connections_to_gunicorn()
    backend.node.eventually(lambda: len(backend.connections_to_gunicorn()) < len(busy))
    # Django notices when it goes on.
    go_on.touch()
    assert backend.is_well()
