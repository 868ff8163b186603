"""Files that Django says who may read: it answers with X-Accel-Redirect, and nginx serves the file."""

from collections.abc import Iterator

import pytest

from tests.runtime.nginx import server
from tests.runtime.nginx.client import ask
from tests.runtime.nginx.server import MEDIA_FILES, SECRET, Nginx


@pytest.fixture(scope="module")
def protected(upstream_port: int) -> Iterator[Nginx]:
    with server.running(upstream_port=upstream_port, changes={"protected_media": True}) as started:
        yield started


def allowed(file: str) -> tuple[str, str]:
    return ("X-Test-Answer", f"file:/_nginx/media/{file}")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_django_decides(protected: Nginx, status: int) -> None:
    answer = ask(protected.port, "GET", "/media/photo.PNG", [("X-Test-Answer", str(status))])
    assert (answer.status, answer.body) == (status, b"<p>from the application</p>")


@pytest.mark.parametrize("file", MEDIA_FILES)
def test_what_django_allows_is_served_as_safely(protected: Nginx, file: str) -> None:
    answer = ask(protected.port, "GET", f"/media/{file}", [allowed(file)])
    assert (answer.status, answer.body) == (200, MEDIA_FILES[file])
    shown = file in {"photo.PNG", "notes.txt"}
    assert (answer.one("Content-Disposition") == "attachment") != shown
    assert ("sandbox" in str(answer.one("Content-Security-Policy"))) != shown
    assert answer.one("Cache-Control") == "private, no-store"
    assert answer.one("X-Content-Type-Options") == "nosniff"


def test_a_type_of_django_s_that_is_no_picture_s_is_a_download(protected: Nginx) -> None:
    answer = ask(protected.port, "GET", "/media/photo.PNG", [allowed("photo.PNG"), ("X-Test-Type", "text/html")])
    assert answer.one("Content-Disposition") == "attachment"
    assert "sandbox" in str(answer.one("Content-Security-Policy"))


@pytest.mark.parametrize(
    "path",
    ["/_nginx/media/photo.PNG", "/_nginx/media/", "/%5fnginx/media/photo.PNG", "/media/../_nginx/media/photo.PNG"],
)
def test_nobody_asks_for_a_file_past_django(protected: Nginx, path: str) -> None:
    answer = ask(protected.port, "GET", path)
    assert answer.status in {400, 404}
    assert MEDIA_FILES["photo.PNG"] not in answer.body


def test_no_link_leads_out(protected: Nginx) -> None:
    assert SECRET not in ask(protected.port, "GET", "/media/link.txt", [allowed("link.txt")]).body
    assert SECRET not in ask(protected.port, "GET", "/media/x", [allowed("../secret.txt")]).body


def test_where_it_is_off_django_sends_nobody_anywhere(nginx: Nginx) -> None:
    answer = ask(nginx.port, "GET", "/api/x", [("X-Test-Answer", "file:/static/app.css")])
    assert (answer.status, answer.body) == (200, b"")
    assert ask(nginx.port, "GET", "/media/photo.PNG").body == MEDIA_FILES["photo.PNG"]
