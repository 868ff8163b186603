"""Volumes: makes one for each claim of the class gp2 when a pod of it is scheduled, as the driver of EBS does."""

from dataclasses import dataclass

from tests.cluster.client import ApiError, Client, Object
from tests.cluster.watcher import Watcher

DRIVER = "ebs.csi.aws.com"
CLASS = "gp2"
_ASKED = "volume.kubernetes.io/storage-provisioner"

STORAGE_CLASS: Object = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": CLASS},
    "provisioner": DRIVER,
    "reclaimPolicy": "Delete",
    "volumeBindingMode": "WaitForFirstConsumer",
}


@dataclass
class Provisioner:
    """Answers the controller that binds claims to volumes. Volumes of no class, those of EFS, it binds by itself."""

    client: Client

    def start(self) -> Watcher:
        """Look after claims from now on."""
        return Watcher(self.client, "/api/v1/persistentvolumeclaims", self._see)

    def _see(self, what: str, claim: Object) -> None:
        if what == "LISTED" or claim["metadata"].get("annotations", {}).get(_ASKED) != DRIVER:
            return
        name = f"pvc-{claim['metadata']['uid']}"
        try:
            if what == "DELETED":
                self.client.delete(f"/api/v1/persistentvolumes/{name}")
            elif not claim["spec"].get("volumeName"):
                self.client.create("/api/v1/persistentvolumes", _volume(name, claim))
        except ApiError as error:
            if error.status not in (404, 409):
                raise


def _volume(name: str, claim: Object) -> Object:
    metadata = claim["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": DRIVER}},
        "spec": {
            "accessModes": claim["spec"]["accessModes"],
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                **{key: metadata[key] for key in ("name", "namespace", "uid")},
            },
            "csi": {"driver": DRIVER, "volumeHandle": name, "fsType": "ext4"},
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": CLASS,
        },
    }
