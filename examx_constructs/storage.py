"""The media files' storage: a directory of an EFS file system, mounted by every pod of the application."""

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import cluster_scoped, metadata, namespace_of, quantity
from examx_constructs._strict import strict
from examx_constructs.pods import Mount
from examx_constructs.settings import Application, EfsClaim, EfsStorageClass, EfsVolume, Quantity
from examx_constructs.settings.application import EXAMX
from examx_constructs.settings.naming import TEMPORARY_ANNOTATION

_DRIVER = "efs.csi.aws.com"


class EfsStorage(Construct):
    """A PersistentVolume on EFS and the PersistentVolumeClaim that is pinned to it, both ways.

    The volume is named by its settings or after the namespace, because PersistentVolumes are cluster-scoped and
    environments share clusters. It is retained when the claim goes. `storageClassName` is explicit on both sides: left
    out, the cluster's default class would provision something else (EFS CSI driver, static provisioning).
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        volume: EfsVolume,
        application: Application = EXAMX,
        claim_name: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        namespace, claim_name = namespace_of(scope, "EfsStorage"), claim_name or application.media_claim
        volume_name = volume.name or f"{namespace}-{claim_name.removesuffix('-pvc')}-pv"
        class_name = volume.storage_class
        self.claim_name = claim_name
        self.storage_class = _storage_class(self, volume.provisioner, application) if volume.provisioner else None
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
                # Encrypted in transit: the driver's default. Said here, it would differ from a volume that runs without
                # it, and what a volume is made of cannot change.
                csi=k8s.CsiPersistentVolumeSource(driver=_DRIVER, volume_handle=volume.handle),
                persistent_volume_reclaim_policy="Retain",
                storage_class_name=class_name,
                volume_mode="Filesystem",
            ),
        )
        cluster_scoped(scope, self.persistent_volume)
        self.claim = _claim(self, claim_name, class_name=class_name, capacity=volume.capacity, volume_name=volume_name)

    def mount(self, path: str, *, read_only: bool = False) -> Mount:
        """Return the volume for a pod, and where a container sees it."""
        return _mount(self.claim_name, path, read_only=read_only)


class EfsDirectory(Construct):
    """A PersistentVolumeClaim for which the EFS driver makes an access point: a directory that nothing else reaches.

    The class belongs to the cluster (EfsProvisioner). Where it is temporary, the access point goes with the claim, and
    so with its namespace. Nothing is left to be named, found or removed by somebody else.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        claim: EfsClaim,
        application: Application = EXAMX,
        claim_name: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.claim_name = claim_name or application.media_claim
        self.claim = _claim(self, self.claim_name, class_name=claim.storage_class, capacity=claim.capacity)

    def mount(self, path: str, *, read_only: bool = False) -> Mount:
        """Return the volume for a pod, and where a container sees it."""
        return _mount(self.claim_name, path, read_only=read_only)


class EfsProvisioner(Construct):
    """A StorageClass by which the EFS driver makes an access point for each claim of the cluster that names it."""

    @strict
    def __init__(
        self, scope: Construct, id: str, *, settings: EfsStorageClass, application: Application = EXAMX
    ) -> None:
        super().__init__(scope, id)
        self.storage_class = _storage_class(self, settings, application)


def _claim(
    scope: Construct, name: str, *, class_name: str, capacity: Quantity, volume_name: str | None = None
) -> k8s.KubePersistentVolumeClaim:
    return k8s.KubePersistentVolumeClaim(
        scope,
        "claim",
        metadata=metadata(name),
        spec=k8s.PersistentVolumeClaimSpec(
            access_modes=["ReadWriteMany"],
            resources=k8s.ResourceRequirements(requests={"storage": quantity(capacity)}),
            storage_class_name=class_name,
            volume_mode="Filesystem",
            volume_name=volume_name,
        ),
    )


def _mount(claim_name: str, path: str, *, read_only: bool) -> Mount:
    source = k8s.PersistentVolumeClaimVolumeSource(claim_name=claim_name)
    return Mount(
        volume=k8s.Volume(name="media", persistent_volume_claim=source),
        mount=k8s.VolumeMount(name="media", mount_path=path, read_only=read_only or None),
    )


def _storage_class(scope: Construct, settings: EfsStorageClass, application: Application) -> k8s.KubeStorageClass:
    made = k8s.KubeStorageClass(
        scope,
        "storage-class",
        metadata=metadata(settings.name, annotations={TEMPORARY_ANNOTATION: "true"} if settings.temporary else None),
        provisioner=_DRIVER,
        parameters={
            "provisioningMode": "efs-ap",
            "fileSystemId": settings.file_system,
            "directoryPerms": settings.directory_permissions,
            # The access point's identity overrides the pod's: it must be the same user.
            "uid": str(application.user),
            "gid": str(application.user),
            "basePath": settings.base_path or f"/{application.name}",
            # The driver puts a random UUID behind it (ensureUniqueDirectory), so nobody gets another's directory.
            **({"subPathPattern": "${.PVC.namespace}"} if settings.temporary else {}),
        },
        reclaim_policy="Delete" if settings.temporary else "Retain",
        volume_binding_mode="Immediate",
    )
    cluster_scoped(scope, made)
    return made
