"""Django gets the writes that it may get, as they were sent; the others get the answer of the contract."""

import hashlib
import json
from collections.abc import Sequence

import pytest

from tests.runtime.backend.backend import JSON, Backend
from tests.runtime.nginx.test_writes import is_refusal

BODY = b'{"a":1}'
FORM = "multipart/form-data; boundary=b"
MEGABYTE = 1 << 20


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def form(*files: tuple[str, bytes], **fields: str) -> bytes:
    """A multipart body with the boundary `b`."""
    parts = [(f'name="{name}"', text.encode()) for name, text in fields.items()]
    parts += [(f'name="{name}"; filename="{name}.bin"', content) for name, content in files]
    sections = [b"--b\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (k.encode(), text) for k, text in parts]
    return b"".join([*sections, b"--b--\r\n"])


def chunks(body: bytes, size: int) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join([b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces] + [b"0\r\n\r\n"])


def chunked(backend: Backend, content_type: Sequence[str], body: bytes) -> bytes:
    """A chunked POST to the upload view."""
    headers = [("Content-Type", each) for each in content_type]
    head = backend.head("POST", "/api/upload/", ("Transfer-Encoding", "chunked"), *headers)
    return head + chunks(body, 5 if len(body) < MEGABYTE else 60_000)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON;charset=utf-8",
        "APPLICATION/JSON\t; charset=UTF-8",
        "application/x-www-form-urlencoded",
        "Multipart/Form-Data; boundary=b",
        'multipart/form-data; boundary="a,b"',
    ],
)
def test_django_sees_a_write_of_an_accepted_type(backend: Backend, method: str, content_type: str) -> None:
    told = backend.told(method, "/api/exams/", [("Content-Type", content_type)], BODY)
    assert (told["method"], told["headers"]["CONTENT_TYPE"]) == (method, content_type)
    assert (told["length"], told["digest"]) == (len(BODY), digest(BODY))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    "content_types",
    [[], [""], ["text/plain"], ["text/xml; a=application/json"], ["application/json, text/xml"], ["text/xml"] * 2],
)
def test_django_sees_no_other_write(backend: Backend, method: str, content_types: list[str]) -> None:
    headers = [("Content-Type", each) for each in content_types]
    assert is_refusal(backend.ask(method, "/api/exams/", headers, BODY))
    assert is_refusal(backend.send(chunked(backend, content_types, BODY)))


def test_of_several_content_types_django_sees_the_one_that_was_checked(backend: Backend) -> None:
    for given in (["application/json", "text/xml"], ["text/xml", "application/json"]):
        answer = backend.ask("POST", "/api/exams/", [("Content-Type", each) for each in given], BODY)
        assert is_refusal(answer) or json.loads(answer.body)["headers"]["CONTENT_TYPE"] == "application/json"


@pytest.mark.parametrize("headers", [[], [("Content-Length", "0")]])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_write_without_a_body_needs_no_content_type(
    backend: Backend, method: str, headers: list[tuple[str, str]]
) -> None:
    told = backend.told(method, "/api/exams/1/start/", headers)
    assert (told["method"], told["length"]) == (method, 0)


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS"])
def test_other_methods_reach_django_with_any_body(backend: Backend, method: str) -> None:
    told = backend.told(method, "/api/exams/", [("Content-Type", "text/plain")], BODY)
    assert (told["method"], told["digest"]) == (method, digest(BODY))


def test_a_write_elsewhere_is_free(backend: Backend) -> None:
    assert backend.told("POST", "/admin/login/", [("Content-Type", "text/plain")], BODY)["digest"] == digest(BODY)


def test_a_form_is_parsed(backend: Backend) -> None:
    body = b"name=%E0%A4%AA+b&empty=&sum=1%2B1"
    answer = backend.ask("POST", "/api/upload/", [("Content-Type", "application/x-www-form-urlencoded")], body)
    assert json.loads(answer.body)["fields"] == {"name": "प b", "empty": "", "sum": "1+1"}


def test_several_files_and_fields_are_parsed(backend: Backend) -> None:
    first, second = bytes(range(256)) * 40, b"--not-the-boundary\r\n"
    body = form(("first", first), ("second", second), candidate="7")
    told = json.loads(backend.ask("POST", "/api/upload/", [("Content-Type", FORM)], body).body)
    assert told == {"files": {"first": digest(first), "second": digest(second)}, "fields": {"candidate": "7"}}


def test_a_large_upload_arrives_whole(backend: Backend) -> None:
    content = b"0123456789abcdef" * (40 * MEGABYTE // 16)
    answer = backend.ask("POST", "/api/upload/", [("Content-Type", FORM)], form(("paper", content)))
    assert json.loads(answer.body)["files"] == {"paper": digest(content)}


@pytest.mark.parametrize("size", [40, 3 * MEGABYTE])
def test_a_chunked_upload_arrives_whole(backend: Backend, size: int) -> None:
    # Django knows no chunked requests: nginx tells it a length.
    content = b"12345678" * (size // 8)
    answer = backend.send(chunked(backend, [FORM], form(("paper", content))))
    assert json.loads(answer.body)["files"] == {"paper": digest(content)}


def test_a_chunked_write_gets_a_length(backend: Backend) -> None:
    head = backend.head("POST", "/api/exams/", ("Transfer-Encoding", "chunked"), JSON)
    headers = json.loads(backend.send(head + chunks(BODY, 3)).body)["headers"]
    assert headers["CONTENT_LENGTH"] == str(len(BODY))
    assert "HTTP_TRANSFER_ENCODING" not in headers


@pytest.mark.parametrize("size", [60_000, 200_000, 2 * MEGABYTE])
def test_an_answer_without_a_look_at_the_body_harms_nobody(backend: Backend, size: int) -> None:
    # gunicorn closes the connection then: what nginx sends next must not be lost. The answer itself can be, if gunicorn
    # closes before nginx comes to read it: rarely, where it was one in forty.
    refusals = []
    for _ in range(20):
        with backend.connect() as connection:
            refused = connection.ask("POST", "/api/status/403/", backend.public([JSON]), bytes(size))
            accepted = connection.ask("POST", "/api/exams/", backend.public([JSON]), BODY)
        refusals.append((refused.status, refused.body))
        assert json.loads(accepted.body)["digest"] == digest(BODY)
    assert refusals.count((403, b"<p>from Django</p>")) >= 18
