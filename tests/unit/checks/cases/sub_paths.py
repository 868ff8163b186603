"""Cases of the rule on single files out of a volume."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.secrets_store import MOUNT, provider
from tests.unit.checks.support import APP, IN_POD, Case, Object, obj, workload

RULE = "sub-path-is-in-volume"
CONFIG = obj("ConfigMap", "settings", root="data: {nginx.conf: a, mime.types: b}")
VOLUME = "volumes: [{name: s, configMap: {name: settings}}]"
EMPTY = "the kubelet makes an empty directory for what is not there"


def mounts(*parts: str) -> str:
    each = ", ".join(f"{{name: s, mountPath: /m{index}, subPath: {part}}}" for index, part in enumerate(parts))
    return f"volumeMounts: [{each}]"


def mounting(volume: str, *parts: str, name: str = "web") -> Object:
    return workload(name, mounts(*parts), pod=f"volumes: [{{name: s, {volume}}}]")


CASES = [
    Case(
        RULE,
        "a file that the ConfigMap does not have",
        [CONFIG, workload(container=mounts("default.conf"), pod=VOLUME)],
        [
            (
                f'{APP}.volumeMounts[0].subPath is "default.conf"; allowed: a file of the volume: mime.types, nginx.conf;'
                f" {EMPTY}"
            )
        ],
    ),
    Case(
        RULE,
        "a file that the ConfigMap has",
        [CONFIG, workload(container=mounts("nginx.conf"), pod=VOLUME)],
    ),
    Case(
        RULE,
        "the key of an item instead of its path, a name with a slash, a part of a projected volume",
        [
            CONFIG,
            mounting("configMap: {name: settings, items: [{key: nginx.conf, path: conf.d/web.conf}]}", "nginx.conf"),
            provider("- objectName: app/env\n  objectType: secretsmanager"),
            workload("b", mounts("app/env"), pod=MOUNT, kind="StatefulSet"),
            mounting(
                "projected: {sources: [{configMap: {name: settings}}, {serviceAccountToken: {path: token}}]}",
                "tokens",
                name="c",
            ),
        ],
        [
            f'{APP}.volumeMounts[0].subPath is "nginx.conf"; allowed: a file of the volume: conf.d/web.conf; {EMPTY}',
            (
                f'{APP.replace("/web", "/c")}.volumeMounts[0].subPath is "tokens"; allowed: a file of the volume: mime.types,'
                f" nginx.conf, token; {EMPTY}"
            ),
            (
                f'{APP.replace("Deployment dev/web", "StatefulSet dev/b")}.volumeMounts[0].subPath is "app/env"; allowed: a'
                f" file of the volume: app_env; {EMPTY}"
            ),
        ],
    ),
    Case(
        RULE,
        "directories, paths of items, translated names, tokens, volumes that hold anything, what is not shown",
        [
            CONFIG,
            mounting(
                "configMap: {name: settings, items: [{key: nginx.conf, path: conf.d/web.conf}]}",
                "conf.d",
                "conf.d/web.conf",
                "./conf.d",
            ),
            provider("- objectName: app/env\n  objectType: secretsmanager\n  jmesPath: [{path: a, objectAlias: a}]"),
            workload("b", mounts("app_env", "a"), pod=MOUNT),
            mounting("projected: {sources: [{downwardAPI: {items: [{path: labels}]}}]}", "labels", name="c"),
            mounting("persistentVolumeClaim: {claimName: media}", "uploads", name="d"),
            mounting("emptyDir: {}", "cache", name="e"),
            mounting("secret: {secretName: unseen}", "key", name="f"),
            mounting("projected: {sources: [{configMap: {name: settings}}, {secret: {name: x}}]}", "key", name="g"),
            mounting("configMap: {name: settings}", "'${FILE}'", name="h"),
            workload("i", "volumeMounts: [{name: s, mountPath: /m}]", pod=VOLUME),
            workload("k", pod=f"{VOLUME}\ninitContainers: [{{name: i, image: i, {mounts('mime.types')}}}]"),
        ],
    ),
    Case(
        RULE,
        "in a container that initialises",
        [CONFIG, workload(pod=f"{VOLUME}\ninitContainers: [{{name: i, image: i, {mounts('nginx.cfg')}}}]")],
        [
            (
                f'{IN_POD}.initContainers[0].volumeMounts[0].subPath is "nginx.cfg"; allowed: a file of the volume:'
                f" mime.types, nginx.conf; {EMPTY}"
            )
        ],
    ),
]
