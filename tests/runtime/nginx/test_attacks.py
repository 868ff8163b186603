"""Many slow clients: what they hold is bounded, and probes and honest clients are answered all the same.

The quick form is scaled to nginx's smallest memory; the long one is as many clients as the machine has descriptors for.
"""

import resource
import socket
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from examx_constructs.settings import NginxSettings, Quantity
from examx_constructs.settings.nginx import SMALLEST_MEMORY
from tests.runtime.nginx import server
from tests.runtime.nginx.client import Headers, ask
from tests.runtime.nginx.server import Nginx
from tests.runtime.nginx.spool import spooled
from tests.runtime.waiting import eventually

JSON = ("Content-Type", "application/json")
HONEST = ("X-Forwarded-For", "192.0.2.200")
CAPACITY = NginxSettings().capacity(SMALLEST_MEMORY)
FEATURE_SCRATCH = Quantity("3Gi")
# nginx has a descriptor of its own for each, and so has this process.
MANY = 10_000


@pytest.fixture
def small(upstream_port: int) -> Iterator[Nginx]:
    """nginx with the memory and the disk of a feature environment."""
    changes = {"scratch_size": FEATURE_SCRATCH}
    with server.running(upstream_port=upstream_port, changes=changes) as started:
        yield started


def body_of(number: int, length: int, client: str | None = None) -> bytes:
    """A request that promises a body and sends none of it yet."""
    address = client or f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return (
        f"POST /api/x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {address}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def half_a_header(number: int) -> bytes:
    return f"GET /api/x HTTP/1.1\r\nHost: a\r\nX-Number: {number}\r\n".encode()


@contextmanager
def clients(nginx: Nginx, requests: list[bytes]) -> Generator[list[socket.socket]]:
    """Clients that have sent so much and go on waiting."""
    with ExitStack() as stack:
        opened: list[socket.socket] = []
        for request in requests:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", nginx.port), timeout=5))
            connection.sendall(request)
            opened.append(connection)
        yield opened


def refused(opened: list[socket.socket]) -> int:
    """How many were answered, or turned away, at once."""
    count = 0
    for each in opened:
        each.settimeout(0)
        try:
            each.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            continue
        except ConnectionResetError:
            pass
        count += 1
    return count


def settle(opened: list[socket.socket], number: int) -> None:
    """Waits until so many have been turned away, and no more are."""
    eventually(lambda: refused(opened) >= number, because=lambda: f"{refused(opened)} were turned away, not {number}")
    assert refused(opened) == number


def healthy(nginx: Nginx, times: int = 20) -> bool:
    return all(ask(nginx.health_port, "GET", "/health").status == 200 for _ in range(times))


def answers(nginx: Nginx, method: str = "GET", headers: Headers = (), body: bytes | None = None) -> list[int]:
    """The statuses of some honest requests."""
    return [ask(nginx.port, method, "/api/x", [HONEST, *headers], body).status for _ in range(20)]


def memory(nginx: Nginx) -> int:
    """Bytes of all processes of nginx that no other process has."""
    listed = Path(f"/proc/{nginx.process.pid}/task/{nginx.process.pid}/children").read_text(encoding="ascii").split()
    total = 0
    for process in [str(nginx.process.pid), *listed]:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
        total += sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Private_"))
    return total


def test_slow_bodies_of_one_client_leave_the_others_alone(small: Nginx) -> None:
    requests = [body_of(number, 1000, "192.0.2.1") for number in range(2 * CAPACITY.requests)]
    with clients(small, requests) as opened:
        settle(opened, 2 * CAPACITY.requests - CAPACITY.requests_with_body)
        assert healthy(small)
        assert answers(small) == [200] * 20


def test_slow_bodies_of_as_many_clients_leave_those_who_read_alone(small: Nginx) -> None:
    with clients(small, [body_of(number, 1000) for number in range(4 * CAPACITY.requests)]) as opened:
        settle(opened, len(opened) - CAPACITY.requests_with_body)
        assert healthy(small)
        assert answers(small) == [200] * 20


def test_a_school_behind_one_address_is_served() -> None:
    capacity = NginxSettings(scratch_size=Quantity("16Gi")).capacity(Quantity("1Gi"))
    assert capacity.requests * 3 // 4 >= 500


def test_large_bodies_have_few_places_and_small_writes_have_theirs(small: Nginx) -> None:
    capacity = NginxSettings(scratch_size=FEATURE_SCRATCH).capacity(SMALLEST_MEMORY)
    largest = capacity.tiers[-1].most
    with clients(small, [body_of(number, 2048 << 20) for number in range(largest + 30)]) as opened:
        assert answers(small, "POST", [JSON], b"{}") == [200] * 20
        settle(opened, 30)
        assert ask(small.port, "POST", "/api/x", [HONEST, JSON, ("Content-Length", str(2048 << 20))]).status == 503


@pytest.mark.parametrize("length", [10**5, 2 * 10**6, 2 * 10**7, 2048 << 20])
def test_no_more_bodies_are_taken_than_the_volume_has_room_for(small: Nginx, length: int) -> None:
    capacity = NginxSettings(scratch_size=FEATURE_SCRATCH).capacity(SMALLEST_MEMORY)
    room = next(tier for tier in capacity.tiers if tier.size.amount >= length)
    with clients(small, [body_of(number, length) for number in range(room.most + 20)]) as opened:
        assert healthy(small, 3)
        settle(opened, 20)
    most = sum(tier.size.amount * tier.most for tier in capacity.tiers) + capacity.requests * capacity.answer_file
    assert most <= FEATURE_SCRATCH.amount


def test_a_body_without_a_length_may_be_small_only(small: Nginx) -> None:
    head = b"POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", small.port), timeout=20) as connection:
        connection.sendall(head + b"a98ac0\r\nx")
        assert connection.recv(12) == b"HTTP/1.1 413"


@pytest.mark.parametrize("path", ["/", "/exams/upload", "/apis"])
def test_elsewhere_a_large_body_is_refused_at_once(small: Nginx, path: str) -> None:
    assert ask(small.port, "POST", path, [("Content-Length", "10000001"), JSON]).status == 413


def test_on_an_upload_path_a_large_body_is_awaited(small: Nginx) -> None:
    with clients(small, [body_of(1, 10_000_001)]) as opened:
        assert healthy(small, 3)
        assert refused(opened) == 0


def test_answers_that_nobody_reads_hold_no_more_than_counted(small: Nginx) -> None:
    capacity = NginxSettings(scratch_size=FEATURE_SCRATCH).capacity(SMALLEST_MEMORY)
    request = b"GET /api/x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\nX-Test-Answer: endless\r\n\r\n"
    with clients(small, [request] * 10):
        assert answers(small) == [200] * 20
        # As much as there may be is there, or nearly.
        least, most = 9 * capacity.answer_file, 10 * (capacity.answer_file + (1 << 20))
        eventually(
            lambda: least <= spooled(small.process.pid),
            because=lambda: f"{spooled(small.process.pid)} of {least} bytes",
        )
        assert spooled(small.process.pid) <= most


def test_clients_with_half_a_header_take_no_connection_of_the_probes(small: Nginx) -> None:
    with clients(small, [half_a_header(number) for number in range(2 * CAPACITY.connections)]):
        assert healthy(small)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["bodies", "large bodies", "headers"])
def test_ten_thousand_slow_clients(upstream_port: int, kind: str) -> None:
    room = min(MANY, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2 - 500)
    lengths = {"bodies": 1000, "large bodies": 2048 << 20}
    with server.running(upstream_port=upstream_port, changes={"scratch_size": FEATURE_SCRATCH}) as nginx:
        requests = [
            half_a_header(number) if kind == "headers" else body_of(number, lengths[kind]) for number in range(room)
        ]
        with clients(nginx, requests):
            assert healthy(nginx, 50)
            if kind != "headers":
                assert answers(nginx) == [200] * 20
            assert memory(nginx) < SMALLEST_MEMORY.amount
            assert spooled(nginx.process.pid) < FEATURE_SCRATCH.amount
        assert nginx.process.poll() is None
        assert healthy(nginx)
