"""Volumes: claims that wait forever, mounts that fail, files that go."""

from tests.unit.checks.mutations.edits import POD, Mutation, both, drop, put

VOLUME = "PersistentVolume/*"
CLAIM = "PersistentVolumeClaim/examxv2-backend-pvc"
CLASS = "StorageClass/examxv2-production-efs"

MUTATIONS = [
    Mutation(
        "the claim is gone from the pod's view",
        "reference-leads-somewhere",
        "prod",
        put("Deployment/examxv2-backend", f"{POD}.volumes[media].persistentVolumeClaim.claimName", "examxv2-media-pvc"),
    ),
    Mutation(
        "a path in the attributes",
        "efs-volume-is-valid",
        "prod",
        put(VOLUME, "spec.csi.volumeAttributes", {"path": "/media"}),
    ),
    Mutation(
        "an access point in the place of the path",
        "efs-volume-is-valid",
        "dev",
        put(VOLUME, "spec.csi.volumeHandle", "fs-0ee8c9ed45115bb36:fsap-0123456789abcdef0"),
    ),
    Mutation(
        "a file system's address for its name",
        "efs-volume-is-valid",
        "dev",
        put(VOLUME, "spec.csi.volumeHandle", "fs-0ee8c9ed45115bb36.efs.ap-south-1.amazonaws.com"),
    ),
    Mutation(
        "encrypted and not",
        "efs-volume-is-valid",
        "dev",
        both(
            put(VOLUME, "spec.mountOptions", ["tls"]),
            put(VOLUME, "spec.csi.volumeAttributes", {"encryptInTransit": "false"}),
        ),
    ),
    Mutation(
        "volume and claim of two classes", "claim-and-volume-agree", "prod", put(CLAIM, "spec.storageClassName", "gp3")
    ),
    Mutation(
        "a claim of the cluster's own class", "claim-and-volume-agree", "stg", drop(CLAIM, "spec.storageClassName")
    ),
    Mutation(
        "a claim of a volume that is not there",
        "claim-and-volume-agree",
        "dev",
        put(CLAIM, "spec.volumeName", "dev-examxv2-backend-vp"),
    ),
    Mutation(
        "a volume for another namespace",
        "claim-and-volume-agree",
        "prod",
        put(VOLUME, "spec.claimRef.namespace", "examxv2-prod"),
    ),
    Mutation(
        "a volume for another claim", "claim-and-volume-agree", "dev", put(VOLUME, "spec.claimRef.name", "examxv2-pvc")
    ),
    Mutation(
        "a volume that goes with its claim",
        "volume-outlives-claim",
        "prod",
        put(VOLUME, "spec.persistentVolumeReclaimPolicy", "Delete"),
    ),
    Mutation(
        "a volume smaller than its claim", "claim-and-volume-agree", "dev", put(VOLUME, "spec.capacity.storage", "5Gi")
    ),
    Mutation(
        "a claim of another access than the volume",
        "claim-and-volume-agree",
        "dev",
        put(CLAIM, "spec.accessModes", ["ReadWriteOnce"]),
    ),
    Mutation(
        "one node's volume under pods of many",
        "claim-is-free-when-pod-is-replaced",
        "prod",
        both(
            put(CLAIM, "spec.accessModes", ["ReadWriteOnce"]),
            put(VOLUME, "spec.accessModes", ["ReadWriteOnce"]),
            put(VOLUME, "spec.csi", {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-0123456789abcdef0"}),
        ),
    ),
    Mutation(
        "an access that is none", "claim-and-volume-agree", "dev", put(CLAIM, "spec.accessModes", ["ReadWriteAll"])
    ),
    Mutation(
        "a size in MB with a typo", "quantity-is-valid", "dev", put(CLAIM, "spec.resources.requests.storage", "10GiB")
    ),
    Mutation(
        "another driver's name",
        "",
        "dev",
        put(VOLUME, "spec.csi.driver", "efs.csi.amazonaws.com"),
        missed="any name may be a driver of the cluster",
    ),
    Mutation(
        "a way of provisioning that is none",
        "efs-storage-class-is-valid",
        "prod",
        put(CLASS, "parameters.provisioningMode", "efs"),
    ),
    Mutation(
        "no permissions for the directories",
        "efs-storage-class-is-valid",
        "prod",
        drop(CLASS, "parameters.directoryPerms"),
    ),
    Mutation(
        "a parameter with a typo",
        "efs-storage-class-is-valid",
        "prod",
        both(drop(CLASS, "parameters.fileSystemId"), put(CLASS, "parameters.filesystemID", "fs-0f12217355b41f732")),
    ),
    Mutation("a class that deletes", "efs-storage-class-is-valid", "prod", put(CLASS, "reclaimPolicy", "Delete")),
    Mutation("a class whose parameter is a number", "text-is-quoted", "prod", put(CLASS, "parameters.uid", 10001)),
]
