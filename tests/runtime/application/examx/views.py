"""Views that answer well, slowly, badly, or not at all."""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse

_PERSON = {"id": 7, "name": "An Invented Candidate", "exams": [{"id": each, "score": each * 3} for each in range(10)]}


def fine(request: HttpRequest) -> HttpResponse:
    """For the probes."""
    return HttpResponse("ok\n", content_type="text/plain")


def small(request: HttpRequest) -> HttpResponse:
    """A small answer."""
    return JsonResponse(_PERSON)


def page(request: HttpRequest) -> HttpResponse:
    """An answer that is worth compressing, with an ETag."""
    return HttpResponse("<p>A page of an exam.</p>\n" * 500)


def echo(request: HttpRequest) -> HttpResponse:
    """What has arrived."""
    headers = {name: text for name, text in request.META.items() if name.startswith(("HTTP_", "CONTENT_", "REMOTE_"))}
    return JsonResponse(
        {
            "method": request.method,
            "target": request.META["RAW_URI"],
            "path": request.path,
            "secure": request.is_secure(),
            "host": request.get_host(),
            "headers": headers,
            "length": len(request.body),
            "digest": hashlib.sha256(request.body).hexdigest(),
        }
    )


def upload(request: HttpRequest) -> HttpResponse:
    """The files of a form, as Django parsed them."""
    files = {name: hashlib.sha256(file.read()).hexdigest() for name, file in request.FILES.items()}
    return JsonResponse({"files": files, "fields": request.POST.dict()})


def large(request: HttpRequest, megabytes: int) -> HttpResponse:
    """An answer that is longer than what the sockets on its way hold."""
    return HttpResponse(bytes(megabytes << 20), content_type="application/octet-stream")


def status(request: HttpRequest, status: int) -> HttpResponse:
    """A status, with security headers of its own."""
    headers = {"Content-Security-Policy": "default-src *", "X-Frame-Options": "SAMEORIGIN", "Location": "/elsewhere"}
    return HttpResponse("<p>from Django</p>", status=status, headers=headers)


def sleep(request: HttpRequest, milliseconds: int) -> HttpResponse:
    """An answer that takes its time."""
    time.sleep(milliseconds / 1000)
    return JsonResponse({"slept": milliseconds})


def stream(request: HttpRequest) -> StreamingHttpResponse:
    """An answer that comes in pieces."""

    def pieces() -> Iterator[str]:
        for each in range(5):
            yield f"piece {each}\n"
            time.sleep(0.05)

    return StreamingHttpResponse(pieces(), content_type="text/plain")


def wait(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """An answer whose second half waits for a file among the media."""

    def pieces() -> Iterator[str]:
        yield "first\n"
        while not Path("/app/media", name).exists():
            time.sleep(0.01)
        yield "second\n"

    # What a view of server-sent events says to a proxy that collects answers.
    return StreamingHttpResponse(pieces(), headers={"X-Accel-Buffering": "no"}, content_type="text/event-stream")


def cut(request: HttpRequest) -> StreamingHttpResponse:
    """An answer that ends before it is whole."""

    def pieces() -> Iterator[str]:
        yield "half"
        raise ConnectionError("the second half is lost")

    return StreamingHttpResponse(pieces(), headers={"Content-Length": "8"}, content_type="text/plain")


def cut_chunks(request: HttpRequest) -> StreamingHttpResponse:
    """The same, of a length that nobody has told."""

    def pieces() -> Iterator[str]:
        yield "half"
        raise ConnectionError("the second half is lost")

    return StreamingHttpResponse(pieces(), content_type="text/plain")


def crash(request: HttpRequest) -> HttpResponse:
    """The end of the process, in the middle of a request."""
    os._exit(1)


def fail(request: HttpRequest) -> HttpResponse:
    """A mistake in the application."""
    raise ValueError("an invented mistake")
