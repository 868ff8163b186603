"""URLs reach Django as they were written, are decoded once, and lead out of nothing."""

import json

import pytest

from tests.runtime.backend.backend import Backend
from tests.runtime.nginx.test_errors import assert_json_error


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/", "/"),
        ("/api/exams/?q=a%20b&r=../..", "/api/exams/"),
        ("/api/files/a%2Fb%20c.txt", "/api/files/a/b c.txt"),
        ("/api/%E0%A4%AA/", "/api/प/"),
        ("/api/%252e%252e%252fx", "/api/%2e%2e%2fx"),
        ("/api/%FF/", "/api/%FF/"),
        ("/api//x///y", "/api//x///y"),
        ("/api/a..b/..c/d../...", "/api/a..b/..c/d../..."),
        ("/api/./x", "/api/./x"),
        ("/api/x;v=1", "/api/x;v=1"),
        ("/admin/+/%2B", "/admin/+/+"),
        ("/api/" + "x" * 60_000, "/api/" + "x" * 60_000),
    ],
    ids=lambda text: text[:40],
)
def test_the_url_arrives_unchanged_and_is_decoded_once(backend: Backend, target: str, path: str) -> None:
    told = backend.told("GET", target)
    assert (told["target"], told["path"]) == (target, path)


def test_text_that_should_be_encoded_is_gunicorn_s_to_refuse(backend: Backend) -> None:
    # RFC 9112 allows no such target. nginx passes on what is UTF-8, which gunicorn took up to 26.0.0.
    assert backend.send(backend.head("GET", "/api/प/")).status == 400
    assert backend.is_well()


@pytest.mark.parametrize(
    "target",
    ["/api/../admin/", "/api/..", "/api/x/%2e%2e/y", "/api/..%2fadmin", "/api/.%2e/?a", "/api/a%00b", "/api/%zz"],
)
def test_what_climbs_or_makes_no_sense_never_reaches_django(backend: Backend, target: str) -> None:
    answer = backend.ask("GET", target)
    assert answer.status == 400
    assert b"raise" not in answer.body
    assert b'"path"' not in answer.body


def test_a_path_under_api_that_is_too_long_is_refused_in_json(backend: Backend) -> None:
    assert_json_error(backend.ask("GET", "/api/" + "x" * 70_000), 414)


@pytest.mark.parametrize("root", ["/static", "/media"])
@pytest.mark.parametrize(
    "escape",
    [
        "/../examx/.env",
        "/..%2fexamx/.env",
        "/%2e%2e/examx/settings.py",
        "/%252e%252e/examx/settings.py",
        "../examx/settings.py",
        "//../examx/settings.py",
        "/./../examx/settings.py",
        "/%5c..%5cexamx/settings.py",
    ],
)
def test_no_path_leads_to_the_application_s_files(backend: Backend, root: str, escape: str) -> None:
    answer = backend.ask("GET", root + escape)
    assert b"SECRET_KEY" not in answer.body
    # What climbs out of the roots is a path of Django's, and the echo answers it: never a file.
    assert answer.status in {400, 404} or json.loads(answer.body)["method"] == "GET"


def test_an_uploaded_link_leads_nowhere(backend: Backend) -> None:
    # Made by an unpacked archive: Django may write here, nginx only reads.
    made = backend.gunicorn.exec(["ln", "-sf", "/etc/passwd", "/app/media/link.txt"])
    assert made.returncode == 0
    assert backend.ask("GET", "/media/link.txt").status == 404
