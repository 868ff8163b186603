"""Cases of the rules on secrets in the open."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, Case, obj, workload

READ = "all who can read the manifests can use it"
ELSEWHERE = "a reference to a Secret, or a mounted file"
FAKE_ACCESS_KEY = "AKIA" + "EXAMPLE" * 2
FAKE_PRIVATE_KEY = "-----BEGIN " + "PRIVATE KEY-----\nbm90LWEta2V5\n"


def env(name: str, value: str) -> str:
    return f"{{name: {name}, value: '{value}'}}"


CASES = [
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
            f"{APP}.env[0].value is DB_PASSWORD of 14 characters (redacted); allowed: {ELSEWHERE}; {READ}",
            f"{APP}.env[1].value is a URL with credentials (redacted); allowed: a URL without credentials, or with {ELSEWHERE}; {READ}",
            f"{APP}.env[2].value is an AWS access key (redacted); allowed: a role of the ServiceAccount; {READ}",
            f"{APP}.command[1] is requirepass of 8 characters (redacted); allowed: {ELSEWHERE}; {READ}",
            f"{APP}.command[3] is token of 15 characters (redacted); allowed: {ELSEWHERE}; {READ}",
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
        "secret-is-not-in-manifests",
        "encrypted by SOPS",
        [
            obj(
                "Secret",
                "s",
                root="stringData: {PASSWORD: 'ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]'}\n"
                "sops: {mac: 'ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]', version: 3.9.0}",
            ),
        ],
    ),
]
