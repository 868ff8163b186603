"""Static and uploaded files come from disk: typed, never listed, never run."""

import pytest

from tests.runtime.nginx import server
from tests.runtime.nginx.client import ask
from tests.runtime.nginx.server import MEDIA_FILES, STATIC_FILES, Nginx


@pytest.mark.parametrize("name", STATIC_FILES)
def test_static_files_are_served(nginx: Nginx, name: str):
    answer = ask(nginx.port, "GET", f"/static/{name}")
    assert (answer.status, answer.body) == (200, STATIC_FILES[name])


@pytest.mark.parametrize("name", MEDIA_FILES)
def test_uploads_are_served_as_they_are(nginx: Nginx, name: str):
    answer = ask(nginx.port, "GET", f"/media/{name}")
    assert (answer.status, answer.body) == (200, MEDIA_FILES[name])


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/static/app.css", "text/css; charset=utf-8"),
        ("/static/admin/logo.svg", "image/svg+xml; charset=utf-8"),
        ("/static/note.unknown", "application/octet-stream"),
        ("/media/photo.PNG", "image/png"),
        ("/media/program.py", "application/octet-stream"),
    ],
)
def test_types(nginx: Nginx, path: str, content_type: str):
    assert ask(nginx.port, "GET", path).one("Content-Type") == content_type


NO_PICTURES = [name for name in MEDIA_FILES if name not in {"photo.PNG", "notes.txt"}]


@pytest.mark.parametrize("path", NO_PICTURES)
def test_uploads_that_a_browser_could_run_are_downloads_without_rights(nginx: Nginx, path: str):
    answer = ask(nginx.port, "GET", f"/media/{path}")
    # No script runs, no style holds and no module starts of that type, whichever page asks for it.
    assert answer.one("Content-Type") == "application/octet-stream"
    assert answer.one("Content-Disposition") == "attachment"
    assert "sandbox" in str(answer.one("Content-Security-Policy"))
    assert answer.one("X-Content-Type-Options") == "nosniff"


def test_pictures_are_shown_in_place(nginx: Nginx):
    answer = ask(nginx.port, "GET", "/media/photo.PNG")
    assert answer.one("Content-Disposition") is None
    assert "sandbox" not in str(answer.one("Content-Security-Policy"))


@pytest.mark.parametrize(
    "path", ["/static/", "/static/admin", "/static/admin/", "/media/", "/media/folder", "/media/folder/", "/media/none"]
)
def test_directories_and_missing_files_look_alike(nginx: Nginx, path: str):
    answer = ask(nginx.port, "GET", path)
    assert answer.status == 404
    assert b"index" not in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/static/app.css", "/media/photo.PNG"])
def test_files_are_only_read(nginx: Nginx, method: str, path: str):
    assert ask(nginx.port, method, path, [("Content-Type", "application/json")], b"{}").status == 405


@pytest.mark.parametrize(
    ("path", "caching"),
    [
        ("/static/app.css", "public, max-age=3600"),
        ("/static/app.55e7cbb9ba48.css", "public, max-age=31536000, immutable"),
        ("/media/photo.PNG", "private, max-age=3600"),
        ("/static/none.css", "no-store"),
        ("/static/none.55e7cbb9ba48.css", "no-store"),
    ],
)
def test_caching(nginx: Nginx, path: str, caching: str):
    assert ask(nginx.port, "GET", path).one("Cache-Control") == caching


def test_parts_of_files(nginx: Nginx):
    answer = ask(nginx.port, "GET", "/media/photo.PNG", [("Range", "bytes=1-3")])
    assert (answer.status, answer.body) == (206, b"PNG")
    assert ask(nginx.port, "GET", "/media/photo.PNG", [("Range", "bytes=9999-")]).status == 416


@pytest.mark.parametrize("path", ["/static/app.css", "/media/photo.PNG"])
def test_unchanged_files_are_not_sent_again(nginx: Nginx, path: str):
    tag = str(ask(nginx.port, "GET", path).one("ETag"))
    assert ask(nginx.port, "GET", path, [("If-None-Match", tag)]).status == 304
    assert ask(nginx.port, "HEAD", path).body == b""


@pytest.mark.parametrize(("path", "headers"), [("/static/app.css", []), ("/api/x", [("X-Test-Answer", "large")])])
def test_text_is_compressed_for_who_asks(nginx: Nginx, path: str, headers: list[tuple[str, str]]):
    packed = ask(nginx.port, "GET", path, [*headers, ("Accept-Encoding", "gzip"), ("Via", "1.1 proxy")])
    assert packed.one("Content-Encoding") == "gzip"
    assert packed.one("Vary") == "Accept-Encoding"
    plain = ask(nginx.port, "GET", path, headers)
    assert plain.one("Content-Encoding") is None
    assert len(packed.body) < len(plain.body)


def test_pictures_are_not_compressed(nginx: Nginx):
    assert ask(nginx.port, "GET", "/media/photo.PNG", [("Accept-Encoding", "gzip")]).one("Content-Encoding") is None


COOKIE = ("Cookie", "sessionid=invented")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "same-origin, cross-site", None])
def test_with_a_cookie_no_other_site_learns_from_lengths(nginx: Nginx, site: str | None):
    said = [("Sec-Fetch-Site", site)] if site is not None else []
    headers = [("X-Test-Answer", "large"), ("Accept-Encoding", "gzip"), COOKIE, *said]
    assert ask(nginx.port, "GET", "/api/x", headers).one("Content-Encoding") is None


@pytest.mark.parametrize("headers", [[COOKIE, ("Sec-Fetch-Site", "same-origin")], [("Sec-Fetch-Site", "cross-site")]])
def test_own_pages_and_answers_without_a_cookie_are_compressed(nginx: Nginx, headers: list[tuple[str, str]]):
    asked = [("X-Test-Answer", "large"), ("Accept-Encoding", "gzip"), *headers]
    assert ask(nginx.port, "GET", "/api/x", asked).one("Content-Encoding") == "gzip"


@pytest.mark.parametrize(("compression", "packed"), [("files", None), ("all", "gzip")])
def test_compression_is_a_setting(upstream_port: int, compression: str, packed: str | None):
    asked = [("X-Test-Answer", "large"), ("Accept-Encoding", "gzip"), COOKIE]
    with server.running(upstream_port=upstream_port, changes={"compression": compression}) as other:
        assert ask(other.port, "GET", "/api/x", asked).one("Content-Encoding") == packed
        assert ask(other.port, "GET", "/static/app.css", asked).one("Content-Encoding") == "gzip"
