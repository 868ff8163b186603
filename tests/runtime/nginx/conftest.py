"""One upstream and one nginx per client TLS mode, for all tests of a test process."""

from collections.abc import Iterator

import pytest

from examx_constructs.settings import ClientTlsPassthrough, ClientTlsVerify
from tests.ports import free_port
from tests.runtime.nginx import server, upstream
from tests.runtime.nginx.server import Nginx


@pytest.fixture(scope="session")
def upstream_port() -> Iterator[int]:
    with upstream.running() as port:
        yield port


@pytest.fixture(scope="session")
def nginx(upstream_port: int) -> Iterator[Nginx]:
    """nginx without client certificates, with a small limit for bodies and short waits."""
    changes = {"max_body_size": server.BODY_LIMIT, "request_timeout": server.TIMEOUT}
    with server.running(upstream_port=upstream_port, changes=changes) as started:
        yield started


@pytest.fixture(scope="session")
def passthrough(upstream_port: int) -> Iterator[Nginx]:
    with server.running(ClientTlsPassthrough(), upstream_port=upstream_port) as started:
        yield started


@pytest.fixture(scope="session")
def verify(upstream_port: int) -> Iterator[Nginx]:
    with server.running(ClientTlsVerify(trust_store="examx"), upstream_port=upstream_port) as started:
        yield started


@pytest.fixture(scope="session")
def orphan() -> Iterator[Nginx]:
    """nginx in front of nothing: gunicorn is down."""
    with server.running(upstream_port=free_port()) as started:
        yield started
