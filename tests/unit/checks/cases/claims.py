"""Cases of the rules on claims and the volumes that they are bound to."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, Object, obj, workload

EFS = "volumeHandle: fs-0123456789abcdef0"
MEDIA = "PersistentVolumeClaim dev/media: spec"
SIZE = f"{MEDIA}.resources.requests.storage"
SMALL = "it is too small, and the claim would stay pending"
GOES = "its data goes with the claim, or the volume fails then and no claim gets it again"


def volume(csi: str, more: str = "storageClassName: ''\naccessModes: [ReadWriteMany]", **meta: str) -> Object:
    return obj("PersistentVolume", "media", f"csi: {{driver: efs.csi.aws.com, {csi}}}\n{more}", **meta)


def claim(more: str) -> Object:
    return obj("PersistentVolumeClaim", "media", f"accessModes: [ReadWriteMany]\n{more}")


def sized(capacity: str, name: str = "media", storage_class: str = "efs", **meta: str) -> Object:
    spec = f"capacity: {{storage: {capacity}}}\naccessModes: [ReadWriteMany]\nstorageClassName: '{storage_class}'"
    return obj("PersistentVolume", name, spec, **meta)


def asking(amount: str, more: str = "volumeName: media", storage_class: str = "efs") -> Object:
    return claim(f"storageClassName: '{storage_class}'\nresources: {{requests: {{storage: {amount}}}}}\n{more}")


def too_small(asked: str, capacity: str) -> list[str]:
    return [f"{SIZE} is {asked}; allowed: at most {capacity}, as much as PersistentVolume media has; {SMALL}"]


CASES = [
    Case(
        "claim-and-volume-agree",
        "a claim for more than the volume has",
        [sized("5Gi"), asking("50Gi")],
        too_small('"50Gi"', "5Gi"),
    ),
    Case("claim-and-volume-agree", "a claim for as much as the volume has", [sized("50Gi"), asking("50Gi")]),
    *(
        Case("claim-and-volume-agree", f"{asked} of {has}", [sized(has), asking(asked)], too_small(shown, has))
        for asked, shown, has in (
            ("1Ti", '"1Ti"', "1000Gi"),
            ("1G", '"1G"', "900Mi"),
            ("1073741825", "1073741825", "1Gi"),
            ("1.5Gi", '"1.5Gi"', "1Gi"),
            ("'2e10'", '"2e10"', "10Gi"),
            ("1Ei", '"1Ei"', "1023Pi"),
        )
    ),
    *(
        Case("claim-and-volume-agree", f"{asked} fits into {has}", [sized(has), asking(asked)])
        for asked, has in (
            ("1000Mi", "1Gi"),
            ("1Gi", "1073741824"),
            ("1G", "1Gi"),
            ("0.5Gi", "512Mi"),
            ("1k", "1Ki"),
            ("many", "1Gi"),
        )
    ),
    Case(
        "claim-and-volume-agree",
        "too small a volume that the claim does not name, where nothing else can give one",
        [sized("5Gi", storage_class="manual"), asking("50Gi", "", storage_class="manual")],
        too_small('"50Gi"', "5Gi"),
    ),
    Case(
        "claim-and-volume-agree",
        "the same with no class, and with one that provisions nothing",
        [
            sized("5Gi", storage_class=""),
            asking("50Gi", "", storage_class=""),
            obj("StorageClass", "disks", root="provisioner: kubernetes.io/no-provisioner"),
            sized("5Gi", storage_class="disks"),
            asking("60Gi", "", storage_class="disks"),
        ],
        [*too_small('"50Gi"', "5Gi"), *too_small('"60Gi"', "5Gi")],
    ),
    Case(
        "claim-and-volume-agree",
        "a larger one beside it, one of other labels, a class that provisions",
        [
            sized("5Gi", storage_class="manual"),
            sized("50Gi", "large", storage_class="manual"),
            asking("50Gi", "", storage_class="manual"),
            sized("5Gi", storage_class="", labels="{disk: a}"),
            asking("50Gi", "selector: {matchLabels: {disk: b}}", storage_class=""),
            obj("StorageClass", "gp3", root="provisioner: ebs.csi.aws.com"),
            sized("5Gi", storage_class="gp3"),
            asking("50Gi", "", storage_class="gp3"),
            sized("5Gi", storage_class="efs"),
            asking("50Gi", "volumeName: '${VOLUME}'"),
        ],
    ),
    Case(
        "claim-and-volume-agree",
        "a block device and a file system",
        [sized("5Gi"), asking("5Gi", "volumeName: media\nvolumeMode: Block")],
        [
            f'{MEDIA}.volumeMode is "Block"; allowed: Filesystem, as PersistentVolume media has it; the claim would stay pending'
        ],
    ),
    Case(
        "claim-and-volume-agree",
        "a claim whose namespace is for who applies it to say, classes in annotations, placeholders",
        [
            volume(EFS, "storageClassName: ''\naccessModes: [ReadWriteMany]\nclaimRef: {namespace: dev, name: media}"),
            obj("PersistentVolumeClaim", "media", "volumeName: media\nstorageClassName: ''", namespace=None),
            obj(
                "PersistentVolume",
                "old",
                "accessModes: [ReadWriteMany]",
                annotations="{volume.beta.kubernetes.io/storage-class: slow}",
            ),
            obj("PersistentVolumeClaim", "old", "volumeName: old\nstorageClassName: slow"),
            obj("PersistentVolume", "filled", "storageClassName: '${CLASS}'"),
            obj("PersistentVolumeClaim", "filled", "volumeName: filled\nstorageClassName: efs"),
        ],
    ),
    Case(
        "claim-and-volume-agree",
        "no class",
        [volume(EFS), claim("volumeName: media")],
        [
            f'{MEDIA}.storageClassName is missing; allowed: "", explicitly; left out it means the cluster\'s default class'
        ],
    ),
    Case(
        "claim-and-volume-agree",
        "another class, another mode, another claim",
        [
            volume(EFS, "storageClassName: efs\naccessModes: [ReadWriteOnce]\nclaimRef: {namespace: stg, name: media}"),
            claim("volumeName: media\nstorageClassName: ''"),
        ],
        [
            f'{MEDIA}.storageClassName is ""; allowed: "efs", as PersistentVolume media has it; a claim only binds to a volume of its class',
            f"{MEDIA}.accessModes is ReadWriteMany; allowed: access modes of PersistentVolume media; the claim would stay pending",
            (
                "PersistentVolume media: spec.claimRef.name is stg/media; allowed: dev/media, which asks for it; the claim and the volume would never"
                " bind"
            ),
        ],
    ),
    Case(
        "claim-and-volume-agree",
        "a reserved volume that the claim does not ask for",
        [
            volume(EFS, "storageClassName: ''\naccessModes: [ReadWriteMany]\nclaimRef: {namespace: dev, name: media}"),
            claim("volumeName: other\nstorageClassName: ''"),
        ],
        [
            f'{MEDIA}.volumeName is "other"; allowed: media, which is reserved for it; the claim and the volume would never bind'
        ],
    ),
    Case(
        "claim-and-volume-agree",
        "each names the other",
        [
            volume(EFS, "storageClassName: ''\naccessModes: [ReadWriteMany]\nclaimRef: {namespace: dev, name: media}"),
            claim("volumeName: media\nstorageClassName: ''"),
            obj("PersistentVolumeClaim", "dynamic", "accessModes: [ReadWriteOnce]"),
        ],
    ),
    Case(
        "reserved-volume-has-claim",
        "for nobody",
        [volume(EFS, "claimRef: {namespace: dev, name: medai}"), claim("storageClassName: gp3")],
        [
            (
                'PersistentVolume media: spec.claimRef.name is "medai"; allowed: a claim of dev: media; nothing in these manifests has that name, and no'
                " other claim can have the volume"
            )
        ],
    ),
    Case(
        "reserved-volume-has-claim",
        "for a claim, or one elsewhere",
        [volume(EFS, "claimRef: {namespace: dev, name: media}"), claim("volumeName: media")],
    ),
    Case(
        "reserved-volume-has-claim",
        "the claims are elsewhere",
        [volume(EFS, "claimRef: {namespace: dev, name: media}")],
    ),
    Case(
        "reserved-volume-has-claim",
        "for the claim of a StatefulSet, and for one that is still to be named",
        [
            volume(EFS, "claimRef: {namespace: dev, name: data-db-0}"),
            workload("db", kind="StatefulSet", spec="volumeClaimTemplates: [{metadata: {name: data}}]"),
            volume(EFS, "claimRef: {namespace: dev, name: '<claim>'}"),
            claim("storageClassName: gp3"),
        ],
    ),
    Case(
        "volume-outlives-claim",
        "deleted or wiped with its claim",
        [
            obj(
                "PersistentVolume",
                "a",
                f"csi: {{driver: efs.csi.aws.com, {EFS}}}\npersistentVolumeReclaimPolicy: Delete",
            ),
            obj(
                "PersistentVolume",
                "b",
                "nfs: {server: nfs.example.com, path: /}\npersistentVolumeReclaimPolicy: Recycle",
            ),
            obj("PersistentVolume", "c", "hostPath: {path: /data}\npersistentVolumeReclaimPolicy: Delete"),
        ],
        [
            f'PersistentVolume a: spec.persistentVolumeReclaimPolicy is "Delete"; allowed: Retain; {GOES}',
            f'PersistentVolume b: spec.persistentVolumeReclaimPolicy is "Recycle"; allowed: Retain; {GOES}',
            f'PersistentVolume c: spec.persistentVolumeReclaimPolicy is "Delete"; allowed: Retain; {GOES}',
        ],
    ),
    Case(
        "volume-outlives-claim",
        "retained, by default too, and one that a provisioner made",
        [
            obj(
                "PersistentVolume",
                "a",
                f"csi: {{driver: efs.csi.aws.com, {EFS}}}\npersistentVolumeReclaimPolicy: Retain",
            ),
            obj("PersistentVolume", "b", "nfs: {server: nfs.example.com, path: /}"),
            obj(
                "PersistentVolume",
                "c",
                "csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}\npersistentVolumeReclaimPolicy: Delete",
                annotations="{pv.kubernetes.io/provisioned-by: ebs.csi.aws.com}",
            ),
        ],
    ),
]
