"""The media files' storage: a directory of an EFS file system, mounted by every pod of the application."""

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import cluster_scoped, metadata, namespace_of, quantity
from examx_constructs.pods import USER, Mount
from examx_constructs.settings import EfsStorageClass, EfsVolume

_DRIVER = "efs.csi.aws.com"


class EfsStorage(Construct):
    """A PersistentVolume on EFS and the PersistentVolumeClaim that is pinned to it, both ways.

    The volume is named after the namespace, because PersistentVolumes are cluster-scoped and environments share
    clusters. It is retained when the claim goes. `storageClassName` is explicit on both sides: left out, the
    cluster's default class would provision something else (EFS CSI driver, static provisioning).
    """

    def __init__(
        self, scope: Construct, id: str, *, volume: EfsVolume, claim_name: str = "examxv2-backend-pvc"
    ) -> None:
        super().__init__(scope, id)
        namespace = namespace_of(scope, "EfsStorage")
        volume_name = f"{namespace}-{claim_name.removesuffix('-pvc')}-pv"
        class_name = volume.storage_class.name if volume.storage_class else ""
        self.claim_name = claim_name
        self.storage_class = _storage_class(self, volume.storage_class) if volume.storage_class else None
        self.persistent_volume = k8s.KubePersistentVolume(
            self,
            "volume",
            metadata=metadata(volume_name),
            spec=k8s.PersistentVolumeSpec(
                access_modes=["ReadWriteMany"],
                capacity={"storage": quantity(volume.capacity)},
                claim_ref=k8s.ObjectReference(
                    api_version="v1", kind="PersistentVolumeClaim", namespace=namespace, name=claim_name
                ),
                csi=k8s.CsiPersistentVolumeSource(
                    driver=_DRIVER, volume_handle=volume.handle, volume_attributes={"encryptInTransit": "true"}
                ),
                persistent_volume_reclaim_policy="Retain",
                storage_class_name=class_name,
                volume_mode="Filesystem",
            ),
        )
        cluster_scoped(scope, self.persistent_volume)
        self.claim = k8s.KubePersistentVolumeClaim(
            self,
            "claim",
            metadata=metadata(claim_name),
            spec=k8s.PersistentVolumeClaimSpec(
                access_modes=["ReadWriteMany"],
                resources=k8s.ResourceRequirements(requests={"storage": quantity(volume.capacity)}),
                storage_class_name=class_name,
                volume_mode="Filesystem",
                volume_name=volume_name,
            ),
        )

    def mount(self, path: str, *, read_only: bool = False) -> Mount:
        """The volume for a pod, and where a container sees it."""
        return Mount(
            volume=k8s.Volume(
                name="media",
                persistent_volume_claim=k8s.PersistentVolumeClaimVolumeSource(claim_name=self.claim_name),
            ),
            mount=k8s.VolumeMount(name="media", mount_path=path, read_only=read_only or None),
        )


def _storage_class(scope: Construct, settings: EfsStorageClass) -> k8s.KubeStorageClass:
    made = k8s.KubeStorageClass(
        scope,
        "storage-class",
        metadata=metadata(settings.name),
        provisioner=_DRIVER,
        parameters={
            "provisioningMode": "efs-ap",
            "fileSystemId": settings.file_system,
            "directoryPerms": settings.directory_permissions,
            # The access point's identity overrides the pod's: it must be the same user.
            "uid": str(USER),
            "gid": str(USER),
            "basePath": settings.base_path,
        },
        reclaim_policy="Retain",
        volume_binding_mode="Immediate",
    )
    cluster_scoped(scope, made)
    return made
