"""Cases of the rules on SecretProviderClasses."""
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


CLASS = "SecretProviderClass dev/store: spec.parameters"
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
]
