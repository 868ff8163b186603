"""Cases of the rules on objects as such: names, labels, doubles, secrets in plain sight."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.checks.support import Case, obj, workload

REFUSED = "the API server refuses it"
KEY = "a key of at most 63 characters, letters, digits, -, _ and ., after an optional domain/"
VALUE = "at most 63 characters: letters, digits, -, _ and . between letters or digits"
READ = "whoever can read the manifests can use it"
ELSEWHERE = "a reference to a Secret, or a mounted file"
IN_APP = "Deployment dev/web: spec.template.spec.containers[0]"
FAKE_ACCESS_KEY = "AKIA" + "EXAMPLE" * 2
FAKE_PRIVATE_KEY = "-----BEGIN " + "PRIVATE KEY-----\nbm90LWEta2V5\n"
LONG = "n" * 64


def env(name: str, value: str) -> str:
    return f"{{name: {name}, value: '{value}'}}"


def named(cluster: str, kind: str = "Namespace", name: str = "dev"):
    return obj(kind, name, annotations=f"{{examx.ai/cluster: {cluster}}}")


CASES = [
    Case(
        "name-is-valid",
        "every kind's own limit",
        [
            obj("ConfigMap", "Web_Config"),
            obj("Service", "1web"),
            obj("Deployment", LONG),
            obj("StatefulSet", "s" * 53),
            obj("CronJob", "c" * 53),
            obj("Namespace", "a.b"),
            obj("Role", "a/b"),
            obj("ConfigMap", "m" * 254),
            {"apiVersion": "v1", "kind": "Secret", "metadata": {}},
        ],
        [
            (
                'ConfigMap dev/Web_Config: metadata.name is "Web_Config"; allowed: lower case letters, digits, - and ., at most 253 characters;'
                f" {REFUSED}"
            ),
            f'Service dev/1web: metadata.name is "1web"; allowed: a letter, then lower case letters, digits and -, at most 63 characters; {REFUSED}',
            f'Deployment dev/{LONG}: metadata.name is "{LONG}"; allowed: at most 63 characters; it does not fit into a label, where tools put it',
            (
                f'StatefulSet dev/{"s" * 53}: metadata.name is "{"s" * 53}"; allowed: at most 52 characters; its pods carry it, with a revision hash, as a'
                " label of at most 63"
            ),
            f'CronJob dev/{"c" * 53}: metadata.name is "{"c" * 53}"; allowed: at most 52 characters; its jobs add 11 characters and end at 63',
            f'Namespace a.b: metadata.name is "a.b"; allowed: lower case letters, digits and -, at most 63 characters; {REFUSED}',
            f'Role dev/a/b: metadata.name is "a/b"; allowed: a name without / and %; {REFUSED}',
            (
                f'ConfigMap dev/{"m" * 254}: metadata.name is "{"m" * 119}…"; allowed: lower case letters, digits, - and ., at most 253 characters; it has'
                " 254 characters"
            ),
            f"Secret : metadata.name is missing; allowed: lower case letters, digits, - and ., at most 253 characters; {REFUSED}",
        ],
    ),
    Case(
        "name-is-valid",
        "names within them",
        [
            obj("ConfigMap", "web.config"),
            obj("ClusterRole", "system:web"),
            obj("Deployment", "d" * 63),
            {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "migrate-"}},
        ],
    ),
    Case(
        "container-name-is-valid",
        "a capital, a long port name, a port name of digits",
        [workload(container="name: App\nports: [{name: metrics-and-more}, {name: '8080'}]")],
        [
            f'{IN_APP}.name is "App"; allowed: lower case letters, digits and -, at most 63 characters; {REFUSED}',
            f'{IN_APP}.ports[0].name is "metrics-and-more"; allowed: letters, digits and -, at most 15 characters; {REFUSED}',
            f'{IN_APP}.ports[1].name is "8080"; allowed: letters, digits and -, at most 15 characters; {REFUSED}',
        ],
    ),
    Case(
        "container-name-is-valid",
        "small letters",
        [workload(container="name: app-1\nports: [{name: http}, {containerPort: 80}]")],
    ),
    Case(
        "label-is-valid",
        "no string, too long, odd characters, odd key",
        [obj("ConfigMap", "web", labels="{version: 1.0, branch: " + LONG + ", owner: a b, -x: y}")],
        [
            "ConfigMap dev/web: metadata.labels.version is 1.0; allowed: a string: put it in quotes; labels map strings to strings",
            f'ConfigMap dev/web: metadata.labels.branch is "{LONG}"; allowed: {VALUE}; it has 64 characters',
            f'ConfigMap dev/web: metadata.labels.owner is "a b"; allowed: {VALUE}; {REFUSED}',
            f'ConfigMap dev/web: metadata.labels.-x is "y"; allowed: {KEY}; {REFUSED}',
        ],
    ),
    Case(
        "label-is-valid",
        "of the pod template and the selector",
        [workload(spec="selector: {matchLabels: {app: a b}}\ntemplate: {metadata: {labels: {on: true}}}")],
        [
            "Deployment dev/web: spec.template.metadata.labels.True is true; allowed: a string: put it in quotes; labels map strings to strings",
            f'Deployment dev/web: spec.selector.matchLabels.app is "a b"; allowed: {VALUE}; {REFUSED}',
        ],
    ),
    Case(
        "label-is-valid",
        "ordinary ones",
        [obj("ConfigMap", "web", labels="{app.kubernetes.io/name: web_1.0, empty: ''}"), workload(kind="Pod")],
    ),
    Case(
        "annotation-is-valid",
        "no string, odd key",
        [obj("ConfigMap", "web", annotations="{a/b/c: x, enabled: true}")],
        [
            f'ConfigMap dev/web: metadata.annotations[a/b/c] is "x"; allowed: {KEY}; {REFUSED}',
            "ConfigMap dev/web: metadata.annotations.enabled is true; allowed: a string: put it in quotes; annotations map strings to strings",
        ],
    ),
    Case(
        "annotation-is-valid", "any text", [obj("ConfigMap", "web", annotations="{example.com/Note: any text at all}")]
    ),
    Case(
        "object-exists-once",
        "twice",
        [obj("ConfigMap", "web"), obj("ConfigMap", "web")],
        [
            (
                'ConfigMap dev/web: metadata.name is "web"; allowed: a name that no other ConfigMap of the namespace has; one is defined already;'
                " whichever is applied last wins"
            )
        ],
    ),
    Case(
        "object-exists-once",
        "other namespaces, kinds, groups, clusters",
        [
            obj("ConfigMap", "web"),
            obj("ConfigMap", "web", namespace="stg"),
            obj("Service", "web"),
            obj("Service", "web") | {"apiVersion": "serving.knative.dev/v1"},
            obj("Namespace", "dev"),
            obj("Namespace", "dev"),
        ],
    ),
    Case(
        "secret-is-not-literal",
        "variables, a ConfigMap, a command line",
        [
            workload(
                container=f"env: [{env('DB_PASSWORD', 'not-a-real-one')}, {env('BROKER', 'redis://user:not-real@redis:6379')},"
                f" {env('KEY_ID', FAKE_ACCESS_KEY)}]\ncommand: [redis-server, --requirepass, not-real, '--token=not-real-at-all']"
            ),
            obj(
                "ConfigMap",
                "settings",
                root="data: {apiKey: not-a-key, app.env: \"DEBUG=1\\nSECRET_KEY='not-a-key'\\n\"}",
            ),
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "key", "namespace": "dev"},
                "data": {"tls.pem": FAKE_PRIVATE_KEY},
            },
        ],
        [
            f"{IN_APP}.env[0].value is DB_PASSWORD of 14 characters (redacted); allowed: {ELSEWHERE}; {READ}",
            f"{IN_APP}.env[1].value is a URL with credentials (redacted); allowed: a URL without credentials, or with {ELSEWHERE}; {READ}",
            f"{IN_APP}.env[2].value is an AWS access key (redacted); allowed: a role of the ServiceAccount; {READ}",
            f"{IN_APP}.command[1] is requirepass of 8 characters (redacted); allowed: {ELSEWHERE}; {READ}",
            f"{IN_APP}.command[3] is token of 15 characters (redacted); allowed: {ELSEWHERE}; {READ}",
            f"ConfigMap dev/settings: data.apiKey is 9 characters (redacted); allowed: {ELSEWHERE}; {READ}",
            f"ConfigMap dev/settings: data[app.env] is SECRET_KEY of 9 characters (redacted); allowed: {ELSEWHERE}; {READ}",
            f"ConfigMap dev/key: data[tls.pem] is a private key (redacted); allowed: {ELSEWHERE}; {READ}",
        ],
    ),
    Case(
        "secret-is-not-literal",
        "references, files, numbers, switches, names of Secrets",
        [
            workload(
                container="env: ["
                + ", ".join(
                    env(name, value)
                    for name, value in (
                        ("REDIS_URL", "redis://:$(REDIS_PASSWORD)@redis:6379/0"),
                        ("DB_PASSWORD", "$(OTHER)"),
                        ("DB_PASSWORD_FILE", "/run/secrets/db"),
                        ("API_TOKEN", "/var/run/token"),
                        ("USE_TOKEN", "true"),
                        ("PASSWORD_RESET_TIMEOUT", "3600"),
                        ("IMAGE_PULL_SECRET", "registry"),
                        ("CACHE_SECRET", ""),
                        ("TOKEN_ISSUER", "https://id.example.com"),
                    )
                )
                + "]\nargs: [--requirepass, $(REDIS_PASSWORD), --token-file=/token, --password, --verbose, --api-key]"
            ),
            obj(
                "ConfigMap",
                "settings",
                root='data: {run.sh: "TOKEN=$(cat /token)\\nexport PASSWORD=$1\\nDEBUG=1\\n", max-tokens: "100"}',
            ),
        ],
    ),
    Case(
        "secret-is-not-in-manifests",
        "with values",
        [obj("Secret", "db", root="data: {password: bm90LXJlYWw=}\nstringData: {user: someone}")],
        [
            f"Secret dev/db: {part} is {key} (redacted); allowed: a Secret that is synced from a store, or made outside of the manifests; {READ}"
            for part, key in (("data", "password"), ("stringData", "user"))
        ],
    ),
    Case(
        "secret-is-not-in-manifests",
        "empty, and with a placeholder",
        [
            obj("Secret", "token", root="type: kubernetes.io/service-account-token"),
            obj("Secret", "later", root="stringData: {password: '<path:secret/data/db#password>', user: ''}"),
        ],
    ),
    Case(
        "environments-do-not-collide",
        "one file is one environment",
        [named("one"), obj("PersistentVolume", "media"), obj("StorageClass", "efs")],
    ),
]
