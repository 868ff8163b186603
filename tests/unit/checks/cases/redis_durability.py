"""Cases of Redis servers that hold tasks, of majorities, and of beat's file."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import APP, Case, Object, celery, obj, scaler, workload

EVICTS = "noeviction; a full server would throw queued tasks away"
FORGETS = "yes; accepted tasks would be on the volume only now and then"
REDIS = "image: redis:8\n"
CLAIM = "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"
MOUNTED = "volumeMounts: [{name: data, mountPath: /data}]"
MAJORITY = "decides by majority, and a drain could take it away"
BEAT = "command: [celery, -A, shop, beat"
READ_ONLY = "securityContext: {readOnlyRootFilesystem: true}"
WRITE = "`-s` with a file in a volume that can be written, such as an emptyDir at /tmp; the root is read-only, and beat ends when it cannot write its file"
TMP = "volumeMounts: [{name: tmp, mountPath: /tmp}]"
TMP_VOLUME = "volumes: [{name: tmp, emptyDir: {}}]"
SEPARATE = "each pod would be a database of its own, and tasks would vanish between them"


def sentinels(command: str = "[redis-sentinel, /s.conf]", replicas: int = 3, name: str = "web") -> Object:
    return workload(name, f"image: redis:8\ncommand: {command}", kind="StatefulSet", spec=f"replicas: {replicas}")


def budget(bounds: str, name: str = "web") -> Object:
    return obj("PodDisruptionBudget", name, f"selector: {{matchLabels: {{app: {name}}}}}\n{bounds}")


CASES = [
    Case(
        "broker-keeps-its-tasks",
        "evicted as in a cache",
        [celery("worker"), workload(container=f"{REDIS}args: [--maxmemory-policy, allkeys-lru]")],
        [f"{APP}.args is maxmemory-policy allkeys-lru; allowed: {EVICTS}"],
    ),
    Case(
        "broker-keeps-its-tasks",
        "refused when it is full",
        [celery("worker"), workload(container=f"{REDIS}args: [--maxmemory-policy, noeviction]")],
    ),
    Case(
        "broker-keeps-its-tasks",
        "by a file, beside a ScaledObject; a volume without the append-only file",
        [
            scaler(target="worker"),
            obj("ConfigMap", "redis", root='data: {redis.conf: "maxmemory 1gb\\nmaxmemory-policy allkeys-lfu\\n"}'),
            workload(
                container=f"{REDIS}volumeMounts: [{{name: config, mountPath: /etc/redis}}]",
                pod="volumes: [{name: config, configMap: {name: redis}}]",
            ),
            workload("kept", f"{REDIS}command: [redis-server, --appendonly, 'no']\n{MOUNTED}", pod=CLAIM),
        ],
        [
            f"ConfigMap dev/redis: data[redis.conf] is maxmemory-policy allkeys-lfu; allowed: {EVICTS}",
            f"Deployment dev/kept: spec.template.spec.containers[0].command is appendonly no; allowed: {FORGETS}",
        ],
    ),
    Case(
        "broker-keeps-its-tasks",
        "a cache where no worker is, keys with a time alone, no volume, a remark, another program",
        [
            workload("cache", f"{REDIS}args: [--maxmemory-policy, allkeys-lru]", namespace="cache"),
            celery("worker"),
            workload("volatile", f"{REDIS}args: [--maxmemory-policy, volatile-lru]"),
            workload("short", f"{REDIS}args: [--appendonly, 'no']"),
            workload("proxy", "image: example/proxy:1\nargs: [--maxmemory-policy, allkeys-lru]"),
            obj("ConfigMap", "redis", root='data: {redis.conf: "# maxmemory-policy allkeys-lru is for caches\\n"}'),
            workload(
                "file",
                f"{REDIS}volumeMounts: [{{name: config, mountPath: /etc/redis}}]",
                pod="volumes: [{name: config, configMap: {name: redis}}]",
            ),
        ],
    ),
    Case(
        "redis-is-not-multiplied",
        "three pods of a StatefulSet",
        [workload(container=REDIS, kind="StatefulSet", spec="replicas: 3")],
        [f"StatefulSet dev/web: spec.replicas is 3; allowed: 1; {SEPARATE}"],
    ),
    Case(
        "redis-is-not-multiplied",
        "an image that is told to replicate",
        [
            workload(
                container="image: bitnami/redis:8\nenv: [{name: REDIS_REPLICATION_MODE, value: master}]",
                kind="StatefulSet",
                spec="replicas: 3",
            )
        ],
    ),
    Case(
        "disruption-budget-keeps-majority",
        "two of three Sentinels",
        [sentinels(), budget("maxUnavailable: 2")],
        [
            f"PodDisruptionBudget dev/web: spec.maxUnavailable is 2; allowed: at most 1 of 3; StatefulSet dev/web {MAJORITY}"
        ],
    ),
    Case("disruption-budget-keeps-majority", "one of three Sentinels", [sentinels(), budget("maxUnavailable: 1")]),
    Case(
        "disruption-budget-keeps-majority",
        "too few kept, a share, etcd, a script",
        [
            sentinels("[redis-server, /s.conf, --sentinel]", 5),
            budget("minAvailable: 2"),
            workload("etcd", "image: registry.k8s.io/etcd:3.6.0-0", kind="StatefulSet", spec="replicas: 3"),
            budget("maxUnavailable: 50%", "etcd"),
            obj("ConfigMap", "scripts", root='data: {sentinel.sh: "exec redis-server /run/s.conf --sentinel"}'),
            workload(
                "script",
                "command: [sh, /etc/redis/sentinel.sh]\nvolumeMounts: [{name: s, mountPath: /etc/redis}]",
                kind="StatefulSet",
                spec="replicas: 3",
                pod="volumes: [{name: s, configMap: {name: scripts}}]",
            ),
            budget("minAvailable: 1", "script"),
        ],
        [
            f"PodDisruptionBudget dev/web: spec.minAvailable is 2; allowed: 3 or more of 5; StatefulSet dev/web {MAJORITY}",
            f'PodDisruptionBudget dev/etcd: spec.maxUnavailable is "50%"; allowed: at most 1 of 3; StatefulSet dev/etcd {MAJORITY}',
            f"PodDisruptionBudget dev/script: spec.minAvailable is 1; allowed: 2 or more of 3; StatefulSet dev/script {MAJORITY}",
        ],
    ),
    Case(
        "disruption-budget-keeps-majority",
        "a web server, one Sentinel, two of five, pods unseen",
        [
            workload(spec="replicas: 3"),
            budget("maxUnavailable: 2"),
            sentinels(replicas=1, name="one"),
            budget("maxUnavailable: 1", "one"),
            sentinels(replicas=5, name="five"),
            budget("maxUnavailable: 40%", "five"),
            budget("maxUnavailable: 2", "gone"),
        ],
    ),
    Case(
        "beat-can-write-its-schedule",
        "into the read-only root",
        [workload(container=f"{BEAT}, -s, /app/schedule]\n{READ_ONLY}")],
        [f"{APP}.command is celery beat with its schedule in /app/schedule; allowed: {WRITE}"],
    ),
    Case(
        "beat-can-write-its-schedule",
        "into an emptyDir",
        [workload(container=f"{BEAT}, -s, /tmp/schedule]\n{READ_ONLY}\n{TMP}", pod=TMP_VOLUME)],
    ),
    Case(
        "beat-can-write-its-schedule",
        "nowhere in particular, into a read-only mount, into a ConfigMap, beside a worker",
        [
            workload("one", f"{BEAT}]\n{READ_ONLY}\n{TMP}", pod=TMP_VOLUME),
            workload(
                "two",
                f"{BEAT}, --schedule=/tmp/a]\n{READ_ONLY}\nvolumeMounts: [{{name: tmp, mountPath: /tmp, readOnly: true}}]",
                pod=TMP_VOLUME,
            ),
            workload(
                "three",
                f"{BEAT}]\nworkingDir: /etc/x\n{READ_ONLY}\nvolumeMounts: [{{name: tmp, mountPath: /etc}}]",
                pod="volumes: [{name: tmp, configMap: {name: a}}]",
            ),
            workload(
                "four", f"command: [sh, -c, 'exec celery -A shop beat -s schedule']\nworkingDir: /app\n{READ_ONLY}"
            ),
        ],
        [
            f"Deployment dev/one: spec.template.spec.containers[0].command is celery beat with its schedule in the working directory; allowed: {WRITE}",
            f"Deployment dev/two: spec.template.spec.containers[0].command is celery beat with its schedule in /tmp/a; allowed: {WRITE}",
            f"Deployment dev/three: spec.template.spec.containers[0].command is celery beat with its schedule in /etc/x/celerybeat-schedule; allowed: {WRITE}",
            f"Deployment dev/four: spec.template.spec.containers[0].command is celery beat with its schedule in /app/schedule; allowed: {WRITE}",
        ],
    ),
    Case(
        "beat-can-write-its-schedule",
        "a writable root, a database, a variable, a claim, a worker",
        [
            workload("one", f"{BEAT}, -s, /app/schedule]"),
            workload("two", f"{BEAT}, -S, 'django_celery_beat.schedulers:DatabaseScheduler']\n{READ_ONLY}"),
            workload("three", f"{BEAT}, -s, $(SCHEDULE)]\n{READ_ONLY}"),
            workload("four", f"{BEAT}]\nworkingDir: /data\n{READ_ONLY}\n{MOUNTED}", pod=CLAIM),
            workload("five", f"command: [celery, -A, shop, worker]\n{READ_ONLY}"),
        ],
    ),
]
