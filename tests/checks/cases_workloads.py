"""Cases of the rules on workloads: Celery's processes, stopping, Redis, availability, the inside of pods."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.checks.support import Case, celery, hpa, obj, workload

BEAT = "command: [celery, -A, examx, beat, -l, info]"
RECREATE = "strategy: {type: Recreate}"
PAUSE = "lifecycle: {preStop: {sleep: {seconds: 15}}}"
LONG = "{examx.ai/longest-task-seconds: '900'}"
REDIS_IMAGE = "image: docker.io/library/redis:8"
SIZE_LIMIT = "spec.template.spec.volumes[0].emptyDir.sizeLimit"
COUNTED = "the node's disk is counted by what is requested, and a node evicts first what uses more than that"
TWO_GIB = "resources: {requests: {memory: 2Gi}, limits: {memory: 4Gi}}"
MOUNTED = "image: redis:8\ncommand: [sh, /etc/redis/start.sh]\nvolumeMounts: [{name: config, mountPath: /etc/redis/}]"
MOUNTED_FROM = "volumes: [{name: config, configMap: {name: redis}}]"
DOUBLES = "a fork that writes the data doubles what changes meanwhile, and a node evicts first what uses more than it requests"
NGINX = "command: [nginx]\nresources: {limits: {memory: 256Mi}}\nvolumeMounts: [{name: config, mountPath: /etc/nginx/}]"
NGINX_FILES = "volumes: [{name: config, configMap: {name: nginx}}]"
REDIS_TEXT = "image: example/base:1\ncommand: [sh, -c, 'exec redis-server /etc/redis.conf']"
REDIS_TOLD = "spec.template.spec.containers[0]."
EMPTY_ALLOWED = "{name: ALLOW_EMPTY_PASSWORD, value: 'yes'}"
ASKS = "allowed: a server with `requirepass`, or with users that have passwords; every pod that reaches it may read and change all that it holds"
NO_PASSWORD = f"a Redis server that asks for no password; {ASKS}"
BUDGET = "selector: {matchLabels: {app: web}}"
SECURE = (
    "securityContext: {runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false, capabilities:"
    " {drop: [ALL], add: [NET_BIND_SERVICE]}, seccompProfile: {type: RuntimeDefault}}"
)
RESTRICTED = obj("Namespace", "dev", labels="{pod-security.kubernetes.io/enforce: restricted}")
BASELINE = "{pod-security.kubernetes.io/enforce: baseline}"
GUESTS = obj(
    "Namespace",
    "dev",
    labels=BASELINE,
    annotations="{examx.ai/cluster: one, examx.ai/guests: 'old-worker, celery-flower'}",
)
REFUSED = "the namespace enforces the restricted standard, and its pods would be refused"
IN_POD = "Deployment dev/web: spec.template.spec"
APP = f"{IN_POD}.containers[0]"
GEVENT = "command: [celery, -A, examx, worker, --pool, gevent]"
REMAPPED = "allowed: SIGTERM, or no REMAP_SIGTERM; SIGTERM would no longer begin a warm stop: a gevent worker loses the tasks that it runs"

CASES = [
    Case(
        "beat-is-single",
        "two replicas, rolling, autoscaled",
        [workload("web", BEAT, spec="replicas: 2"), hpa()],
        [
            "Deployment dev/web: spec.replicas is 2; allowed: 1; every further scheduler sends every periodic task again",
            (
                'HorizontalPodAutoscaler dev/web: spec.scaleTargetRef.name is "web"; allowed: a workload other than the scheduler;'
                " every further scheduler sends every periodic task again"
            ),
            (
                "Deployment dev/web: spec.strategy.type is missing; allowed: Recreate; a rolling update runs the old and the new"
                " scheduler side by side"
            ),
        ],
    ),
    Case(
        "beat-is-single",
        "inside a scaled worker",
        [workload("web", "command: [celery, -A, examx, worker, -EB]", spec="replicas: 3")],
        [
            "Deployment dev/web: spec.replicas is 3; allowed: 1; its workers run beat too (-B), so each further one schedules again"
        ],
    ),
    Case(
        "beat-is-single",
        "one, recreated; a StatefulSet; a worker with a broker option",
        [
            workload("beat", BEAT, spec=f"replicas: 1\n{RECREATE}"),
            workload("other", BEAT, kind="StatefulSet"),
            workload("worker", "command: [celery, -A, examx, -b, redis, worker, -E]", spec="replicas: 3"),
        ],
    ),
    Case(
        "beat-exists-once",
        "two for one app",
        [workload("one", BEAT), workload("two", "command: [celery, -A, examx, worker, --beat]")],
        [
            (
                "Deployment dev/two: spec.template.spec.containers[0].command is celery worker of app examx; allowed: no second scheduler"
                " of the app; Deployment dev/one is one already; every periodic task would be sent twice"
            )
        ],
    ),
    Case("beat-exists-once", "two apps", [workload("one", BEAT), workload("two", "args: [celery, -A, shop, beat]")]),
    Case(
        "celery-receives-sigterm",
        "behind a shell",
        [workload("web", "command: [/bin/bash, -ec]\nargs: ['./migrate && celery -A examx worker -Q a']")],
        [
            (
                f"{APP}.command is celery worker behind bash; allowed: celery itself as the command, or `exec celery …` in the shell;"
                " SIGTERM may end at the shell, and a warm shutdown never begins"
            )
        ],
    ),
    Case(
        "celery-receives-sigterm",
        "exec, and no shell",
        [
            workload("one", 'command: [sh, -c, "./migrate && \\\\\\n exec celery -A examx worker"]'),
            celery("two"),
            workload("three", BEAT),
        ],
    ),
    Case(
        "celery-receives-sigterm",
        "remapped: by the container, a ConfigMap, the command",
        [
            workload("web", f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, value: SIGQUIT}}]"),
            workload("typo", f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, value: QUIT}}]"),
            workload("map", f"{GEVENT}\nenvFrom: [{{prefix: REMAP_, configMapRef: {{name: stop}}}}]"),
            workload(
                "key",
                f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, valueFrom: {{configMapKeyRef: {{name: stop, key: SIGTERM}}}}}}]",
            ),
            workload("two", f"{GEVENT}\nenv: [{{name: A, value: SIG}}, {{name: REMAP_SIGTERM, value: $(A)INT}}]"),
            workload("argv", "command: [env, REMAP_SIGTERM=SIGQUIT, celery, -A, examx, worker, -Q, a]"),
            workload("text", "command: [sh, -c, 'export REMAP_SIGTERM=SIGQUIT; exec celery -A examx worker -Q b']"),
            obj("ConfigMap", "stop", root="data: {SIGTERM: SIGQUIT}"),
        ],
        [
            f'{APP}.env[0] is "REMAP_SIGTERM=SIGQUIT"; {REMAPPED}',
            f'{APP.replace("/web", "/typo")}.env[0] is "REMAP_SIGTERM=QUIT"; {REMAPPED}',
            f'{APP.replace("/web", "/map")}.envFrom[0] is "REMAP_SIGTERM=SIGQUIT"; {REMAPPED}',
            f'{APP.replace("/web", "/key")}.env[0] is "REMAP_SIGTERM=SIGQUIT"; {REMAPPED}',
            f'{APP.replace("/web", "/two")}.env[1] is "REMAP_SIGTERM=SIGINT"; {REMAPPED}',
            f'{APP.replace("/web", "/argv")}.command is "REMAP_SIGTERM=SIGQUIT"; {REMAPPED}',
            f'{APP.replace("/web", "/text")}.command is "REMAP_SIGTERM=SIGQUIT"; {REMAPPED}',
        ],
    ),
    Case(
        "celery-receives-sigterm",
        "a variable that changes nothing, or is for another program, overridden, unset or unknown",
        [
            workload("same", f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, value: SIGTERM}}]"),
            workload("empty", f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, value: ''}}]"),
            workload("web", "command: [gunicorn, examx.wsgi]\nenv: [{name: REMAP_SIGTERM, value: SIGQUIT}]"),
            workload("beat", f"{BEAT}\nenv: [{{name: REMAP_SIGTERM, value: SIGQUIT}}]"),
            workload("image", "env: [{name: REMAP_SIGTERM, value: SIGQUIT}]"),
            workload(
                "last",
                f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, value: SIGQUIT}}, {{name: REMAP_SIGTERM, value: SIGTERM}}]",
            ),
            workload(
                "over",
                f"{GEVENT}\nenvFrom: [{{configMapRef: {{name: stop}}}}]\nenv: [{{name: REMAP_SIGTERM, value: SIGTERM}}]",
            ),
            workload(
                "secret", f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, valueFrom: {{secretKeyRef: {{name: a, key: b}}}}}}]"
            ),
            workload(
                "unset",
                "command: [sh, -c, 'unset REMAP_SIGTERM; exec celery -A examx worker -Q a']\nenv: [{name: REMAP_SIGTERM, value: SIGQUIT}]",
            ),
            workload("once", f"{GEVENT}\nenv: [{{name: REMAP_SIGTERM, value: SIGQUIT}}]", kind="Job"),
            obj("ConfigMap", "stop", root="data: {REMAP_SIGTERM: SIGQUIT}"),
        ],
    ),
    Case(
        "command-means-what-it-says",
        "programs that end, forget, or wait for a debugger",
        [
            workload("web", f"{GEVENT}\nenv: [{{name: CELERY_WORKER_PURGE, value: 'true'}}]"),
            workload(
                "beat",
                f"{BEAT}\nenv: [{{name: CELERY_BEAT_DETACH, value: '1'}}, {{name: CELERY_VERSION, value: '5.6'}}]",
            ),
            workload(
                "wsgi", "command: [gunicorn, shop.wsgi]\nenv: [{name: GUNICORN_CMD_ARGS, value: --workers 4 --daemon}]"
            ),
            workload("none", "command: [gunicorn, shop.wsgi]\nenv: [{name: WEB_CONCURRENCY, value: auto}]"),
            workload("task", "command: [python, -m, shop]\nenv: [{name: PYTHONINSPECT, value: '1'}]"),
        ],
        [
            (
                f'{APP}.env[0] is "CELERY_WORKER_PURGE=true"; allowed: 0 or false, or no CELERY_WORKER_PURGE;'
                " each worker that starts would delete all tasks that wait"
            ),
            (
                f'{APP.replace("/web", "/beat")}.env[0] is "CELERY_BEAT_DETACH=1"; allowed: 0 or false, or no CELERY_BEAT_DETACH;'
                " celery would start itself in the background, again and again, and its container end with all that runs"
            ),
            (
                f'{APP.replace("/web", "/beat")}.env[1] is "CELERY_VERSION=5.6"; allowed: 0 or false, or no CELERY_VERSION;'
                " celery would print its version, or refuse the value, and end"
            ),
            (
                f'{APP.replace("/web", "/wsgi")}.env[0] is "GUNICORN_CMD_ARGS=--workers 4 --daemon"; allowed: no GUNICORN_CMD_ARGS; gunicorn'
                " reads options from it that no command shows, such as a time to stop outside of the grace period"
            ),
            (
                f'{APP.replace("/web", "/none")}.env[0] is "WEB_CONCURRENCY=auto"; allowed: no WEB_CONCURRENCY; gunicorn takes it for its'
                " number of workers where the command names none, and ends where it is no number"
            ),
            (
                f'{APP.replace("/web", "/task")}.env[0] is "PYTHONINSPECT=1"; allowed: no PYTHONINSPECT; Python would wait for input when'
                " its program has ended, and forget the exit status"
            ),
        ],
    ),
    Case(
        "command-means-what-it-says",
        "what others set on purpose, and what is for another program",
        [
            workload(
                "web",
                "command: [gunicorn, shop.wsgi]\nenv: [{name: GUNICORN_CMD_ARGS, value: --workers 4}, {name: WEB_CONCURRENCY, value: '4'},"
                " {name: PORT, value: '8000'}, {name: PYTHONUNBUFFERED, value: '1'}, {name: PYTHONDONTWRITEBYTECODE, value: '1'},"
                " {name: PYTHONPATH, value: /app}, {name: CELERY_WORKER_PURGE, value: '1'}, {name: CELERY_BROKER_URL, value: 'redis://r'}]",
            ),
            workload(
                "worker",
                f"{GEVENT}\nenv: [{{name: CELERY_WORKER_PURGE, value: '0'}}, {{name: CELERY_WORKER_CONCURRENCY, value: '8'}}]",
            ),
            workload(
                "node",
                "command: [node, server.js]\nenv: [{name: PYTHONINSPECT, value: '1'}, {name: LISTEN_FDS, value: '1'}]",
            ),
        ],
    ),
    Case(
        "beat-is-single",
        "inside a scaled worker, by a variable",
        [
            workload(
                "web",
                "command: [celery, -A, examx, worker]\nenv: [{name: CELERY_WORKER_BEAT, value: 'true'}]",
                spec="replicas: 3",
            )
        ],
        [
            "Deployment dev/web: spec.replicas is 3; allowed: 1; its workers run beat too (-B), so each further one schedules again"
        ],
    ),
    Case(
        "queue-has-one-worker",
        "queues by a variable",
        [
            workload("web", "command: [celery, -A, examx, worker]\nenv: [{name: CELERY_WORKER_QUEUES, value: a}]"),
            workload("two", "command: [celery, -A, examx, worker]\nenv: [{name: CELERY_WORKER_QUEUES, value: b}]"),
        ],
    ),
    Case(
        "grace-period-covers-longest-task",
        "too short, by default and with a pause",
        [
            celery("bulk", annotations=LONG),
            workload("web", PAUSE, pod="terminationGracePeriodSeconds: 910", annotations=LONG),
            workload("odd", annotations="{examx.ai/longest-task-seconds: 15 min}"),
        ],
        [
            (
                "Deployment dev/bulk: spec.template.spec.terminationGracePeriodSeconds is missing, so 30; allowed: 900 or more: the longest"
                " task of 900 s; SIGKILL at the end of the grace period would lose the running task"
            ),
            (
                f"{IN_POD}.terminationGracePeriodSeconds is 910; allowed: 915 or more: the longest task of 900 s plus the pre-stop pause of"
                " 15 s; SIGKILL at the end of the grace period would lose the running task"
            ),
            (
                'Deployment dev/odd: metadata.annotations[examx.ai/longest-task-seconds] is "15 min"; allowed: whole seconds, as a string;'
                " the longest task is compared with the grace period"
            ),
        ],
    ),
    Case(
        "grace-period-covers-longest-task",
        "just long enough",
        [workload("web", PAUSE, pod="terminationGracePeriodSeconds: 915", annotations=LONG), workload("plain")],
    ),
    Case(
        "pre-stop-is-shorter-than-grace-period",
        "as long as it",
        [
            workload("web", "lifecycle: {preStop: {exec: {command: [sh, -c, 'nginx -s quit; sleep 0.5m']}}}"),
            workload("api", "lifecycle: {preStop: {sleep: {seconds: 60}}}", pod="terminationGracePeriodSeconds: 60"),
        ],
        [
            (
                f"{APP}.lifecycle.preStop.exec.command is 30 s; allowed: less than the grace period of 30 s; the process would be killed"
                " without a moment to stop"
            ),
            (
                "Deployment dev/api: spec.template.spec.containers[0].lifecycle.preStop.sleep.seconds is 60 s; allowed: less than the grace"
                " period of 60 s; the process would be killed without a moment to stop"
            ),
        ],
    ),
    Case(
        "pre-stop-is-shorter-than-grace-period",
        "shorter",
        [workload("web", "lifecycle: {preStop: {exec: {command: [sleep, '15']}}}"), workload("api", PAUSE)],
    ),
    Case(
        "redis-is-not-multiplied",
        "a Deployment with replicas, one autoscaled, a StatefulSet autoscaled",
        [
            workload("cache", REDIS_IMAGE, spec="replicas: 3"),
            workload("web", REDIS_TEXT),
            hpa(),
            workload("store", REDIS_IMAGE, kind="StatefulSet"),
            hpa("store", kind="StatefulSet", target="store"),
        ],
        [
            (
                "Deployment dev/cache: spec.replicas is 3; allowed: 1; each pod would be a database of its own, and tasks would vanish"
                " between them"
            ),
            (
                'HorizontalPodAutoscaler dev/web: spec.scaleTargetRef.name is "web"; allowed: anything but a Redis server without'
                " replication; each pod would be a database of its own, and scaling in would delete one"
            ),
            (
                'HorizontalPodAutoscaler dev/store: spec.scaleTargetRef.name is "store"; allowed: anything but a Redis server without'
                " replication; each pod would be a database of its own, and scaling in would delete one"
            ),
        ],
    ),
    Case(
        "redis-is-not-multiplied",
        "replicas of a primary, a cache inside a pod, Sentinels, an exporter",
        [
            workload("replica", f"{REDIS_IMAGE}\nargs: [--replicaof, redis-primary, '6379']", spec="replicas: 3"),
            workload(
                "web",
                pod="containers: [{name: app, image: example/app:1}, {name: cache, image: 'redis:8'}]",
                spec="replicas: 3",
            ),
            workload("sentinel", "image: redis:8\ncommand: [redis-server, /s.conf, --sentinel]", spec="replicas: 3"),
            workload("exporter", "image: example/redis-exporter:1", spec="replicas: 3"),
            workload("store", REDIS_IMAGE, kind="StatefulSet"),
            hpa("store", kind="StatefulSet", target="store"),
        ],
    ),
    Case(
        "nginx-buffers-fit-limit",
        "a body's buffer of 1 MiB for each of 8192 connections, as it was; headers in an included file",
        [
            obj(
                "ConfigMap",
                "nginx",
                root="data: {nginx.conf: \"worker_processes 2;\\nevents {\\n  worker_connections 4096;\\n}\\ninclude more.conf;\", more.conf: 'client_body_buffer_size 1m;'}",
            ),
            workload("web", NGINX, pod=NGINX_FILES),
        ],
        [
            "ConfigMap dev/nginx: data[nginx.conf] is worker_connections 4096; allowed: connections whose buffers fit the limit of 256Mi: 8192 of them may fill 8448Mi; slow clients that hold them all would end nginx"
        ],
    ),
    Case(
        "nginx-buffers-fit-limit",
        "few connections; a limit of requests; a file that nothing includes; no limit",
        [
            obj(
                "ConfigMap",
                "nginx",
                root='data: {nginx.conf: "events {\\n worker_connections 200;\\n}\\nclient_body_buffer_size 1m;"}',
            ),
            workload("few", NGINX, pod=NGINX_FILES),
            workload("none", NGINX.replace("{limits: {memory: 256Mi}}", "{}"), pod=NGINX_FILES),
            obj(
                "ConfigMap",
                "limited",
                root='data: {nginx.conf: "events {\\n worker_connections 2000;\\n}\\nclient_body_buffer_size 1m;\\nlimit_conn all 100;", other.conf: "client_body_buffer_size 9m;"}',
            ),
            workload("limited", NGINX, pod=NGINX_FILES.replace("name: nginx}", "name: limited}")),
        ],
    ),
    Case(
        "redis-is-not-multiplied",
        "replication in a ConfigMap",
        [
            obj("ConfigMap", "redis", root="data: {redis.conf: 'replicaof redis-0.redis 6379'}"),
            workload("store", REDIS_IMAGE, kind="StatefulSet"),
            hpa("store", kind="StatefulSet", target="store"),
        ],
    ),
    Case(
        "redis-is-not-multiplied",
        "a server that a mounted script starts",
        [
            obj("ConfigMap", "redis", root="data: {start.sh: 'exec redis-server /run/redis.conf'}"),
            workload("store", MOUNTED, kind="StatefulSet", pod=MOUNTED_FROM),
            hpa("store", kind="StatefulSet", target="store"),
        ],
        [
            (
                'HorizontalPodAutoscaler dev/store: spec.scaleTargetRef.name is "store"; allowed: anything but a Redis server without'
                " replication; each pod would be a database of its own, and scaling in would delete one"
            )
        ],
    ),
    Case(
        "scratch-space-is-requested",
        "nothing requested, less than the limits, a LimitRange that gives too little, a Job",
        [
            workload("web", pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi}}]"),
            workload(
                "two",
                "resources: {requests: {ephemeral-storage: 1Gi}}",
                pod="volumes: [{name: a, emptyDir: {sizeLimit: 1Gi}}, {name: b, emptyDir: {sizeLimit: 512Mi, medium: ''}}]",
            ),
            obj(
                "LimitRange",
                "limits",
                "limits: [{type: Container, defaultRequest: {ephemeral-storage: 64Mi}}]",
                namespace="stg",
            ),
            workload("small", pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 65Mi}}]", namespace="stg"),
            workload("once", kind="Job", pod="volumes: [{name: tmp, emptyDir: {sizeLimit: '100'}}]"),
        ],
        [
            f"Deployment dev/web: {SIZE_LIMIT} is 1Gi in all; allowed: size limits of 0 in all, or requests of ephemeral-storage for 1Gi; {COUNTED}",
            f"Deployment dev/two: {SIZE_LIMIT} is 1536Mi in all; allowed: size limits of 1Gi in all, or requests of ephemeral-storage for 1536Mi; {COUNTED}",
            f"Deployment stg/small: {SIZE_LIMIT} is 65Mi in all; allowed: size limits of 64Mi in all, or requests of ephemeral-storage for 65Mi; {COUNTED}",
            f"Job dev/once: {SIZE_LIMIT} is 100 in all; allowed: size limits of 0 in all, or requests of ephemeral-storage for 100; {COUNTED}",
        ],
    ),
    Case(
        "scratch-space-is-requested",
        "requested, by a limit, by two containers, by one that initialises, by a LimitRange; in memory; unbounded; unreadable",
        [
            workload(
                "web",
                "resources: {requests: {ephemeral-storage: 1Gi}}",
                pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi}}]",
            ),
            workload(
                "limit",
                "resources: {limits: {ephemeral-storage: 2G}}",
                pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi}}]",
            ),
            workload(
                "two",
                pod="containers: [{name: a, resources: {requests: {ephemeral-storage: 1Gi}}}, {name: b, resources: {requests: {ephemeral-storage: 1Gi}}}]\n"
                "volumes: [{name: tmp, emptyDir: {sizeLimit: 2Gi}}]",
            ),
            workload(
                "first",
                pod="initContainers: [{name: a, resources: {requests: {ephemeral-storage: 2Gi}}}]\nvolumes: [{name: tmp, emptyDir: {sizeLimit: 2Gi}}]",
            ),
            workload(
                "memory",
                pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi, medium: Memory}}, {name: pages, emptyDir: {medium: HugePages, sizeLimit: 1Gi}}]",
            ),
            workload("open", pod="volumes: [{name: tmp, emptyDir: {}}, {name: c, configMap: {name: c}}]"),
            workload(
                "odd",
                "resources: {requests: {ephemeral-storage: much}}",
                pod="volumes: [{name: a, emptyDir: {sizeLimit: 1Gi}}]",
            ),
            workload("none", pod="volumes: [{name: a, emptyDir: {sizeLimit: a lot}}]"),
            obj(
                "LimitRange",
                "limits",
                "limits: [{type: Pod}, {type: Container, default: {ephemeral-storage: 1Gi}}]",
                namespace="stg",
            ),
            workload("given", pod="volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi}}]", namespace="stg"),
        ],
    ),
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
    Case(
        "redis-memory-fits-request",
        "more than half, in a file, an argument, a variable; more than all where nothing forks",
        [
            obj(
                "ConfigMap",
                "redis",
                root="data: {start.sh: 'exec redis-server', redis.conf: \"appendonly yes\\nsave ''\\nmaxmemory 2457mb\\n\"}",
            ),
            workload("store", f"{MOUNTED}\n{TWO_GIB}", kind="StatefulSet", pod=MOUNTED_FROM),
            workload(
                "options", f"{REDIS_IMAGE}\nargs: [redis-server, --maxmemory, 1g]\n{TWO_GIB.replace('2Gi', '1G')}"
            ),
            workload(
                "flags",
                f"{REDIS_IMAGE}\nenv: [{{name: EXTRA_FLAGS, value: '--maxmemory 1025MB'}}]\nresources: {{limits: {{memory: 2Gi}}}}",
            ),
            workload(
                "cache",
                f"{REDIS_IMAGE}\nargs: [redis-server, --save, '', --maxmemory, 2049mb]\n{TWO_GIB}",
            ),
        ],
        [
            (
                "Deployment dev/options: spec.template.spec.containers[0].args is maxmemory 1g; allowed: at most 476mb, half of the"
                f" 1G that Deployment dev/options requests; {DOUBLES}"
            ),
            (
                "Deployment dev/flags: spec.template.spec.containers[0].env[0].value is maxmemory 1025MB; allowed: at most 1024mb,"
                f" half of the 2Gi that Deployment dev/flags requests; {DOUBLES}"
            ),
            (
                "Deployment dev/cache: spec.template.spec.containers[0].args is maxmemory 2049mb; allowed: at most 2048mb, the 2Gi"
                " that Deployment dev/cache requests; a node evicts first what uses more than it requests"
            ),
            (
                "ConfigMap dev/redis: data[redis.conf] is maxmemory 2457mb; allowed: at most 1024mb, half of the 2Gi that"
                f" StatefulSet dev/store requests; {DOUBLES}"
            ),
        ],
    ),
    Case(
        "redis-memory-fits-request",
        "half of it, nothing said, nothing requested, a Sentinel, another program, a comment",
        [
            obj(
                "ConfigMap",
                "redis",
                root="data: {start.sh: 'exec redis-server', redis.conf: \"maxmemory 1gb\\n# maxmemory 9gb\\nmaxmemory-policy noeviction\\n\"}",
            ),
            workload("store", f"{MOUNTED}\n{TWO_GIB}", kind="StatefulSet", pod=MOUNTED_FROM),
            workload("quiet", f"{REDIS_IMAGE}\n{TWO_GIB}"),
            workload("free", f"{REDIS_IMAGE}\nargs: [redis-server, --maxmemory, 9gb]"),
            workload(
                "sentinel", f"image: redis:8\ncommand: [redis-server, s.conf, --sentinel, --maxmemory, 9gb]\n{TWO_GIB}"
            ),
            workload("other", f"image: example/app:1\nargs: [--maxmemory, 9gb]\n{TWO_GIB}"),
            workload("cache", f"{REDIS_IMAGE}\nargs: [redis-server, --save, '\"\"', --maxmemory, 2gb]\n{TWO_GIB}"),
            workload(
                "evicting",
                f"{REDIS_IMAGE}\nargs: [redis-server, --maxmemory, 2gb, --maxmemory-policy, allkeys-lru]\n{TWO_GIB}",
            ),
            workload("odd", f"{REDIS_IMAGE}\nargs: [--maxmemory, 9gb]\nresources: {{requests: {{memory: a lot}}}}"),
        ],
    ),
    Case(
        "disruption-budget-allows-drain",
        "none may go",
        [
            workload(),
            obj("PodDisruptionBudget", "a", f"{BUDGET}\nmaxUnavailable: 0%"),
            obj("PodDisruptionBudget", "b", f"{BUDGET}\nminAvailable: 100%"),
            obj("PodDisruptionBudget", "c", f"{BUDGET}\nminAvailable: 1"),
            obj("PodDisruptionBudget", "d", f"{BUDGET}\nminAvailable: 50%"),
        ],
        [
            (
                'PodDisruptionBudget dev/a: spec.maxUnavailable is "0%"; allowed: 1 or more; a node with one of these pods could never be'
                " drained"
            ),
            *(
                f"PodDisruptionBudget dev/{name}: spec.minAvailable is {value}; allowed: fewer than the pods that run; 1 is the fewest that"
                " run; better, maxUnavailable: 1; no node could be drained"
                for name, value in (("b", '"100%"'), ("c", "1"), ("d", '"50%"'))
            ),
        ],
    ),
    Case(
        "disruption-budget-allows-drain",
        "the autoscaler's minimum",
        [
            workload(),
            hpa(spec="minReplicas: 2\nmaxReplicas: 9"),
            obj("PodDisruptionBudget", "web", f"{BUDGET}\nminAvailable: 2"),
        ],
        [
            (
                "PodDisruptionBudget dev/web: spec.minAvailable is 2; allowed: fewer than the pods that run; 2 is the fewest that run; better,"
                " maxUnavailable: 1; no node could be drained"
            )
        ],
    ),
    Case(
        "disruption-budget-allows-drain",
        "one may go",
        [
            workload(spec="replicas: 3"),
            obj("PodDisruptionBudget", "a", f"{BUDGET}\nmaxUnavailable: 1"),
            obj("PodDisruptionBudget", "b", f"{BUDGET}\nminAvailable: 2"),
            obj("PodDisruptionBudget", "c", f"{BUDGET}\nminAvailable: 50%"),
            obj("PodDisruptionBudget", "d", "selector: {matchLabels: {app: elsewhere}}\nminAvailable: 3"),
            workload("agent", kind="DaemonSet"),
            obj("PodDisruptionBudget", "e", "selector: {matchLabels: {app: agent}}\nminAvailable: 1"),
        ],
    ),
    Case(
        "disruption-budget-has-one-bound",
        "both",
        [obj("PodDisruptionBudget", "web", f"{BUDGET}\nminAvailable: 1\nmaxUnavailable: 1")],
        [
            "PodDisruptionBudget dev/web: spec.minAvailable is 1; allowed: nothing beside maxUnavailable; the two exclude each other"
        ],
    ),
    Case("disruption-budget-has-one-bound", "one", [obj("PodDisruptionBudget", "web", f"{BUDGET}\nmaxUnavailable: 1")]),
    Case(
        "disruption-budget-selects-pods",
        "no pod",
        [
            workload(),
            obj(
                "PodDisruptionBudget",
                "web",
                "selector: {matchLabels: {app: wbe}, matchExpressions: [{key: tier, operator: In, values: [a, b]}]}",
            ),
        ],
        [
            (
                "PodDisruptionBudget dev/web: spec.selector is app=wbe,tier In (a,b); allowed: labels of a workload of the namespace; no pod"
                " has them, so the budget protects nothing"
            )
        ],
    ),
    Case(
        "disruption-budget-selects-pods",
        "a pod by every operator, all pods, and no workloads to see",
        [
            workload(),
            obj(
                "PodDisruptionBudget",
                "web",
                "selector: {matchExpressions: [{key: app, operator: In, values: [web]}, {key: app, operator: Exists},"
                " {key: app, operator: NotIn, values: [x]}, {key: x, operator: DoesNotExist}]}",
            ),
            obj("PodDisruptionBudget", "all", "selector: {}"),
            obj("PodDisruptionBudget", "elsewhere", "selector: {matchLabels: {app: x}}", namespace="stg"),
        ],
    ),
    Case(
        "rollout-can-move",
        "neither out nor in",
        [
            workload(spec="strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 0%}}"),
            workload("agent", kind="DaemonSet", spec="updateStrategy: {rollingUpdate: {maxUnavailable: 0}}"),
        ],
        [
            (
                'Deployment dev/web: spec.strategy.rollingUpdate.maxSurge is "0%"; allowed: 1 or more, beside maxUnavailable 0; no pod may'
                " go and none may come: no rollout ever ends"
            ),
            (
                "DaemonSet dev/agent: spec.updateStrategy.rollingUpdate.maxSurge is missing; allowed: 1 or more, beside maxUnavailable 0; no"
                " pod may go and none may come: no rollout ever ends"
            ),
        ],
    ),
    Case(
        "rollout-can-move",
        "in first",
        [workload(spec="strategy: {rollingUpdate: {maxUnavailable: 0}}"), workload("plain")],
    ),
    Case(
        "selector-matches-own-pods",
        "another label",
        [workload(spec="selector: {matchLabels: {app: website}}")],
        [
            (
                "Deployment dev/web: spec.selector is app=website; allowed: labels that spec.template.metadata.labels has; the workload would"
                " not find its own pods"
            )
        ],
    ),
    Case(
        "selector-matches-own-pods",
        "an operator that does not exist",
        [workload(spec="selector: {matchExpressions: [{key: app, operator: Is}]}")],
        [
            (
                "Deployment dev/web: spec.selector is app Is; allowed: labels that spec.template.metadata.labels has; the workload would not"
                " find its own pods"
            )
        ],
    ),
    Case("selector-matches-own-pods", "its own", [workload(), workload("agent", kind="DaemonSet")]),
    Case(
        "selector-matches-no-other-pods",
        "a StatefulSet of the same label",
        [
            workload("redis", spec="selector: {matchExpressions: [{key: app, operator: Exists}]}"),
            workload("cache", kind="StatefulSet"),
        ],
        [
            (
                "Deployment dev/redis: spec.selector is app Exists; allowed: labels that no other workload of the namespace gives its pods;"
                " StatefulSet dev/cache has them too, so each would count the other's pods"
            )
        ],
    ),
    Case(
        "selector-matches-no-other-pods",
        "other labels, another namespace, a Job, a ReplicaSet of its own",
        [
            workload("web"),
            workload("worker"),
            workload("web", namespace="stg"),
            workload("web", kind="Job"),
            workload("web", kind="ReplicaSet"),
        ],
    ),
    Case(
        "container-names-are-unique",
        "an init container of the same name",
        [workload(pod="initContainers: [{name: app}]")],
        [
            (
                f'{IN_POD}.initContainers[0].name is "app"; allowed: a name that no other container of the pod has;'
                " spec.template.spec.containers[0].name has it already"
            )
        ],
    ),
    Case("container-names-are-unique", "two names", [workload(pod="initContainers: [{name: init}]")]),
    Case(
        "volume-names-are-unique",
        "twice",
        [workload(pod="volumes: [{name: tmp, emptyDir: {}}, {name: tmp, emptyDir: {}}]")],
        [
            (
                f'{IN_POD}.volumes[1].name is "tmp"; allowed: a name that no other volume has; spec.template.spec.volumes[0].name has it'
                " already"
            )
        ],
    ),
    Case("volume-names-are-unique", "two names", [workload(pod="volumes: [{name: a}, {name: b}]")]),
    Case(
        "variables-are-unique",
        "twice",
        [workload(container="env: [{name: A, value: '1'}, {name: A, value: '2'}]")],
        [
            f'{APP}.env[1].name is "A"; allowed: a variable that is set once; spec.template.spec.containers[0].env[0].name has it already'
        ],
    ),
    Case("variables-are-unique", "two variables", [workload(container="env: [{name: A}, {name: B}]")]),
    Case(
        "mount-paths-are-unique",
        "twice",
        [workload(container="volumeMounts: [{name: a, mountPath: /tmp}, {name: b, mountPath: /tmp}]")],
        [
            (
                f'{APP}.volumeMounts[1].mountPath is "/tmp"; allowed: a path where nothing else is mounted;'
                " spec.template.spec.containers[0].volumeMounts[0].mountPath has it already"
            )
        ],
    ),
    Case(
        "mount-paths-are-unique", "two paths", [workload(container="volumeMounts: [{mountPath: /a}, {mountPath: /b}]")]
    ),
    Case(
        "container-ports-are-unique",
        "one number and one name in two containers",
        [
            workload(
                container="ports: [{containerPort: 80, name: http}]",
                pod="initContainers: [{name: proxy, restartPolicy: Always, ports: [{containerPort: 80}, {containerPort: 81, name: http}]}]",
            )
        ],
        [
            (
                f"{IN_POD}.initContainers[0].ports[0].containerPort is 80; allowed: a port that no other container of the pod listens on;"
                " spec.template.spec.containers[0].ports[0].containerPort has it already"
            ),
            (
                f'{IN_POD}.initContainers[0].ports[1].name is "http"; allowed: a port name that is used once in the pod;'
                " spec.template.spec.containers[0].ports[0].name has it already"
            ),
        ],
    ),
    Case(
        "container-ports-are-unique",
        "another protocol, and a container that only initialises",
        [
            workload(
                container="ports: [{containerPort: 53}, {containerPort: 53, protocol: UDP}]",
                pod="initContainers: [{name: init, ports: [{containerPort: 53}]}]",
            )
        ],
    ),
    Case(
        "pod-meets-restricted-standard",
        "nothing set",
        [RESTRICTED, workload()],
        [
            f"{APP}.securityContext.allowPrivilegeEscalation is missing; allowed: false; {REFUSED}",
            f"{APP}.securityContext.runAsNonRoot is missing; allowed: true, on the pod or on the container; {REFUSED}",
            (
                f"{APP}.securityContext.seccompProfile.type is missing; allowed: RuntimeDefault or Localhost, on the pod or on the container;"
                f" {REFUSED}"
            ),
            f"{APP}.securityContext.capabilities.drop is missing; allowed: [ALL]; {REFUSED}",
        ],
    ),
    Case(
        "pod-meets-restricted-standard",
        "everything set wrong",
        [
            RESTRICTED,
            workload(
                container="ports: [{containerPort: 80, hostPort: 80}]\nsecurityContext: {runAsNonRoot: true, runAsUser: 0, privileged: true,"
                " allowPrivilegeEscalation: false, capabilities: {drop: [NET_RAW], add: [SYS_ADMIN]}, seccompProfile: {type: Unconfined}}",
                pod="hostNetwork: true\nsecurityContext: {runAsUser: 0}\nvolumes: [{name: host, hostPath: {path: /}}]",
            ),
        ],
        [
            f"{IN_POD}.hostNetwork is true; allowed: false, or leave it out; {REFUSED}",
            f"{IN_POD}.securityContext.runAsUser is 0; allowed: any user but 0; {REFUSED}",
            (
                f"{IN_POD}.volumes[0].hostPath is a hostPath volume; allowed: a volume of type configMap, csi, downwardAPI, emptyDir, ephemeral,"
                f" image, persistentVolumeClaim, projected, secret; {REFUSED}"
            ),
            f"{APP}.securityContext.privileged is true; allowed: false, or leave it out; {REFUSED}",
            f"{APP}.securityContext.runAsUser is 0; allowed: any user but 0; {REFUSED}",
            (
                f'{APP}.securityContext.seccompProfile.type is "Unconfined"; allowed: RuntimeDefault or Localhost, on the pod or on the'
                f" container; {REFUSED}"
            ),
            f"{APP}.securityContext.capabilities.drop is [NET_RAW]; allowed: [ALL]; {REFUSED}",
            f'{APP}.securityContext.capabilities.add[0] is "SYS_ADMIN"; allowed: NET_BIND_SERVICE alone; {REFUSED}',
            f"{APP}.ports[0].hostPort is 80; allowed: no port of the host; {REFUSED}",
        ],
    ),
    Case(
        "pod-meets-restricted-standard",
        "set on the container, on the pod, or not asked for",
        [
            RESTRICTED,
            workload("one", SECURE, pod="volumes: [{name: tmp, emptyDir: {}}]"),
            workload(
                "two",
                "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}",
                pod="securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}",
            ),
            workload("three", namespace="stg"),
        ],
    ),
    Case(
        "pod-meets-restricted-standard",
        "a guest, and a pod that is none",
        [GUESTS, workload("old-worker"), workload("web", SECURE.replace("runAsUser: 1000", "runAsUser: 0"))],
        [
            (
                f"{APP}.securityContext.runAsUser is 0; allowed: any user but 0; baseline is enforced for the guests of the namespace, and for"
                " no other pod"
            )
        ],
    ),
    Case(
        "namespace-is-restricted",
        "baseline without guests, and nothing at all",
        [
            obj("Namespace", "dev", labels=BASELINE, annotations="{examx.ai/cluster: one}"),
            obj("Namespace", "stg", annotations="{examx.ai/cluster: one}"),
        ],
        [
            (
                'Namespace dev: metadata.labels[pod-security.kubernetes.io/enforce] is "baseline"; allowed: restricted, or baseline beside'
                " the annotation examx.ai/guests; any pod could run as root, without a word for whom"
            ),
            (
                "Namespace stg: metadata.labels[pod-security.kubernetes.io/enforce] is missing; allowed: restricted, or baseline beside"
                " the annotation examx.ai/guests; any pod could run as root, without a word for whom"
            ),
        ],
    ),
    Case(
        "namespace-is-restricted", "baseline for guests, and a foreign namespace", [GUESTS, obj("Namespace", "other")]
    ),
]
