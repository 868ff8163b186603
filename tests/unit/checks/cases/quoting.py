"""Cases of the rules on what must be text."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, IN_POD, Case, obj, workload

REFUSED = "and the API server refuses others"
QUOTED = "allowed: a string: put it in quotes"

CASES = [
    Case(
        "text-is-quoted",
        "numbers and switches in a ConfigMap",
        [obj("ConfigMap", "settings", root="data: {PORT: 8000, DEBUG: true, NAME: '8000', EMPTY: null}")],
        [
            f"ConfigMap dev/settings: data.PORT is 8000; {QUOTED}; a ConfigMap holds strings, {REFUSED}",
            f"ConfigMap dev/settings: data.DEBUG is true; {QUOTED}; a ConfigMap holds strings, {REFUSED}",
        ],
    ),
    Case(
        "text-is-quoted",
        "everywhere else in a pod",
        [
            workload(
                container="env: [{name: PORT, value: 8000}, {name: DEBUG, value: false}, {name: A, value: [a]}]\n"
                "command: [gunicorn, --workers, 4]\nargs: [{--bind: all}]\n"
                "livenessProbe: {exec: {command: [sleep, 1]}}\nlifecycle: {preStop: {exec: {command: [sleep, 2.5]}}}",
                pod="volumes: [{name: v, csi: {driver: d, volumeAttributes: {readOnlyRoot: true}}}]\n"
                "initContainers: [{name: i, image: i, env: [{name: N, value: 1}]}]",
            )
        ],
        [
            f"{place} is {value}; {QUOTED}; {holder} holds strings, {REFUSED}"
            for place, value, holder in (
                (f"{IN_POD}.volumes[0].csi.volumeAttributes.readOnlyRoot", "true", "a volume"),
                (f"{APP}.env[0].value", "8000", "a variable"),
                (f"{APP}.env[1].value", "false", "a variable"),
                (f"{APP}.env[2].value", "a list of 1", "a variable"),
                (f"{APP}.command[2]", "4", "a command"),
                (f"{APP}.args[0]", "a mapping of 1 keys", "a command"),
                (f"{APP}.lifecycle.preStop.exec.command[1]", "2.5", "a command"),
                (f"{APP}.livenessProbe.exec.command[1]", "1", "a command"),
                (f"{IN_POD}.initContainers[0].env[0].value", "1", "a variable"),
            )
        ],
    ),
    Case(
        "text-is-quoted",
        "parameters of classes and volumes, and a Secret, whose value is not shown",
        [
            obj("StorageClass", "efs", root="provisioner: efs.csi.aws.com\nparameters: {uid: 10001, basePath: /a}"),
            obj("SecretProviderClass", "store", "provider: aws\nparameters: {usePodIdentity: true, objects: []}"),
            obj("PersistentVolume", "v", "csi: {driver: d, volumeAttributes: {encryptInTransit: false}}"),
            obj("Secret", "pin", root="stringData: {pin: 123456, name: someone}"),
        ],
        [
            f"Secret dev/pin: stringData.pin is not a text (redacted); {QUOTED}; a Secret holds strings, {REFUSED}",
            f"StorageClass efs: parameters.uid is 10001; {QUOTED}; a StorageClass holds strings, {REFUSED}",
            f"SecretProviderClass dev/store: spec.parameters.usePodIdentity is true; {QUOTED}; a SecretProviderClass holds strings, {REFUSED}",
            f"PersistentVolume v: spec.csi.volumeAttributes.encryptInTransit is false; {QUOTED}; a volume holds strings, {REFUSED}",
        ],
    ),
    Case(
        "text-is-quoted",
        "quoted ones, and fields that hold numbers",
        [
            obj("ConfigMap", "settings", root="data: {PORT: '8000', DEBUG: 'true'}\nimmutable: true"),
            workload(
                container="env: [{name: PORT, value: '8000'}, {name: NONE, value: null}, {name: NO}]\ncommand: [gunicorn, --workers, '4']\n"
                "ports: [{containerPort: 8000}]",
                spec="replicas: 2",
                kind="StatefulSet",
            ),
            workload(kind="CronJob", container="args: ['1']"),
        ],
    ),
    Case(
        "data-is-encoded",
        "plain text",
        [
            obj("Secret", "db", root="data: {password: not-a-real-one, user: cm9vdA}"),
            obj("ConfigMap", "logo", root="binaryData: {logo.png: 'plain text'}"),
        ],
        [
            "Secret dev/db: data.password is 14 characters of plain text (redacted); allowed: stringData, or base64; the API server refuses it",
            "Secret dev/db: data.user is 6 characters of plain text (redacted); allowed: stringData, or base64; the API server refuses it",
            "ConfigMap dev/logo: binaryData[logo.png] is 10 characters of plain text (redacted); allowed: data, or base64; the API server refuses it",
        ],
    ),
    Case(
        "data-is-encoded",
        "base64, on several lines too, and what is filled in later",
        [
            obj(
                "Secret",
                "db",
                root='data: {a: cm9vdA==, b: "cm9v\\ndA==\\n", c: "", d: <base64 of it>, e: "${PASSWORD}", f: "{{ .Values.password }}",'
                " g: 'ENC[AES256_GCM,data:AAAA,type:str]', h: your-password-here, i: DB_PASSWORD, k: null}\nstringData: {a: plain text}",
            ),
            obj("ConfigMap", "logo", root="data: {a: plain text}\nbinaryData: {logo.png: iVBORw0KGgo=}"),
        ],
    ),
    Case(
        "text-is-quoted",
        "selectors and tolerations",
        [
            workload("web", pod="nodeSelector: {spot: true}\ntolerations: [{key: a, value: 1}, {key: b, value: '2'}]"),
            obj("Service", "web", "selector: {app: web, release: 1}"),
            obj("PodDisruptionBudget", "web", "selector: {matchLabels: {app: web, canary: false}}"),
        ],
        [
            f"{IN_POD}.nodeSelector.spot is true; allowed: a string: put it in quotes; a selector holds strings, and the API server refuses others",
            f"{IN_POD}.tolerations[0].value is 1; allowed: a string: put it in quotes; a toleration holds strings, and the API server refuses others",
            "Service dev/web: spec.selector.release is 1; allowed: a string: put it in quotes; a selector holds strings, and the API server refuses others",
            "PodDisruptionBudget dev/web: spec.selector.matchLabels.canary is false; allowed: a string: put it in quotes; a selector holds strings, and the API server refuses others",
        ],
    ),
    Case(
        "text-is-quoted",
        "selectors in quotation marks",
        [
            workload(
                "web", pod="nodeSelector: {spot: 'true'}\ntolerations: [{key: b, value: '2'}, {operator: Exists}]"
            ),
            obj("Service", "web", "selector: {app: web, release: '1'}"),
            obj("Service", "outside", "selector: {}"),
        ],
    ),
]
