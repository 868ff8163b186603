"""Cases of the rules on what goes with a claim on EFS."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, obj


def volume(csi: str, more: str = "storageClassName: ''\naccessModes: [ReadWriteMany]", **meta: str):
    return obj("PersistentVolume", "media", f"csi: {{driver: efs.csi.aws.com, {csi}}}\n{more}", **meta)


def storage(parameters: str, more: str = "reclaimPolicy: Retain", **meta: str):
    root = f"provisioner: efs.csi.aws.com\nparameters: {{{parameters}}}\n{more}"
    return obj("StorageClass", "efs", root=root, **meta)


def deleting(parameters: str):
    return storage(parameters, "reclaimPolicy: Delete", annotations="{examx.ai/temporary: 'true'}")


STORAGE = "StorageClass efs: "
COMPLETE = "provisioningMode: efs-ap, directoryPerms: '700', fileSystemId: fs-0123"

CASES = [
    Case(
        "efs-claims-delete-their-own-directory",
        "the root, however it is written",
        [
            deleting(
                f"{COMPLETE}, ensureUniqueDirectory: 'false', {path}",
            )
            for path in (
                "basePath: /, subPathPattern: /",
                "subPathPattern: ''",
                "basePath: /features, subPathPattern: ..",
                "basePath: features/.., subPathPattern: './'",
                "basePath: '', subPathPattern: '${.PVC.namespace}/..'",
            )
        ],
        [
            (
                f'{STORAGE}parameters.ensureUniqueDirectory is "false"; allowed: "true", or a basePath and a subPathPattern that lead to a directory of'
                " the claim; the access point is the root, and the driver removes all of the file system with the first claim"
            )
        ]
        * 5,
    ),
    Case(
        "efs-claims-delete-their-own-directory",
        "a directory that claims share",
        [
            deleting(f"{COMPLETE}, basePath: /features, ensureUniqueDirectory: '{switch}', subPathPattern: '{pattern}'")
            for switch, pattern in (
                ("false", "media"),
                ("0", "${.PVC.namespace}"),
                ("F", "${.PVC.name}"),
                ("FALSE", "${.PVC.namespace}-${.PVC.name}"),
                ("false", "${.PVC.name}${.PVC.namespace}"),
                ("false", "${.PV.name}/../all"),
            )
        ],
        [
            (
                f'{STORAGE}parameters.ensureUniqueDirectory is "{switch}"; allowed: "true", or a subPathPattern with ${{.PVC.namespace}}/${{.PVC.name}};'
                f" claims {claims} both get /features/{path}, and the driver removes it with the first that goes"
            )
            for switch, claims, path in (
                ("false", "a/x and a/y", "media"),
                ("0", "a/x and a/y", "a"),
                ("F", "a/x and b/x", "x"),
                ("FALSE", "a-b/c and a/b-c", "a-b-c"),
                ("false", "c/ab and bc/a", "abc"),
                ("false", "a/x and a/y", "all"),
            )
        ],
    ),
    Case(
        "efs-claims-delete-their-own-directory",
        "an access point that claims share",
        [deleting(f"{COMPLETE}, reuseAccessPoint: '1'")],
        [
            (
                f'{STORAGE}parameters.reuseAccessPoint is "1"; allowed: "false", where claims are deleted; claims of one name share an access point, in'
                " all namespaces, and the first that goes takes it along"
            )
        ],
    ),
    Case(
        "efs-claims-delete-their-own-directory",
        "the directory of a volume, or one around it",
        [
            deleting(
                f"{COMPLETE}, ensureUniqueDirectory: 'false', subPathPattern: '${{.PVC.namespace}}/${{.PVC.name}}'"
            ),
            volume("volumeHandle: 'efs:fs-0123:/dev/media/2026'"),
        ],
        [
            (
                f'{STORAGE}parameters.subPathPattern is "${{.PVC.namespace}}/${{.PVC.name}}"; allowed: a directory apart from /dev/media/2026, or'
                " ensureUniqueDirectory; a claim could get the directory of PersistentVolume media, and the driver would remove it with the claim"
            )
        ],
    ),
    Case(
        "efs-claims-delete-their-own-directory",
        "one for each claim, apart from the volumes",
        [
            deleting(COMPLETE),
            deleting(f"{COMPLETE}, ensureUniqueDirectory: 'false'"),
            deleting(f"{COMPLETE}, basePath: /, subPathPattern: /"),
            deleting(f"{COMPLETE}, ensureUniqueDirectory: 'maybe', subPathPattern: /"),
            *(
                deleting(f"{COMPLETE}, basePath: /f, ensureUniqueDirectory: 'false', subPathPattern: '{pattern}'")
                for pattern in (
                    "${.PV.name}",
                    "${.PVC.namespace}/${.PVC.name}",
                    "${.PVC.name}.${.PVC.namespace}",
                    "${.PVC.namespace}_${.PVC.name}",
                )
            ),
            volume("volumeHandle: fs-0123"),
            volume("volumeHandle: 'fs-0123:/media/a'"),
            volume("volumeHandle: 'fs-9999:/f/dev/media'"),
            volume("volumeHandle: 'fs-0123:/f/dev:fsap-0123'"),
        ],
    ),
    Case(
        "efs-claims-delete-their-own-directory",
        "nothing is deleted, or another provisioner deletes",
        [
            storage(f"{COMPLETE}, ensureUniqueDirectory: 'false', subPathPattern: /, reuseAccessPoint: 'true'"),
            obj("StorageClass", "nfs", root="provisioner: nfs\nparameters: {subPathPattern: /}\nreclaimPolicy: Delete"),
        ],
    ),
]
