"""Cases of the rules on EFS and on the Secrets Store CSI driver."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.checks.support import Case, celery, obj, scaler, workload

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf"
MOUNT = "volumes: [{name: s, csi: {driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: {secretProviderClass: store}}}]"
SYNCED = "secretObjects: [{secretName: redis, type: Opaque, data: [{key: password, objectName: redis-password}]}]"
TRIGGER_AUTHENTICATION = obj(
    "TriggerAuthentication", "redis", "secretTargetRef: [{parameter: password, name: redis, key: password}]"
)


def provider(objects: str, more: str = "", parameters: str = "region: eu-west-1"):
    indented = "\n".join(f"    {line}" for line in objects.splitlines())
    return obj(
        "SecretProviderClass", "store", f"provider: aws\nparameters:\n  {parameters}\n  objects: |\n{indented}\n{more}"
    )


def volume(csi: str, more: str = "storageClassName: ''\naccessModes: [ReadWriteMany]", **meta: str):
    return obj("PersistentVolume", "media", f"csi: {{driver: efs.csi.aws.com, {csi}}}\n{more}", **meta)


def claim(more: str):
    return obj("PersistentVolumeClaim", "media", f"accessModes: [ReadWriteMany]\n{more}")


def storage(parameters: str, more: str = "reclaimPolicy: Retain", **meta: str):
    root = f"provisioner: efs.csi.aws.com\nparameters: {{{parameters}}}\n{more}"
    return obj("StorageClass", "efs", root=root, **meta)


def deleting(parameters: str):
    return storage(parameters, "reclaimPolicy: Delete", annotations="{examx.ai/temporary: 'true'}")


EFS = "volumeHandle: fs-0123456789abcdef0"
CLASS = "SecretProviderClass dev/store: spec.parameters"
VOLUME = "PersistentVolume media: spec.csi"
MEDIA = "PersistentVolumeClaim dev/media: spec"
STORAGE = "StorageClass efs: "
KEPT = "allowed: Retain, explicitly; the default is Delete, and with the claim goes its access point"
COMPLETE = "provisioningMode: efs-ap, directoryPerms: '700', fileSystemId: fs-0123"
REFUSED = "the driver refuses to provision otherwise, and claims stay pending"
DEEP = "allowed: at most 4 directories and 100 characters, basePath included; EFS makes no access point at "
ODD = f"allowed: directories that do not begin with a dot, without any of $#<>;`|&?{{}}^*; {REFUSED}"
NO_UUID = "00000000-0000-0000-0000-000000000000"
KEYS = (
    "failoverObject, filePermission, jmesPath, objectAlias, objectName, objectType, objectVersion, objectVersionLabel"
)
HOOK = "lifecycle: {postStart: {exec: {command: [sh, -c, 'cp /mnt/secret-store/.env /app/.env']}}}"

CASES = [
    Case(
        "provider-parameter-is-known",
        "Helm values, and one made up",
        [provider("- objectName: a", parameters="syncSecret: 'true'\n  secretName: a")],
        [
            f'{CLASS}.syncSecret is "true"; allowed: this as a Helm value of the driver; in a SecretProviderClass it does nothing',
            (
                f'{CLASS}.secretName is "a"; allowed: failoverRegion, objects, pathTranslation, preferredAddressType, region, usePodIdentity;'
                " the provider does not read it"
            ),
        ],
    ),
    Case(
        "provider-parameter-is-known",
        "its own, and another provider's",
        [provider("- objectName: a"), obj("SecretProviderClass", "v", "provider: vault\nparameters: {roleName: app}")],
    ),
    Case(
        "provider-objects-are-valid",
        "no text, no list, no YAML",
        [
            obj("SecretProviderClass", "store", "provider: aws\nparameters: {objects: [{objectName: a}]}"),
            provider("objectName: a"),
            provider("- [a"),
        ],
        [
            f"{CLASS}.objects is {given}; allowed: a string (objects: |) with a YAML list; the provider parses the text itself"
            for given in ("a list of 1", '"objectName: a"', '"- [a"')
        ],
    ),
    Case(
        "provider-objects-are-valid",
        "everything wrong with an object",
        [
            provider(
                f'- objectName: "{ARN}"\n  filePermission: "440"\n  alias: .env\n- objectAlias: b\n- objectName: c\n  objectType: secretmanager'
            )
        ],
        [
            f'{CLASS}.objects[0].alias is ".env"; allowed: {KEYS}; the provider does not read it',
            f"{CLASS}.objects[0].objectAlias is missing; allowed: a file name; the file would be named after the whole ARN",
            (
                f'{CLASS}.objects[0].filePermission is "440"; allowed: four octal digits in quotes, such as "0440"; the provider refuses anything'
                " else"
            ),
            f"{CLASS}.objects[1].objectName is missing; allowed: the name or ARN of a secret; there would be nothing to fetch",
            f"{CLASS}.objects[1].objectType is missing; allowed: secretsmanager or ssmparameter; only a full ARN tells the type by itself",
            f'{CLASS}.objects[2].objectType is "secretmanager"; allowed: secretsmanager or ssmparameter; only a full ARN tells the type by itself',
        ],
    ),
    Case(
        "provider-objects-are-valid",
        "by ARN, by name, in parts",
        [
            provider(
                f'- objectName: "{ARN}"\n  objectAlias: .env\n  filePermission: "0440"\n- objectName: b\n  objectType: ssmparameter\n'
                f'- objectName: "{ARN}2"\n  jmesPath: [{{path: a, objectAlias: a, filePermission: "0400"}}]'
            )
        ],
    ),
    Case(
        "synced-secret-has-object",
        "the name instead of the alias",
        [provider("- objectName: app/redis\n  objectType: secretsmanager\n  objectAlias: env", SYNCED)],
        [
            (
                'SecretProviderClass dev/store: spec.secretObjects[0].data[0].objectName is "redis-password"; allowed: a mounted file: env; the driver'
                " finds no such file to copy"
            )
        ],
    ),
    Case(
        "synced-secret-has-object",
        "an alias, a part, a translated name",
        [
            provider("- objectName: a\n  objectAlias: redis-password", SYNCED),
            provider("- objectName: a\n  jmesPath: [{path: p, objectAlias: redis-password}]", SYNCED),
            provider("- objectName: redis/password", SYNCED, parameters="pathTranslation: '-'"),
            provider("- objectName: /redis-password", SYNCED, parameters="pathTranslation: 'False'"),
        ],
    ),
    Case(
        "trigger-secret-outlives-workers",
        "only workers that scale to zero mount it",
        [TRIGGER_AUTHENTICATION, provider("- objectName: redis-password", SYNCED), celery("web", pod=MOUNT), scaler()],
        [
            (
                'TriggerAuthentication dev/redis: spec.secretTargetRef[0].name is "redis"; allowed: a Secret whose SecretProviderClass dev/store is'
                " mounted by a workload with at least one replica; the Secret exists only while a pod mounts it, and KEDA would have no password"
            )
        ],
    ),
    Case(
        "trigger-secret-outlives-workers",
        "something that always runs mounts it",
        [
            TRIGGER_AUTHENTICATION,
            provider("- objectName: redis-password", SYNCED),
            celery("web", pod=MOUNT),
            scaler(),
            workload("api", pod=MOUNT),
        ],
    ),
    Case(
        "secrets-volume-is-read-only",
        "neither read-only nor named",
        [workload(pod="volumes: [{name: s, csi: {driver: secrets-store.csi.k8s.io}}]")],
        [
            "Deployment dev/web: spec.template.spec.volumes[0].csi.readOnly is missing; allowed: true; the driver refuses to mount it otherwise",
            (
                "Deployment dev/web: spec.template.spec.volumes[0].csi.volumeAttributes.secretProviderClass is missing; allowed: the name of a"
                " SecretProviderClass; the driver would not know what to mount"
            ),
        ],
    ),
    Case(
        "secrets-volume-is-read-only",
        "both, and another driver",
        [workload(pod=MOUNT), workload("b", pod="volumes: [{name: s, csi: {driver: other}}]")],
    ),
    Case(
        "secrets-are-not-copied-by-hook",
        "a copy",
        [workload(container=HOOK)],
        [
            (
                'Deployment dev/web: spec.template.spec.containers[0].lifecycle.postStart.exec.command is "sh -c cp /mnt/secret-store/.env'
                ' /app/.env"; allowed: a mount of the file, or an init container that copies it; the hook races with the entrypoint, and its failure'
                " kills the container"
            )
        ],
    ),
    Case(
        "secrets-are-not-copied-by-hook",
        "another hook",
        [workload(container="lifecycle: {postStart: {exec: {command: [touch, /tmp/started]}}}")],
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
