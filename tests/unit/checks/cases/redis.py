"""Cases of the rules on how many Redis servers there are."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, hpa, obj, workload

REDIS_IMAGE = "image: docker.io/library/redis:8"
MOUNTED = "image: redis:8\ncommand: [sh, /etc/redis/start.sh]\nvolumeMounts: [{name: config, mountPath: /etc/redis/}]"
MOUNTED_FROM = "volumes: [{name: config, configMap: {name: redis}}]"
REDIS_TEXT = "image: example/base:1\ncommand: [sh, -c, 'exec redis-server /etc/redis.conf']"

CASES = [
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
]
