"""Where the application's pods have what: part of the contract with the image."""

SECRETS_PATH = "/mnt/secret-store"
"""The directory of the `.env`, which shows a rotated value."""
ENV_FILE_PATH = "/app/examx/.env"
"""The file that Django reads at start."""
MEDIA_PATH = "/app/media"
SCRATCH_PATH = "/tmp"  # noqa: S108 - a mount path
WORKER_PATH = "/run/gunicorn"
REDIS_PASSWORD_PATH = "/run/secrets/redis"  # noqa: S105 - a mount path

TAKEN = (SECRETS_PATH, ENV_FILE_PATH, MEDIA_PATH, SCRATCH_PATH, WORKER_PATH, REDIS_PASSWORD_PATH)
"""Where something is mounted already."""


def overlap(path: str) -> str | None:
    """What is mounted at a path already, around it or inside it."""
    return next((taken for taken in TAKEN if _holds(taken, path) or _holds(path, taken)), None)


def _holds(outer: str, inner: str) -> bool:
    return f"{inner}/".startswith(f"{outer}/")
