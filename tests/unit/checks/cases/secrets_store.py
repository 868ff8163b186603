"""Cases of the rules on SecretProviderClasses."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, celery, obj, scaler, workload

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
MOUNTING = "the provider refuses it, and no pod that mounts the class starts"
WHOLE = "the provider refuses the whole class, and no pod that mounts it starts"
SYNC = "SecretProviderClass dev/store: spec.secretObjects"
NONE = "the driver makes no Secret without it"
UNMOUNTED = (
    "allowed: a Secret whose SecretProviderClass dev/store a pod of the namespace mounts; the driver makes the Secret only while a pod mounts"
    " the class, and no pod does: this one never starts"
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
        "provider-parameter-is-known",
        "values that the provider refuses",
        [
            provider(
                "- objectName: a",
                parameters="region: eu-west-1\n  failoverRegion: eu-west-1\n  pathTranslation: '--'\n  usePodIdentity: 'yes'",
            )
        ],
        [
            f'{CLASS}.pathTranslation is "--"; allowed: one character, or "False"; {MOUNTING}',
            f'{CLASS}.usePodIdentity is "yes"; allowed: "true" or "false"; {MOUNTING}',
            f'{CLASS}.failoverRegion is "eu-west-1"; allowed: another region than eu-west-1; {MOUNTING}',
        ],
    ),
    Case(
        "synced-secret-is-complete",
        "no type, no data, no key",
        [
            provider(
                "- objectName: a\n  objectType: secretsmanager",
                "secretObjects: [{secretName: s, data: [{objectName: a}]}, {type: Opaque, data: []}]",
            )
        ],
        [
            f"{SYNC}[0].type is missing; allowed: a type, such as Opaque; {NONE}",
            f"{SYNC}[0].data[0].key is missing; allowed: the key in the Secret; {NONE}",
            f"{SYNC}[1].secretName is missing; allowed: the name of the Secret; {NONE}",
            f"{SYNC}[1].data is an empty list; allowed: a list with an objectName and a key; {NONE}",
        ],
    ),
    Case(
        "synced-secret-is-complete",
        "complete, of any provider",
        [
            provider("- objectName: a", SYNCED),
            obj("SecretProviderClass", "v", f"provider: vault\nparameters: {{roleName: app}}\n{SYNCED}"),
        ],
    ),
    Case(
        "synced-secret-is-mounted",
        "a variable, a volume, a part of a projected one, in any kind",
        [
            provider("- objectName: redis-password", SYNCED),
            workload(container="envFrom: [{secretRef: {name: redis}}]"),
            workload("job", kind="CronJob", pod="volumes: [{name: v, secret: {secretName: redis}}]"),
            workload(
                "agent",
                kind="DaemonSet",
                pod="volumes: [{name: v, projected: {sources: [{secret: {name: redis}}]}}]\n"
                "initContainers: [{name: i, image: i, env: [{name: A, valueFrom: {secretKeyRef: {name: redis, key: password}}}]}]",
            ),
        ],
        [
            f'{place} is "redis"; {UNMOUNTED}'
            for place in (
                "Deployment dev/web: spec.template.spec.containers[0].envFrom[0].secretRef.name",
                "DaemonSet dev/agent: spec.template.spec.volumes[0].projected.sources[0].secret.name",
                "DaemonSet dev/agent: spec.template.spec.initContainers[0].env[0].valueFrom.secretKeyRef.name",
                "CronJob dev/job: spec.jobTemplate.spec.template.spec.volumes[0].secret.secretName",
            )
        ],
    ),
    Case(
        "synced-secret-is-mounted",
        "it mounts the class itself, or another pod does",
        [
            provider("- objectName: redis-password", SYNCED),
            workload(container="envFrom: [{secretRef: {name: redis}}]", pod=MOUNT),
            workload("b", container="envFrom: [{secretRef: {name: redis}}]"),
        ],
    ),
    Case(
        "synced-secret-is-mounted",
        "optional, made otherwise too, in another namespace, beside what runs pods unseen",
        [
            provider("- objectName: redis-password", SYNCED),
            workload(container="envFrom: [{secretRef: {name: redis, optional: true}}, {secretRef: {name: other}}]"),
            workload("b", container="envFrom: [{secretRef: {name: redis}}]", namespace="stg"),
            obj("SecretProviderClass", "store", f"provider: aws\nparameters: {{}}\n{SYNCED}", namespace="two"),
            obj("ExternalSecret", "redis", namespace="two"),
            workload("c", container="envFrom: [{secretRef: {name: redis}}]", namespace="two"),
            obj("SecretProviderClass", "store", f"provider: aws\nparameters: {{}}\n{SYNCED}", namespace="three"),
            workload("d", container="envFrom: [{secretRef: {name: redis}}]", namespace="three"),
            obj("HelmRelease", "app", namespace="three") | {"apiVersion": "helm.toolkit.fluxcd.io/v2"},
        ],
    ),
]
