"""Cases of the rules on who may read a Redis server."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.redis import MOUNTED_FROM
from tests.unit.checks.support import Case, obj, workload

REDIS_TOLD = "spec.template.spec.containers[0]."
EMPTY_ALLOWED = "{name: ALLOW_EMPTY_PASSWORD, value: 'yes'}"
ASKS = "allowed: a server with `requirepass`, or with users that have passwords; every pod that reaches it may read and change all that it holds"
NO_PASSWORD = f"a Redis server that asks for no password; {ASKS}"

CASES = [
    Case(
        "redis-asks-for-password",
        "the command line, options alone, a file, a script, an empty password, a variable of Bitnami's",
        [
            obj("ConfigMap", "redis", root='data: {redis.conf: "# requirepass x\\nbind * -::*\\nappendonly yes\\n"}'),
            obj(
                "ConfigMap",
                "script",
                root='data: {start.sh: "exec redis-server \\\\\\n  --save 60 1 --protected-mode no"}',
            ),
            workload("bare", "image: redis:8\ncommand: [redis-server]", kind="StatefulSet"),
            workload(
                "options",
                "image: public.ecr.aws/docker/library/redis:8\nargs: [--bind, '*', --requirepass, '']",
            ),
            workload(
                "file",
                "image: docker.io/valkey/valkey:9\ncommand: [docker-entrypoint.sh, valkey-server, /etc/valkey/redis.conf]\n"
                "volumeMounts: [{name: config, mountPath: /etc/valkey}]",
                pod=MOUNTED_FROM,
            ),
            workload(
                "script",
                "image: registry.example.com/store:1\ncommand: [sh, /run/start.sh]\nvolumeMounts: [{name: config, mountPath: /run}]",
                pod="volumes: [{name: config, configMap: {name: script}}]",
            ),
            workload(
                "chart",
                f"image: docker.io/bitnamilegacy/redis:8\nenv: [{EMPTY_ALLOWED}, {{name: REDIS_PORT, value: '6379'}}, {{name: REDIS_TLS_ENABLED, value: 'no'}}]",
            ),
        ],
        [
            f"Deployment dev/options: {REDIS_TOLD}args is {NO_PASSWORD}",
            f"Deployment dev/file: {REDIS_TOLD}command is {NO_PASSWORD}",
            f"Deployment dev/script: {REDIS_TOLD}command is {NO_PASSWORD}",
            f'Deployment dev/chart: {REDIS_TOLD}env[0].value is "yes"; {ASKS}',
            f"StatefulSet dev/bare: {REDIS_TOLD}command is {NO_PASSWORD}",
        ],
    ),
    Case(
        "redis-asks-for-password",
        "passwords, users, loopback, certificates, protected mode",
        [
            obj("ConfigMap", "redis", root="data: {users.acl: user default off, local.conf: bind 127.0.0.1 -::1}"),
            *(
                workload(f"told-{number}", f"image: redis:8\ncommand: [redis-server, {told}]")
                for number, told in enumerate(
                    (
                        "--requirepass, $(PASSWORD)",
                        "--aclfile, /etc/redis/users.acl",
                        "--user, default off",
                        "--bind, 127.0.0.1 ::1",
                        "--bind, localhost, --save, ''",
                        "--port, '0', --unixsocket, /tmp/redis.sock",
                        "--tls-port, '6379', --tls-ca-cert-file, /ca.crt",
                        "--protected-mode, 'yes'",
                    )
                )
            ),
            workload(
                "local",
                "image: redis:8\nargs: [/c/local.conf]\nvolumeMounts: [{name: config, mountPath: /c}]",
                pod=MOUNTED_FROM,
            ),
            workload("protected", "image: registry.example.com/store:1\ncommand: [redis-server, --save, '']"),
            workload(
                "hook",
                "image: redis:8\ncommand: [redis-server]\nlifecycle: {postStart: {exec: {command: [redis-cli, ACL, SETUSER, a]}}}",
            ),
            workload("chart", f"image: bitnami/redis:8\nenv: [{EMPTY_ALLOWED}, {{name: REDIS_PASSWORD, value: $(A)}}]"),
            workload("refuses", "image: bitnami/redis:8\nenv: [{name: ALLOW_EMPTY_PASSWORD, value: 'no'}]"),
        ],
    ),
    Case(
        "redis-asks-for-password",
        "what the manifests do not show, an application's own, a Sentinel",
        [
            obj("ConfigMap", "redis", root="data: {redis.conf: include /vault/users.conf}"),
            workload("image", "image: redis:8"),
            *(
                workload(f"told-{number}", f"image: redis:8\n{told}")
                for number, told in enumerate(
                    (
                        "command: [redis-server, /vault/redis.conf]",
                        "command: [redis-server, $(OPTIONS)]",
                        "command: [sh, -c, 'exec redis-server $MORE']",
                        "command: [sh, -c, 'cat /vault/* | redis-server -']",
                        "command: [sh, -c, 'redis-server --save 60 1 & exec gunicorn']",
                        "command: [sh, -c, 'redis-server --daemonize yes && exec gunicorn']",
                        "command: [redis-server]\nenvFrom: [{secretRef: {name: redis}}]",
                        "args: [--save, '']\nenv: [{name: REDIS_ARGS, value: $(A)}]",
                        "command: [redis-server, /etc/sentinel.conf, --sentinel]",
                        "args: [/start.sh]",
                    )
                )
            ),
            workload(
                "include",
                "image: redis:8\nargs: [/c/redis.conf]\nvolumeMounts: [{name: config, mountPath: /c}]",
                pod=MOUNTED_FROM,
            ),
            workload(
                "chart",
                f"image: bitnami/redis:8\nenv: [{EMPTY_ALLOWED}]\nvolumeMounts: [{{name: more, mountPath: /opt/bitnami/redis/mounted-etc}}]",
                pod="volumes: [{name: more, secret: {secretName: redis}}]",
            ),
            workload("check", "image: redis:8\ncommand: [redis-server, --save, '']", kind="Job"),
            workload(
                "web",
                pod="initContainers: [{name: cache, image: 'redis:8', command: [redis-server], restartPolicy: Always}]",
            ),
        ],
    ),
]
