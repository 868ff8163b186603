"""Volumes: makes one for each claim that asks for it, as the drivers of EBS and of EFS do."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.cluster.client import ApiError, Client, Object
from tests.cluster.watcher import Watcher

EBS, EFS = "ebs.csi.aws.com", "efs.csi.aws.com"
FEATURES = Path(__file__).parents[2] / "docs" / "features.md"
_ASKED = "volume.kubernetes.io/storage-provisioner"

GP2: Object = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "gp2"},
    "provisioner": EBS,
    "reclaimPolicy": "Delete",
    "volumeBindingMode": "WaitForFirstConsumer",
}


def classes() -> list[Object]:
    """What a new cluster of EKS has, and what docs/features.md asks an administrator to add."""
    blocks = re.findall(r"```yaml\n(.*?)```", FEATURES.read_text(encoding="utf-8"), re.DOTALL)
    documents = yaml.safe_load_all("---\n".join(block for block in blocks if "kind: StorageClass\n" in block))
    return [GP2, *(each for each in documents if each["kind"] == "StorageClass")]


@dataclass
class Provisioner:
    """Answers the controller that binds claims to volumes. Volumes of no class, those of EFS, it binds by itself."""

    client: Client

    def start(self) -> Watcher:
        """Look after claims from now on."""
        return Watcher(self.client, "/api/v1/persistentvolumeclaims", self._see)

    def _see(self, what: str, claim: Object) -> None:
        driver = None if what == "LISTED" else claim["metadata"].get("annotations", {}).get(_ASKED)
        if driver not in (EBS, EFS):
            return
        name = f"pvc-{claim['metadata']['uid']}"
        try:
            if what == "DELETED":
                self.client.delete(f"/api/v1/persistentvolumes/{name}")
            elif not claim["spec"].get("volumeName"):
                self.client.create("/api/v1/persistentvolumes", _volume(name, claim, driver))
        except ApiError as error:
            if error.status not in (404, 409):
                raise


def _volume(name: str, claim: Object, driver: str) -> Object:
    metadata = claim["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": driver}},
        "spec": {
            "accessModes": claim["spec"]["accessModes"],
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                **{key: metadata[key] for key in ("name", "namespace", "uid")},
            },
            "csi": {"driver": driver, "volumeHandle": name},
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": claim["spec"]["storageClassName"],
        },
    }
