"""Cases of what looks like a secret and is none, and of secrets in less common places."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.literals import ELSEWHERE, READ, env
from tests.unit.checks.support import APP, IN_POD, Case, obj, workload

NOT_HERE = "allowed: a Secret that is synced from a store, or made outside of the manifests"
# Put together here, so that no scanner takes them for real ones.
GITHUB = "ghp" + "_" + "a1B2" * 10
CERTIFICATE = "-----BEGIN CERT" + "IFICATE-----\\nbm90LWEta2V5bm90LWEta2V5\\n-----END CERT" + "IFICATE-----\\n"
KEY = "-----BEGIN " + "PRIVATE KEY-----"

CASES = [
    Case(
        "secret-is-not-literal",
        "placeholders, references to stores, files, encrypted values, addresses, digests",
        [
            workload(
                container="env: ["
                + ", ".join(
                    env(f"V{index}_PASSWORD", value)
                    for index, value in enumerate(
                        (
                            "<password>",
                            "${DB_PASSWORD}",
                            "{{ .Values.password }}",
                            "__DB_PASSWORD__",
                            "@DB_PASSWORD@",
                            "REPLACE_ME",
                            "replace-me-in-production",
                            "your-password-here",
                            "PASSWORD",
                            "xxxxxxxx",
                            "***",
                            "TODO",
                            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
                            "vault:secret/data/db#password",
                            "op://shop/db/password",
                            "ref+awsssm://shop/db",
                            "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]",
                            "credentials.json",
                            "./secrets/db.txt",
                            "https://id.example.com/token",
                            "sha256:0123456789abcdef",
                            "disabled",
                        )
                    )
                )
                + ", {name: URL, value: 'amqp://USER:PASSWORD@rabbitmq:5672'}, {name: DOCS, value: 'postgres://<user>:<password>@db/shop'}]\n"
                "image: registry.example.com/token@sha256:0123456789abcdef\n"
                "args: [--password=$(DB_PASSWORD), --token, '<token>', 'PGPASSWORD=$DB_PASSWORD pg_dump', --secret-key=/run/key]"
            ),
            obj(
                "ConfigMap",
                "files",
                root=f'data: {{ca.crt: "{CERTIFICATE}", check.py: "if \\"{KEY}\\" in text:\\n  pass\\n",'
                ' app.yml: "password: ${DB_PASSWORD}\\npassword_file: /run/p\\ntoken: bearer\\n# password: example\\n",'
                ' links.json: "{\\"a\\":\\"http://a:8080\\",\\"mail\\":\\"x@example.com\\"}"}',
            ),
            obj(
                "ConfigMap",
                "encrypted",
                root="data: {DB_PASSWORD: something}\nsops: {mac: a, version: 3.9.0}",
            ),
        ],
    ),
    Case(
        "secret-is-not-literal",
        "in a container that initialises, in front of a program, a token of a known form, in files of settings",
        [
            workload(
                kind="CronJob",
                container="command: [sh, -c, 'PGPASSWORD=not-a-real-one pg_dump shop']",
            ),
            workload(
                pod=f"initContainers: [{{name: i, image: i, env: [{env('DB_PASSWORD', 'not-a-real-one')}, {env('SOURCE', GITHUB)}]}}]"
            ),
            obj(
                "ConfigMap",
                "settings",
                root='data: {redis.conf: "port 6379\\nrequirepass not-a-real-one\\n", app.yml: "db:\\n  password: not-a-real-one\\n"}',
            ),
        ],
        [
            f"{IN_POD}.initContainers[0].env[0].value is DB_PASSWORD of 14 characters (redacted); allowed: {ELSEWHERE}; {READ}",
            f"{IN_POD}.initContainers[0].env[1].value is a token (redacted); allowed: {ELSEWHERE}; {READ}",
            f"CronJob dev/web: spec.jobTemplate.spec.template.spec.containers[0].command[2] is PGPASSWORD of 14 characters (redacted); allowed: {ELSEWHERE}; {READ}",
            f"ConfigMap dev/settings: data[redis.conf] is requirepass of 14 characters (redacted); allowed: {ELSEWHERE}; {READ}",
            f"ConfigMap dev/settings: data[app.yml] is password of 14 characters (redacted); allowed: {ELSEWHERE}; {READ}",
        ],
    ),
    Case(
        "secret-is-not-literal",
        "a password that is only to be changed",
        [workload(container=f"env: [{env('DB_PASSWORD', 'changeme')}]")],
        [f"{APP}.env[0].value is DB_PASSWORD of 8 characters (redacted); allowed: {ELSEWHERE}; {READ}"],
    ),
    Case(
        "secret-is-not-in-manifests",
        "placeholders in base64 too, encrypted, public certificates",
        [
            obj("Secret", "sops", root="data: {a: c29tZXRoaW5n}\nsops: {mac: a, version: 3.9.0}"),
            obj("Secret", "ca", root=f'stringData: {{ca.crt: "{CERTIFICATE}"}}'),
            obj(
                "Secret",
                "later",
                root="data: {a: UkVQTEFDRV9NRQ==, b: PHBhc3N3b3JkPg==, c: '${PASSWORD}', d: '<base64>'}\n"
                "stringData: {e: REPLACE_ME, f: 'postgres://shop:${PASSWORD}@db/shop', g: your-token-here, h: '{{ .Values.h }}'}",
            ),
        ],
    ),
    Case(
        "secret-is-not-in-manifests",
        "what a program gets from a store, and the parameters of a key exchange",
        [
            obj(
                "Secret",
                "later",
                root="stringData: {a: 'op://shop/db/password', b: 'ref+awssecrets://shop/db#password', c: 'vault:secret/data/shop#db'}",
            ),
            obj("Secret", "dh", root='stringData: {dhparam.pem: "-----BEGIN DH PARAMETERS-----\nbm90LWEta2V5\n"}'),
        ],
    ),
    Case(
        "secret-is-not-in-manifests",
        "files of settings, one with a password in it",
        [
            obj(
                "Secret", "routes", root='stringData: {alertmanager.yaml: "route:\n  receiver: a\n  group_wait: 30s\n"}'
            ),
            obj(
                "Secret",
                "mail",
                root='stringData: {alertmanager.yaml: "global:\n  smtp_auth_password: not-a-real-one\n"}',
            ),
        ],
        [
            f"Secret dev/routes: stringData is alertmanager.yaml (redacted); {NOT_HERE}; {READ}",
            f"Secret dev/mail: stringData is alertmanager.yaml (redacted); {NOT_HERE}; {READ}",
        ],
    ),
    Case(
        "secret-is-not-in-manifests",
        "a text with a placeholder among its lines, a certificate beside its key, a password to be changed",
        [
            obj("Secret", "env", root='stringData: {.env: "A=${A}\\nB=not-a-real-one\\n"}'),
            obj("Secret", "tls", root=f'stringData: {{both.pem: "{CERTIFICATE}{KEY}\\nbm90LWEta2V5\\n"}}'),
            obj("Secret", "db", root="data: {password: Y2hhbmdlbWU=}"),
        ],
        [
            f"Secret dev/env: stringData is .env (redacted); {NOT_HERE}; {READ}",
            f"Secret dev/tls: stringData is both.pem (redacted); {NOT_HERE}; {READ}",
            f"Secret dev/db: data is password (redacted); {NOT_HERE}; {READ}",
        ],
    ),
]
