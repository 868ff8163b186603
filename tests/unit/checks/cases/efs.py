"""Cases of the rules on volumes on EFS."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, obj


def volume(csi: str, more: str = "storageClassName: ''\naccessModes: [ReadWriteMany]", **meta: str):
    return obj("PersistentVolume", "media", f"csi: {{driver: efs.csi.aws.com, {csi}}}\n{more}", **meta)


def storage(parameters: str, more: str = "reclaimPolicy: Retain", **meta: str):
    root = f"provisioner: efs.csi.aws.com\nparameters: {{{parameters}}}\n{more}"
    return obj("StorageClass", "efs", root=root, **meta)


EFS = "volumeHandle: fs-0123456789abcdef0"
VOLUME = "PersistentVolume media: spec.csi"
STORAGE = "StorageClass efs: "
KEPT = "allowed: Retain, explicitly; the default is Delete, and with the claim goes its access point"
COMPLETE = "provisioningMode: efs-ap, directoryPerms: '700', fileSystemId: fs-0123"
REFUSED = "the driver refuses to provision otherwise, and claims stay pending"
DEEP = "allowed: at most 4 directories and 100 characters, basePath included; EFS makes no access point at "
ODD = f"allowed: directories that do not begin with a dot, without any of $#<>;`|&?{{}}^*; {REFUSED}"
NO_UUID = "00000000-0000-0000-0000-000000000000"

CASES = [
    Case(
        "efs-volume-is-valid",
        "a wrong handle, an unknown attribute, a contradiction",
        [
            volume("volumeHandle: 'fs-0123:fsap-0123:/', volumeAttributes: {path: /}"),
            volume(f"{EFS}, volumeAttributes: {{encryptInTransit: 'false'}}", "mountOptions: [tls]"),
        ],
        [
            (
                f'{VOLUME}.volumeHandle is "fs-0123:fsap-0123:/"; allowed: fs-ID, fs-ID:path, fs-ID::fsap-ID or fs-ID:path:fsap-ID; the driver could'
                " not tell what to mount"
            ),
            (
                f'{VOLUME}.volumeAttributes.path is "/"; allowed: crossaccount, encryptInTransit, mounttargetip; the driver refuses to mount with any'
                " other attribute"
            ),
            (
                f'{VOLUME}.volumeAttributes.encryptInTransit is "false"; allowed: "true", beside the mount option tls; the driver refuses the'
                " contradiction"
            ),
        ],
    ),
    Case(
        "efs-volume-is-valid",
        "every shape of handle, another driver",
        [
            *(
                volume(f"volumeHandle: '{handle}'")
                for handle in ("fs-0123", "fs-0123:/a", "fs-0123::fsap-0123", "efs:fs-0123:/a:fsap-0123")
            ),
            volume(f"{EFS}, volumeAttributes: {{encryptInTransit: 'true'}}", "mountOptions: [tls]"),
            obj("PersistentVolume", "ebs", "csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}"),
        ],
    ),
    Case(
        "efs-storage-class-is-valid",
        "incomplete and not kept",
        [storage("gidRangeStart: '1000', path: /", "reclaimPolicy: Delete")],
        [
            (
                f'{STORAGE}parameters.path is "/"; allowed: az, basePath, directoryPerms, enableTagging, enforceZoneAffinity, ensureUniqueDirectory,'
                " fileSystemId, fileSystemIdConfigRef, fileSystemIdSecretRef, gid, gidRangeEnd, gidRangeStart, provisioningMode, reuseAccessPoint,"
                " subPathPattern, uid; the driver does not know it"
            ),
            f"{STORAGE}parameters.provisioningMode is missing; allowed: efs-ap; the driver provisions access points",
            f'{STORAGE}parameters.directoryPerms is missing; allowed: octal digits in quotes, such as "700"; the driver requires it',
            (
                f"{STORAGE}parameters.fileSystemId is missing; allowed: exactly one of fileSystemId, fileSystemIdConfigRef, fileSystemIdSecretRef; the"
                " driver requires it"
            ),
            f"{STORAGE}parameters.gidRangeEnd is missing; allowed: a value beside gidRangeStart; each is mandatory with the other",
            f'{STORAGE}reclaimPolicy is "Delete"; allowed: Retain, explicitly; the default is Delete, and with the claim goes its access point',
        ],
    ),
    Case(
        "efs-storage-class-is-valid",
        "deletes without having said so, or by default",
        [
            storage(f"{COMPLETE}, gid: '1', uid: '1'", "reclaimPolicy: Delete"),
            storage(COMPLETE, "reclaimPolicy: Delete", annotations="{examx.ai/temporary: 'false'}"),
            storage(COMPLETE, "", annotations="{examx.ai/temporary: 'true'}"),
        ],
        [
            f'{STORAGE}reclaimPolicy is "Delete"; {KEPT}',
            f'{STORAGE}reclaimPolicy is "Delete"; {KEPT}',
            f"{STORAGE}reclaimPolicy is missing; {KEPT}",
        ],
    ),
    Case(
        "efs-storage-class-is-valid",
        "temporary, and says so",
        [storage(COMPLETE, "reclaimPolicy: Delete", annotations="{examx.ai/temporary: 'true'}")],
    ),
    Case(
        "efs-storage-class-is-valid",
        "complete, static, another provisioner",
        [
            storage(
                "provisioningMode: efs-ap, directoryPerms: '700', fileSystemId: fs-0123, gidRangeStart: '1000', gidRangeEnd: '2000'"
            ),
            storage("", ""),
            obj("StorageClass", "ebs", root="provisioner: ebs.csi.aws.com\nparameters: {type: gp3}"),
        ],
    ),
    Case(
        "efs-storage-class-is-valid",
        "nothing that the driver could read",
        [
            storage(
                "provisioningMode: efs-ap, directoryPerms: '0x9', fileSystemId: fs-0123, uid: nobody, gid: '-1',"
                " gidRangeStart: '2000', gidRangeEnd: '1000', subPathPattern: '${.PVC.labels}', reuseAccessPoint: 'yes',"
                " ensureUniqueDirectory: 'no', enforceZoneAffinity: 'on', enableTagging: ''"
            )
        ],
        [
            f"{STORAGE}parameters.{field} is {value}; allowed: {allowed}"
            for field, value, allowed in (
                ("directoryPerms", '"0x9"', 'octal digits in quotes, such as "700"; the driver requires it'),
                ("uid", '"nobody"', f"a number in quotes, 0 to 4294967295; {REFUSED}"),
                ("gid", '"-1"', f"a number in quotes, 0 to 4294967295; {REFUSED}"),
                ("gidRangeEnd", '"1000"', f"a number above gidRangeStart, 2000; {REFUSED}"),
                (
                    "ensureUniqueDirectory",
                    '"no"',
                    '"true" or "false"; the driver takes anything else for true, without a word',
                ),
                ("reuseAccessPoint", '"yes"', f'"true" or "false"; {REFUSED}'),
                ("enforceZoneAffinity", '"on"', f'"true" or "false"; {REFUSED}'),
                ("enableTagging", '""', f'"true" or "false"; {REFUSED}'),
                (
                    "subPathPattern",
                    '"${.PVC.labels}"',
                    f"fixed text, and of variables ${{.PVC.name}}, ${{.PVC.namespace}}, ${{.PV.name}}; {REFUSED}",
                ),
            )
        ],
    ),
    Case(
        "efs-storage-class-is-valid",
        "identities out of their range, and of no number",
        [
            storage(f"{COMPLETE}, uid: '4294967296', gid: '1_000'"),
            storage(f"{COMPLETE}, gidRangeStart: '0', gidRangeEnd: '10'"),
            storage(f"{COMPLETE}, gidRangeStart: '10', gidRangeEnd: '10'"),
            storage(f"{COMPLETE}, gidRangeStart: ten, gidRangeEnd: '20'"),
        ],
        [
            f'{STORAGE}parameters.uid is "4294967296"; allowed: a number in quotes, 0 to 4294967295; {REFUSED}',
            f'{STORAGE}parameters.gid is "1_000"; allowed: a number in quotes, 0 to 4294967295; {REFUSED}',
            f'{STORAGE}parameters.gidRangeStart is "0"; allowed: a number in quotes, 1 to 4294967295; {REFUSED}',
            f'{STORAGE}parameters.gidRangeEnd is "10"; allowed: a number above gidRangeStart, 10; {REFUSED}',
            f'{STORAGE}parameters.gidRangeStart is "ten"; allowed: a number in quotes, 1 to 4294967295; {REFUSED}',
        ],
    ),
    Case(
        "efs-storage-class-is-valid",
        "paths that EFS does not make",
        [
            storage(f"{COMPLETE}, basePath: /a/b/c, subPathPattern: '${{.PVC.namespace}}/${{.PVC.name}}'"),
            storage(f"{COMPLETE}, basePath: /{'a' * 63}"),
            storage(f"{COMPLETE}, basePath: /.hidden"),
            storage(f"{COMPLETE}, basePath: /a, subPathPattern: 'b*'"),
        ],
        [
            f'{STORAGE}parameters.subPathPattern is "${{.PVC.namespace}}/${{.PVC.name}}"; {DEEP}/a/b/c/a/a-{NO_UUID}',
            f'{STORAGE}parameters.basePath is "/{"a" * 63}"; {DEEP}/{"a" * 63}/{NO_UUID}',
            f'{STORAGE}parameters.basePath is "/.hidden"; {ODD}',
            f'{STORAGE}parameters.subPathPattern is "b*"; {ODD}',
        ],
    ),
    Case(
        "efs-storage-class-is-valid",
        "numbers and switches as Go reads them, an S3 file system",
        [
            storage(f"{COMPLETE}, uid: '+5', gid: '0'"),
            storage(f"{COMPLETE}, ensureUniqueDirectory: 'False', reuseAccessPoint: 'T'"),
            storage("provisioningMode: s3files-ap, directoryPerms: '0750', fileSystemId: fs-0123"),
            storage(f"{COMPLETE}, basePath: features, subPathPattern: 'v1-${{.PV.name}}/${{.PVC.namespace}}'"),
        ],
    ),
    Case("efs-volume-is-valid", "filled in later", [volume("volumeHandle: '${EFS_ID}'")]),
]
