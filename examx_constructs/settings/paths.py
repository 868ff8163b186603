"""Where all pods of an application have what: part of the contract with its image. The rest is in `Application`."""

from collections.abc import Iterable

SCRATCH_PATH = "/tmp"  # noqa: S108 - a mount path
WORKER_PATH = "/run/gunicorn"
REDIS_PASSWORD_PATH = "/run/secrets/redis"  # noqa: S105 - a mount path

TAKEN = (SCRATCH_PATH, WORKER_PATH, REDIS_PASSWORD_PATH)
"""Where something is mounted already, whatever the application."""


def overlap(path: str, others: Iterable[str] = ()) -> str | None:
    """Return what is mounted at a path already, around it or inside it.

    One of `others`, or what every application has.
    """
    return next((taken for taken in (*others, *TAKEN) if _holds(taken, path) or _holds(path, taken)), None)


def _holds(outer: str, inner: str) -> bool:
    return f"{inner}/".startswith(f"{outer}/")
