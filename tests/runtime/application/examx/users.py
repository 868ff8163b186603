"""Who asks, in place of sessions and a database: the cookie `user` names them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class User:
    """What the views of access.py ask of a user of Django's."""

    pk: str

    @property
    def is_authenticated(self) -> bool:
        return self.pk != ""

    @property
    def is_staff(self) -> bool:
        return self.pk == "staff"

    def has_perm(self, _permission: str) -> bool:
        return self.is_staff


def named_by_cookie(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware that believes the cookie."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = User(request.COOKIES.get("user", ""))
        return get_response(request)

    return middleware
