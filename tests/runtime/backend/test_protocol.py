"""HTTP itself, from clients to Django: versions, methods, ranges, caches, connections, compression."""

import gzip
import json
from collections.abc import Iterator

import pytest

from tests.runtime.backend.backend import Backend
from tests.runtime.nginx.test_security_headers import assert_secured

GZIP = ("Accept-Encoding", "gzip")
PICTURE = b"\x89PNG" + bytes(range(256)) * 10


@pytest.fixture(scope="module")
def media(backend: Backend) -> Iterator[str]:
    """The address of an uploaded picture."""
    file = backend.pod.volume("media") / "picture.png"
    file.write_bytes(PICTURE)
    yield "/media/picture.png"
    file.unlink()


def test_old_clients_are_answered(backend: Backend) -> None:
    streamed = backend.ask("GET", "/api/stream/", version="1.0")
    assert (streamed.status, streamed.one("Transfer-Encoding")) == (200, None)
    assert streamed.body.endswith(b"piece 4\n")
    assert json.loads(backend.ask("GET", "/api/exams/", version="1.0").body)["host"] == backend.host
    assert backend.ask("GET", "/static/app.css", version="1.0").status == 200


@pytest.mark.parametrize("path", ["/api/small/", "/api/page/", "/static/app.css", "/health", "/api/status/404/"])
def test_head_is_get_without_the_body(backend: Backend, path: str) -> None:
    with backend.connect() as connection:
        whole = connection.ask("GET", path, backend.public([]))
        head = connection.ask("HEAD", path, backend.public([]))
        # Nothing of a body is left over for the next answer.
        assert connection.ask("GET", "/health", backend.public([])).body == b"ok\n"
    assert (head.status, head.body) == (whole.status, b"")
    # Django gives an ETag to what it answers to GET.
    names = ("Content-Type", "Content-Length")
    assert [head.one(name) for name in names] == [whole.one(name) for name in names]
    assert_secured(head)


def test_head_of_a_stream_has_no_body(backend: Backend) -> None:
    assert backend.ask("HEAD", "/api/stream/").body == b""


def test_options_is_django_s_to_answer(backend: Backend) -> None:
    assert backend.told("OPTIONS", "/api/exams/", [("Origin", "https://a.test")])["method"] == "OPTIONS"


@pytest.mark.parametrize(
    ("ranges", "status", "body"),
    [
        ("bytes=1-3", 206, b"PNG"),
        ("bytes=-2", 206, PICTURE[-2:]),
        ("bytes=2560-", 206, PICTURE[2560:]),
        ("bytes=99999-", 416, None),
        ("lines=1-2", 200, PICTURE),
    ],
)
def test_parts_of_a_file(backend: Backend, media: str, ranges: str, status: int, body: bytes | None) -> None:
    answer = backend.ask("GET", media, [("Range", ranges)])
    assert answer.status == status
    assert body in {None, answer.body}


def test_several_parts_of_a_file(backend: Backend, media: str) -> None:
    answer = backend.ask("GET", media, [("Range", "bytes=0-3,10-11")])
    assert answer.status == 206
    assert str(answer.one("Content-Type")).startswith("multipart/byteranges")
    assert PICTURE[:4] in answer.body


def test_a_part_of_a_file_that_has_changed_is_the_whole(backend: Backend, media: str) -> None:
    tag = str(backend.ask("GET", media).one("ETag"))
    assert backend.ask("GET", media, [("Range", "bytes=1-3"), ("If-Range", tag)]).status == 206
    assert backend.ask("GET", media, [("Range", "bytes=1-3"), ("If-Range", '"other"')]).body == PICTURE


def test_files_that_have_not_changed(backend: Backend, media: str) -> None:
    for path in (media, "/static/app.css"):
        whole = backend.ask("GET", path)
        for condition in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
            answer = backend.ask("GET", path, [(condition[0], str(whole.one(condition[1])))])
            assert (answer.status, answer.body) == (304, b"")
            assert_secured(answer)
        assert backend.ask("GET", path, [("If-Match", '"other"')]).status == 412
        assert backend.ask("GET", path, [("If-None-Match", '"other"')]).status == 200


@pytest.mark.parametrize("encoding", [[], [GZIP]])
def test_pages_of_django_that_have_not_changed(backend: Backend, encoding: list[tuple[str, str]]) -> None:
    tag = str(backend.ask("GET", "/api/page/", encoding).one("ETag"))
    # What nginx has compressed is no longer the same to the byte, but still the same page.
    assert tag.startswith("W/") == bool(encoding)
    answer = backend.ask("GET", "/api/page/", [*encoding, ("If-None-Match", tag)])
    assert (answer.status, answer.body) == (304, b"")
    assert_secured(answer)
    assert backend.ask("GET", "/api/page/", [*encoding, ("If-None-Match", '"other"')]).status == 200


def test_pages_of_django_are_compressed_for_who_asks(backend: Backend) -> None:
    plain, packed = backend.ask("GET", "/api/page/"), backend.ask("GET", "/api/page/", [GZIP])
    assert (plain.one("Content-Encoding"), packed.one("Content-Encoding")) == (None, "gzip")
    assert (plain.one("Vary"), packed.one("Vary")) == ("Accept-Encoding", "Accept-Encoding")
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) * 10 < len(plain.body)


@pytest.mark.parametrize("path", ["/api/small/", "/api/large/1/"])
def test_what_is_small_or_no_text_is_sent_as_it_is(backend: Backend, path: str) -> None:
    answer = backend.ask("GET", path, [GZIP])
    assert answer.one("Content-Encoding") is None
    assert answer.one("Content-Length") == str(len(answer.body))


def test_connections_to_gunicorn_are_used_again(backend: Backend) -> None:
    ports = {int(backend.told("GET", "/api/exams/")["headers"]["REMOTE_PORT"]) for _ in range(30)}
    # Each of the two processes of nginx takes the connection that it has used last.
    assert len(ports) <= 2
    assert ports <= backend.connections_to_gunicorn()


def test_small_writes_keep_the_connection(backend: Backend) -> None:
    with backend.connect() as connection:
        request = ("POST", "/api/exams/", backend.public([("Content-Type", "application/json")]), b'{"answer": "b"}')
        told = [json.loads(connection.ask(*request).body)["headers"]["REMOTE_PORT"] for _ in range(10)]
    assert len(set(told)) == 1


def test_requests_that_follow_without_waiting_are_answered_in_turn(backend: Backend) -> None:
    heads = [backend.head("GET", f"/api/exams/{each}/") for each in range(3)]
    with backend.connect() as connection:
        connection.socket.sendall(b"".join([*heads, backend.head("GET", "/health", ("Connection", "close"))]))
        received = connection.socket.makefile("rb").read()
    where = [received.index(b'"/api/exams/%d/"' % each) for each in range(3)]
    assert where == sorted(where)
    assert received.endswith(b"ok\n")


@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
def test_gunicorn_changes_no_protocol(backend: Backend, protocol: str) -> None:
    settings = [("HTTP2-Settings", "AAMAAABkAAQAAP__")]
    upgrade = [("Upgrade", protocol), ("Connection", "Upgrade, HTTP2-Settings"), *settings]
    told = backend.told("GET", "/ws/", upgrade)
    assert told["path"] == "/ws/"
    assert backend.is_well()
