"""Cases of examples: what means something else, and files to choose from."""

from tests.unit.checks.support import APP, Case, Object, obj, scaler, workload


def port(number: int) -> str:
    return f"ports: [{{port: {number}}}]"


def ingress(number: int) -> Object:
    backend = f"backend: {{service: {{name: web, port: {{number: {number}}}}}}}"
    return obj("Ingress", "web", f"rules: [{{http: {{paths: [{{path: /, pathType: Prefix, {backend}}}]}}}}]")


def volume(handle: str) -> Object:
    return obj("PersistentVolume", "media", f"csi: {{driver: efs.csi.aws.com, volumeHandle: '{handle}'}}")


MOUNTED = "volumes: [{name: tls, secret: {secretName: hook-server-cert}}]"
HIDDEN = "a reference to a Secret, or a mounted file; all who can read the manifests can use it"

TAKEN = "env: [{name: A, valueFrom: {configMapKeyRef: {name: web, key: %s}}}]"
CONFIG_A, CONFIG_B = (obj("ConfigMap", "web", root=f"data: {{{key}: x}}") for key in "ab")

CASES = [
    Case(
        "referenced-key-exists",
        "one of two ConfigMaps has it",
        {"a.yaml": [CONFIG_A, workload("one", TAKEN % "a")], "b.yaml": [CONFIG_B, workload("two", TAKEN % "b")]},
    ),
    Case(
        "referenced-key-exists",
        "neither has it",
        {"a.yaml": [CONFIG_A, workload("web", TAKEN % "c")], "b.yaml": [CONFIG_B]},
        [
            (
                f'{APP}.env[0].valueFrom.configMapKeyRef.key is "c"; allowed: a key of ConfigMap web: a, b; the object'
                " does not have it"
            )
        ],
    ),
    Case(
        "ingress-backend-exists",
        "the Service beside the Ingress has the port",
        {
            "a.yaml": [obj("Service", "web", port(80)), ingress(80)],
            "b.yaml": [obj("Service", "web", port(8080)), ingress(8080)],
        },
    ),
    Case(
        "ingress-backend-exists",
        "the Service of another file has it",
        {
            "a.yaml": [obj("Service", "web", port(80)), ingress(8080)],
            "b.yaml": [obj("Service", "web", port(8080))],
        },
        [
            (
                "Ingress dev/web: spec.rules[0].http.paths[0].backend.service.port.number is 8080; allowed: a port of"
                " Service dev/web: 80; the Service does not have it"
            )
        ],
    ),
    Case(
        "ingress-backend-exists",
        "one of two Services has it",
        {
            "a.yaml": [obj("Service", "web", port(80))],
            "b.yaml": [obj("Service", "web", port(81))],
            "c.yaml": [ingress(81)],
        },
    ),
    Case("efs-volume-is-valid", "a handle that a person fills in", [volume("[File system ID]")]),
    Case(
        "secret-is-not-literal",
        "the name of a Secret that is mounted",
        [workload("web", "env: [{name: HOOK_SECRET, value: hook-server-cert}]", pod=MOUNTED)],
    ),
    Case(
        "secret-is-not-literal",
        "a password that is called as the Secret",
        [workload("web", "env: [{name: DB_PASSWORD, value: hook-server-cert}]", pod=MOUNTED)],
        [f"{APP}.env[0].value is DB_PASSWORD of 16 characters (redacted); allowed: {HIDDEN}"],
    ),
    Case(
        "secret-is-not-literal",
        "a command whose name ends as an option",
        [workload("web", "command: [sh, -c, 'tool get-token image-puller > /run/answer']")],
    ),
    Case("trigger-type-is-known", "a type that KEDA has", [scaler(triggers="[{type: cpu, metadata: {value: '50'}}]")]),
]
