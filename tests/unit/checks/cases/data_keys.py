"""Keys of ConfigMaps and Secrets, and who names them."""

from tests.unit.checks.support import APP, NAMESPACE, Case, obj, workload

FILE = """\
volumeMounts: [{name: config, mountPath: /etc/app/app.conf, subPath: %s}]
"""
VOLUME = "volumes: [{name: config, configMap: {name: settings}}]"
SETTINGS = obj("ConfigMap", "settings", root="data: {app.conf: a, extra.conf: b}")
VARIABLE = f"{APP}.env[0]"

CASES = [
    Case(
        "data-key-is-valid",
        "a path",
        [obj("ConfigMap", "settings", root="data: {conf.d/app.conf: a}")],
        [
            (
                f"ConfigMap {NAMESPACE}/settings: data[conf.d/app.conf] is under the key "
                '"conf.d/app.conf"; allowed: a key of letters, digits, -, _ and ., at most 253; '
                "it is a file's name, and the API server refuses others"
            )
        ],
    ),
    Case("data-key-is-valid", "a file's name", [obj("ConfigMap", "settings", root="data: {.app_v2-conf.yaml: a}")]),
    Case("data-key-is-valid", "filled in later", [obj("ConfigMap", "settings", root="data: {'${NAME}': a}")]),
    Case(
        "key-reference-is-complete",
        "no key",
        [workload("web", "env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: web}}}]")],
        [
            (
                f"{VARIABLE}.valueFrom.secretKeyRef.key is missing; allowed: the key that holds the value; "
                "the API server refuses it"
            )
        ],
    ),
    Case(
        "key-reference-is-complete",
        "a value beside it",
        [workload("web", "env: [{name: TOKEN, value: x, valueFrom: {secretKeyRef: {name: web, key: token}}}]")],
        [
            (
                f"{VARIABLE}.value is given beside valueFrom; allowed: either value or valueFrom; "
                "the API server refuses both in one variable"
            )
        ],
    ),
    Case(
        "key-reference-is-complete",
        "a key, and an empty value that counts as none",
        [workload("web", "env: [{name: TOKEN, value: '', valueFrom: {secretKeyRef: {name: web, key: token}}}]")],
    ),
    Case(
        "mounted-file-exists",
        "a typo",
        [workload("web", FILE % "app.cnf", pod=VOLUME), SETTINGS],
        [
            (
                f'{APP}.volumeMounts[0].subPath is "app.cnf"; allowed: a file of the ConfigMap: app.conf, extra.conf; '
                "the kubelet would put an empty directory there, or not start the container"
            )
        ],
    ),
    Case("mounted-file-exists", "one of its files", [workload("web", FILE % "app.conf", pod=VOLUME), SETTINGS]),
    Case(
        "mounted-file-exists",
        "under another path",
        [
            workload(
                "web",
                FILE % "live/app.conf",
                pod=VOLUME.replace("settings}", "settings, items: [{key: app.conf, path: live/app.conf}]}"),
            ),
            SETTINGS,
        ],
    ),
    Case("mounted-file-exists", "of a ConfigMap that is elsewhere", [workload("web", FILE % "x", pod=VOLUME)]),
]
