"""What was deployed to an environment and worked: a ConfigMap beside what runs, because only the cluster knows.

Git knows every release, the good and the bad. This says which of its commits ran: the newest first, and the one that
was begun and not finished. So a rollback finds the last good one by itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Self, cast

from examx_cli.cluster import Cluster
from examx_cli.errors import CommandError, Refusal
from examx_constructs.manifests import Object, mapping, text

NAME = "examx-releases"
MANAGER = "examx-releases"
KEPT = 20
"""How many good releases are remembered."""
_LARGEST = 100_000
"""Characters: twenty releases with the longest names there are take a tenth of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One release as it was deployed: the commit whose manifests were applied, its image, when and by whom."""

    commit: str
    image: str
    time: str
    by: str

    @classmethod
    def read(cls, data: object) -> Self:
        """Return the entry that a mapping of texts holds. Raises ValueError for anything else."""
        texts = mapping(data)
        if not texts or not all(isinstance(each, str) for each in texts.values()):
            raise ValueError("an entry is no mapping of texts")
        return cls(**{name: text(texts, name) for name in ("commit", "image", "time", "by")})


@dataclass(frozen=True, slots=True)
class History:
    """The good releases of an environment, newest first, and the one that was begun last and has not ended well."""

    good: tuple[Entry, ...] = ()
    begun: Entry | None = None

    @classmethod
    def of(cls, cluster: Cluster) -> Self:
        """Return the history that a cluster holds; an empty one where there is none yet. Raises as `read` does."""
        found = cluster.read([_config_map(cluster.target.namespace, {})]).objects
        return cls.read(next(iter(found.values()), None), cluster.target.namespace)

    @classmethod
    def read(cls, item: object, namespace: str) -> Self:
        """Return the history that the ConfigMap of a namespace holds; an empty one where there is none yet.

        Raises CommandError for a record of another form, which somebody else must have written. To go on without it
        would forget to which releases one can go back.
        """
        try:
            good = _read(item, "good", "[]")
            begun = _read(item, "begun", "null")
            if not isinstance(good, list):
                raise ValueError("it is no list")
            entries = tuple(map(Entry.read, cast("list[object]", good)[:KEPT]))
            return cls(entries, None if begun is None else Entry.read(begun))
        except ValueError as error:
            raise CommandError(
                f"the ConfigMap {NAME} of {namespace} is no record of releases ({error}): `good` is a "
                "list, `begun` one of them, each with commit, image, time and by; mend it with `kubectl edit`, or "
                "delete it, and the next deployment begins a new one"
            ) from None

    def begin(self, entry: Entry) -> Self:
        """Return the history while a release is being deployed."""
        return replace(self, begun=entry)

    def succeed(self, entry: Entry) -> Self:
        """Return the history after a release was deployed.

        One that ran before is there only once: what came after it is bad.
        """
        commits = [each.commit for each in self.good]
        earlier = self.good[commits.index(entry.commit) + 1 :] if entry.commit in commits else self.good
        return replace(self, good=(entry, *earlier)[:KEPT], begun=None)

    @property
    def running(self) -> Entry | None:
        """The release that runs; None where none is known, and while one is being deployed or has not ended well."""
        return self.good[0] if self.good and self.begun is None else None

    def require(self, commit: str) -> None:
        """Raise Refusal where another release runs than this one, or is being deployed."""
        if self.running is not None and self.running.commit == commit:
            return
        newer = self.begun or self.running
        what = " ".join(f"{newer.commit[:10]} of {newer.time}".split()) if newer else "none that is known"
        raise Refusal(f"nothing was applied: the release {commit[:10]} no longer runs; the newest is {what}")

    def previous(self) -> Entry | None:
        """Return the release to go back to: the newest good one, or the one before where that is what runs.

        Where somebody was on the way back to an older one and was stopped, it is that one still. The newest would bring
        back what was to be left.
        """
        if self.begun is not None and self.begun.commit in [each.commit for each in self.good[1:]]:
            return self.begun
        if self.begun is not None and (not self.good or self.begun.commit != self.good[0].commit):
            return self.good[0] if self.good else None
        return self.good[1] if len(self.good) > 1 else None

    def save(self, cluster: Cluster) -> None:
        """Write it to the cluster."""
        data = {"good": _json([asdict(each) for each in self.good])}
        if self.begun is not None:
            data["begun"] = _json(asdict(self.begun))
        cluster.apply_as(MANAGER, _config_map(cluster.target.namespace, data), force=True)


def _read(item: object, field: str, missing: str) -> object:
    """Return what the JSON of a field holds. Raises ValueError, which does not show it."""
    written = text(item, "data", field) or missing
    if len(written) > _LARGEST:
        raise ValueError(f"`{field}` has {len(written)} characters, more than {KEPT} releases take")
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        raise ValueError(f"`{field}` is no JSON") from None


def _config_map(namespace: str, data: Mapping[str, str]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": NAME,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/managed-by": "examx"},
            "annotations": {"examx.ai/about": "Which releases ran here, newest first; written by `examx apply`."},
        },
        "data": dict(data),
    }


def _json(data: Sequence[object] | Mapping[str, object]) -> str:
    return json.dumps(data, indent=1)
