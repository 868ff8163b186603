from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.urls import path


def may_read(request: HttpRequest, name: str) -> bool:
    """Whose file it is, and who marks it: the application's own rule."""
    return request.user.is_staff or name.startswith(f"candidates/{request.user.pk}/")


def media(request: HttpRequest, name: str) -> HttpResponse:
    """Let nginx send a file of /media/ to a user who may read it."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    if not may_read(request, name):
        # Not 403: that would say that there is such a file.
        return HttpResponse(status=404)
    answer = HttpResponse()
    answer["X-Accel-Redirect"] = f"/_nginx/media/{quote(name)}"
    # nginx gives the type of the name. One that Django guessed could be a script's.
    answer["Content-Type"] = ""
    return answer


def may_upload(request: HttpRequest) -> HttpResponse:
    """Answer nginx whether it shall take a large body from this client."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return HttpResponse(status=204 if request.user.has_perm("exams.add_paper") else 403)


urlpatterns = [
    path("media/<path:name>", media),
    path("api/may-upload/", may_upload),
]
