"""What the Secrets Store CSI driver writes down of each mount: which versions, and when they last changed.

A SecretProviderClassPodStatus has no time of its own. The record of owners has. The API server renews the time of a
field manager only when it changes a field (apimachinery v0.34.4, managedfieldsupdater.go), and `status.objects` is one
field. The driver writes it at the first mount. Where rotation is enabled, it also does whenever the provider gives
another version (Secrets Store CSI driver v1.6.0, utils.go; before 1.6, pkg/rotation). The AWS provider names an object
by its file, and its version by the VersionId of Secrets Manager, which is no secret (provider 3.1.1).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from examx_cli.cluster import Cluster
from examx_cli.kubectl import is_forbidden
from examx_cli.ownership import fieldset
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, at, items, mapping, text

RESOURCE = "secretproviderclasspodstatus.secrets-store.csi.x-k8s.io"

_NO_SUCH_RESOURCE = "the server doesn't have a resource type"
_OBJECTS: fieldset.Path = ("f:status", "f:objects")


@dataclass(frozen=True, slots=True)
class MountStatus:
    """One mount of a class in one pod: the versions by file; when it was made, and when they changed last."""

    pod: str
    pod_uid: str
    secret_class: str
    versions: Mapping[str, str]
    made: datetime
    changed: datetime

    @property
    def is_rotated(self) -> bool:
        """Whether the versions changed after the mount was made."""
        return self.changed > self.made


@dataclass(frozen=True, slots=True)
class Statuses:
    """All mounts of a namespace. `missing`: why they could not be read; empty where they could."""

    found: tuple[MountStatus, ...] = ()
    missing: str = ""


def read(cluster: Cluster) -> Statuses:
    """Return the mounts of the environment's namespace.

    Raises ProcessError, but for what may not be read or is not there.
    """
    where = f"--namespace={cluster.target.namespace}"
    try:
        found = cluster.kubectl.objects("get", RESOURCE, where, "--ignore-not-found", "--show-managed-fields")
    except ProcessError as error:
        if is_forbidden(error):
            return Statuses(missing="this identity may not read SecretProviderClassPodStatuses; its Role grants it")
        if _NO_SUCH_RESOURCE in error.said:
            return Statuses(missing="the cluster has no Secrets Store CSI driver")
        raise
    return Statuses(tuple(status for each in found if (status := status_of(each)) is not None))


def status_of(item: Object) -> MountStatus | None:
    """Return what a SecretProviderClassPodStatus says; None for one that says too little, or of no mount."""
    made = moment(text(item, "metadata", "creationTimestamp"))
    if made is None or at(item, "status", "mounted") is not True:
        return None
    objects = items(item, "status", "objects")
    return MountStatus(
        pod=text(item, "status", "podName"),
        pod_uid=next((text(each, "uid") for each in items(item, "metadata", "ownerReferences")), ""),
        secret_class=text(item, "status", "secretProviderClassName"),
        versions={text(each, "id"): text(each, "version") for each in objects},
        made=made,
        changed=max(_changes(item), default=made),
    )


def _changes(item: Object) -> Iterator[datetime]:
    for entry in items(item, "metadata", "managedFields"):
        fields = cast("fieldset.Fields", mapping(entry, "fieldsV1"))
        if fields and fieldset.owns(fields, _OBJECTS) and (time := moment(text(entry, "time"))) is not None:
            yield time


def moment(written: str) -> datetime | None:
    """Return a time as the API writes it; None for what is none."""
    try:
        read_time = datetime.fromisoformat(written)
    except ValueError:
        return None
    return read_time if read_time.tzinfo is not None else None
