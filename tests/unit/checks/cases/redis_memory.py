"""Cases of the rules on the memory of Redis."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.redis import MOUNTED, MOUNTED_FROM, REDIS_IMAGE
from tests.unit.checks.support import Case, obj, workload

TWO_GIB = "resources: {requests: {memory: 2Gi}, limits: {memory: 4Gi}}"
DOUBLES = "a fork that writes the data doubles what changes meanwhile, and a node evicts first what uses more than it requests"

CASES = [
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
]
