"""The volumes of feature environments. They belong to the cluster, so a namespace does not take them along.

The EFS driver removes one, and its access point, when its claim goes. That takes it a moment. One that it could not
remove stays, and with it the access point: deleting the PersistentVolume alone would only hide that.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from examx_cli.features.existing import moment
from examx_constructs.features.environment import STORAGE_CLASS
from examx_constructs.features.slug import Slug
from examx_constructs.manifests import Object, items, text

PATIENCE = timedelta(hours=1)
"""The time that the driver has: a volume that was released no longer ago may still be on its way."""

_LOOKED_AFTER = "external-provisioner.volume.kubernetes.io/finalizer"
"""With it a volume that is deleted waits until the driver has removed what is behind it (Kubernetes, "Persistent
Volumes", PersistentVolume deletion protection finalizer)."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A PersistentVolume of the features' class. `released`: since when its claim is gone; None while it has one.

    `problem`: why the driver would not remove its access point when it is deleted; empty where it would.
    """

    name: str
    namespace: str
    released: datetime | None
    ending: bool
    problem: str

    @classmethod
    def of(cls, item: Object) -> Self | None:
        """Return the volume that a PersistentVolume is; None for one that no feature environment claimed."""
        namespace = text(item, "spec", "claimRef", "namespace")
        if text(item, "spec", "storageClassName") != STORAGE_CLASS.name or not Slug.of_namespace(namespace):
            return None
        return cls(
            name=text(item, "metadata", "name"),
            namespace=namespace,
            released=_released(item),
            ending=bool(text(item, "metadata", "deletionTimestamp")),
            problem=_problem(item),
        )

    def is_forgotten(self, now: datetime) -> bool:
        """Return whether the driver had its time to remove it."""
        return not self.ending and self.released is not None and self.released <= now - PATIENCE

    def __str__(self) -> str:
        """Return it as people say it."""
        return f"PersistentVolume {self.name}"


def _released(item: Object) -> datetime | None:
    if text(item, "status", "phase") not in ("Released", "Failed"):
        return None
    # Kubernetes 1.29 and newer say it; what an older one says nothing of is old.
    since = text(item, "status", "lastPhaseTransitionTime")
    return moment(since) if since else datetime.min.replace(tzinfo=UTC)


def _problem(item: Object) -> str:
    """Return what keeps the driver from removing the access point of a volume that is deleted.

    Empty where nothing does.
    """
    if text(item, "status", "phase") == "Failed":
        return f"the driver failed: {text(item, 'status', 'message') or 'it does not say why'}"
    if _LOOKED_AFTER not in items(item, "metadata", "finalizers"):
        return "the driver does not look after it"
    return ""
