"""The release that is watched: the one that runs, as the cluster remembers it."""

from datetime import datetime

from examx_cli.cluster import Cluster
from examx_cli.deploy.history import NAME, Entry, History
from examx_cli.errors import CommandError

_SHORT = 10


def running(cluster: Cluster, environment: str) -> Entry:
    """Return the release that runs. Raises CommandError where none is known, or where one is being deployed."""
    past = History.of(cluster)
    if past.begun is not None:
        raise CommandError(
            f"a deployment of {environment} has begun and has not ended well ({named(past.begun)}): there is no "
            "release yet to be watched"
        )
    if past.running is None:
        raise CommandError(
            f"the cluster remembers no release of {environment}: `examx apply {environment}` writes it down"
        )
    return past.running


def began(release: Entry, environment: str) -> float:
    """Return when its deployment began, in seconds since 1970. Raises CommandError for what is no time."""
    try:
        return datetime.fromisoformat(release.time).timestamp()
    except (ValueError, OverflowError, OSError):
        raise CommandError(
            f"the ConfigMap {NAME} of {environment} has a release whose time is none: what was before is not known"
        ) from None


def require_still(cluster: Cluster, environment: str, release: Entry) -> None:
    """Raise CommandError where another release was deployed meanwhile: what it did would be taken for this one's."""
    past = History.of(cluster)
    if past.running == release:
        return
    newer = past.begun or past.running
    raise CommandError(
        f"another release of {environment} was deployed meanwhile ({named(newer) if newer else 'none is remembered'}): "
        "nothing was compared, and nothing was done"
    )


def named(release: Entry) -> str:
    """Name a release on one line, whatever the cluster holds."""
    return " ".join(f"{release.commit[:_SHORT]} of {release.time}, by {release.by}".split())
