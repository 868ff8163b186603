"""Whether nginx hands out the files of users to anyone who asks, as the rendered manifests say it."""

from collections.abc import Iterable

from examx_cli import output
from examx_constructs.manifests import Object, mapping, text

_SERVED = "location ^~ /media/ {"
_ASKED = "location ^~ /_nginx/media/ {"


def warn(file: str, objects: Iterable[Object]) -> None:
    """Say in one line that files under /media need no login, where the manifests of a file leave it so.

    It is no mistake: only an application that answers for each file can do without (docs/application.md).
    """
    if is_open(objects):
        output.warning(
            f"{file}: anyone who has the address of a file under /media, exam papers too, gets it without a login; "
            "NginxSettings.protected_media mends it, once Django decides who may read a file "
            '(docs/application.md, "Who may read /media")'
        )


def is_open(objects: Iterable[Object]) -> bool:
    """Return whether a ConfigMap's nginx serves /media/ without asking Django (templates/nginx/media-*.conf)."""
    return any(_SERVED in each and _ASKED not in each for each in map(_configuration, objects))


def _configuration(item: Object) -> str:
    """Return all the files of a ConfigMap as one text; empty for another object."""
    if text(item, "kind") != "ConfigMap":
        return ""
    data = mapping(item, "data")
    return "\n".join(text(data, name) for name in data)
