"""Django says who may read a file and who may send a large body; nginx does the rest. With the code of the document."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.blocks import PROJECT, blocks
from tests.runtime.backend.backend import JSON, Backend
from tests.runtime.nginx.spool import spooled
from tests.runtime.nginx.test_errors import assert_json_error
from tests.runtime.waiting import eventually

STAFF, CANDIDATE = ("Cookie", "user=staff"), ("Cookie", "user=7")
PAPER = b"%PDF-1.7 an invented paper"
PAPERS = ("paper.pdf", "a paper; 100%?#&.pdf", "उत्तर.pdf", 'quote".pdf', "back\\slash.pdf")
# Beyond what nginx keeps in memory, and what sockets hold on the way.
BODY = b'{"answers":"' + b"0123456789abcdef" * (4 << 16) + b'"}'
CODE = Path("tests/runtime/application/examx/access.py")
both = pytest.mark.parametrize("name", ["asking", "unbuffered"])


@pytest.fixture
def served(request: pytest.FixtureRequest, name: str) -> Backend:
    """One of the two pods."""
    return request.getfixturevalue(name)


@pytest.fixture(scope="module")
def papers(asking: Backend) -> Backend:
    """Files that Django has written: of candidates 7 and 8."""
    for owner in ("7", "8"):
        folder = f"/app/media/candidates/{owner}"
        for paper in PAPERS:
            script = 'mkdir -p "$1" && printf %s "$3" > "$1/$2"'
            done = asking.gunicorn.exec(["sh", "-c", script, "sh", folder, paper, PAPER.decode()])
            assert done.returncode == 0, done.stderr
    return asking


def encoded(paper: str) -> str:
    """As a browser writes it."""
    return "".join(chr(each) if chr(each).isalnum() and each < 128 else f"%{each:02X}" for each in paper.encode())


def last_file_at(backend: Backend) -> str:
    """When the folder of spooled bodies last got a file, or lost a name."""
    return backend.nginx.exec(["stat", "-c", "%y", "/var/cache/nginx/body"]).stdout


def held(backend: Backend) -> int:
    """The bytes of bodies on their way."""
    return spooled(backend.nginx.process_id)


def test_the_document_shows_this_code() -> None:
    found = [each for each in blocks(PROJECT / "docs" / "application.md") if each.path == CODE.name]
    assert [each.body for each in found] == [(PROJECT / CODE).read_text(encoding="utf-8")]


@pytest.mark.parametrize("paper", PAPERS)
def test_who_may_read_a_file_gets_it_from_nginx(papers: Backend, paper: str) -> None:
    target = f"/media/candidates/7/{encoded(paper)}"
    for reader in (STAFF, CANDIDATE):
        answer = papers.ask("GET", target, [reader])
        assert (answer.status, answer.body) == (200, PAPER)
        assert answer.one("Content-Type") == "application/pdf"
        assert answer.one("Cache-Control") == "private, no-store"
        assert answer.one("X-Accel-Redirect") is None
    part = papers.ask("GET", target, [CANDIDATE, ("Range", "bytes=0-3")])
    assert (part.status, part.body) == (206, PAPER[:4])


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("/media/candidates/7/paper.pdf", [], 401),
        ("/media/candidates/8/paper.pdf", [CANDIDATE], 404),
        ("/media/candidates/7/none.pdf", [CANDIDATE], 404),
        ("/media/candidates/7/../8/paper.pdf", [CANDIDATE], 400),
        ("/media/candidates/7/%2e%2e/8/paper.pdf", [CANDIDATE], 400),
        ("/media/candidates/7%2f..%2f8/paper.pdf", [CANDIDATE], 400),
        ("/media//candidates/8/paper.pdf", [CANDIDATE], 404),
        ("/_nginx/media/candidates/7/paper.pdf", [CANDIDATE], 404),
    ],
)
def test_nobody_else_does(papers: Backend, target: str, headers: list[tuple[str, str]], status: int) -> None:
    answer = papers.ask("GET", target, headers)
    assert answer.status == status
    assert PAPER not in answer.body


@both
def test_a_body_that_may_come_arrives_whole(served: Backend, name: str) -> None:
    before = last_file_at(served)
    told = served.told("POST", "/api/papers/", [STAFF, JSON], BODY)
    assert (told["length"], told["digest"]) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    # A file is made of it, or none at all.
    assert (last_file_at(served) == before) == (name == "unbuffered")


def test_what_is_taken_is_spooled(asking: Backend) -> None:
    """So that the tests below would see it."""
    with asking.connect() as connection:
        head = asking.head("POST", "/api/papers/", STAFF, JSON, ("Content-Length", str(len(BODY))))
        connection.socket.sendall(head + BODY[: 1 << 20])
        eventually(lambda: held(asking) > 1 << 19, because=lambda: f"{held(asking)} bytes are in the folder")
        connection.socket.sendall(BODY[1 << 20 :])
        assert json.loads(connection.read().body)["digest"] == hashlib.sha256(BODY).hexdigest()
    eventually(lambda: held(asking) == 0, because=lambda: "the file is still there")


@both
@pytest.mark.parametrize(
    ("headers", "status", "message"),
    [([], 401, "This upload needs a login."), ([CANDIDATE], 403, "This upload is not allowed.")],
)
def test_a_refusal_comes_before_the_body(
    served: Backend, headers: list[tuple[str, str]], status: int, message: str
) -> None:
    before = last_file_at(served)
    head = served.head("POST", "/api/papers/", JSON, ("Content-Length", str(len(BODY))), *headers)
    # None of it, all of it, and as one who asks first.
    asks_first = served.head(
        "POST", "/api/papers/", JSON, ("Content-Length", str(len(BODY))), ("Expect", "100-continue"), *headers
    )
    for request in (head, head + BODY, asks_first):
        answer = served.send(request)
        assert_json_error(answer, status)
        assert json.loads(answer.body)["message"] == message
    assert (last_file_at(served), held(served)) == (before, 0)
    assert served.is_well()


@both
def test_a_body_without_a_length_is_asked_for_too(served: Backend) -> None:
    before = last_file_at(served)
    body = (
        b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (BODY[:100_000], BODY[100_000:200_000])) + b"0\r\n\r\n"
    )
    head = served.head("POST", "/api/papers/", JSON, ("Transfer-Encoding", "chunked"))
    assert_json_error(served.send(head + body), 401)
    assert (last_file_at(served), held(served)) == (before, 0)
    allowed = served.head("POST", "/api/papers/", JSON, STAFF, ("Transfer-Encoding", "chunked"))
    assert json.loads(served.send(allowed + body).body)["digest"] == hashlib.sha256(BODY[:200_000]).hexdigest()


@both
def test_nobody_is_asked_about_a_small_body(served: Backend) -> None:
    body = BODY[:9_000]
    assert served.told("POST", "/api/papers/", [JSON], body)["length"] == len(body)


@both
def test_nobody_reaches_the_question_s_own_address(served: Backend) -> None:
    assert served.ask("POST", "/_nginx/upload-check", [STAFF, JSON], BODY).status == 404


def test_a_refusal_elsewhere_is_a_page(asking: Backend) -> None:
    answer = asking.ask("POST", "/admin/papers/", [JSON, ("Content-Length", str(len(BODY)))])
    assert (answer.status, answer.one("Content-Type")) == (401, "text/html")
    assert b"This upload needs a login." in answer.body
