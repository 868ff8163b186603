"""Certificates of hosts, as a client gets them: of a server that listens here, and where none does."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from examx_cli.status.certificates import certificates, judged, of_host
from examx_cli.status.values import Expiry, Unread
from tests.certificates import authority

NOW = datetime.now(UTC)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The port of a server on `localhost`, and the certificate of the authority that signed its own."""
    issuer = authority("issuer", tmp_path)
    shown = issuer.server("shown", "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.certificate, shown.key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                    with context.wrap_socket(connection, server_side=True) as secured:
                        secured.recv(1)
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1], issuer.certificate
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def test_a_host_tells_when_its_certificate_ends(server: tuple[int, Path]) -> None:
    port, issuer = server
    trusted = ssl.create_default_context(cafile=str(issuer))
    found = of_host("localhost", NOW, port=port, trusted=trusted)
    assert isinstance(found, Expiry)
    assert found.ends is not None
    assert found.ends > NOW
    assert found.said == f"ends in {(found.ends - NOW).days} days, on {found.ends:%Y-%m-%d}"


def test_a_certificate_that_no_client_takes_is_told_with_the_reason(server: tuple[int, Path]) -> None:
    found = of_host("localhost", NOW, port=server[0])
    assert isinstance(found, Expiry)
    assert found.trouble
    assert "is not taken: " in found.said


def test_a_host_that_is_not_reached_is_no_failure() -> None:
    ingress = {"spec": {"rules": [{"host": "localhost"}, {"host": "*.example.com"}, {"host": "localhost"}]}}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    (found,) = certificates([ingress], NOW, port=port)
    assert isinstance(found, Unread)
    assert found.why == "certificate of localhost: localhost cannot be reached from here (Connection refused)"


@pytest.mark.parametrize(("days", "trouble"), [(29, True), (30, False), (-1, True)])
def test_what_ends_soon_is_trouble(days: int, trouble: bool) -> None:  # noqa: FBT001 - what is expected
    assert judged("certificate of a.b", NOW + timedelta(days=days), NOW).trouble is trouble
