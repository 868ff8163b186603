"""Quotas and default sizes of a namespace."""

from tests.unit.checks.support import NAMESPACE, Case, Object, hpa, obj, workload

SIZED = "resources: {requests: {cpu: 500m, memory: 1Gi}, limits: {memory: 2Gi}}"


def quota(hard: str, more: str = "") -> Object:
    return obj("ResourceQuota", "quota", f"hard: {{{hard}}}\n{more}") | {"apiVersion": "v1"}


def limits(item: str) -> Object:
    return obj("LimitRange", "sizes", f"limits: [{{type: Container, {item}}}]")


QUOTA = f"ResourceQuota {NAMESPACE}/quota: spec.hard"
RANGE = f"LimitRange {NAMESPACE}/sizes: spec.limits[0]"
BEYOND = "the API server refuses pods beyond it, and the last ones are never made"
FEWEST = "which the fewest pods of the workloads take"

CASES = [
    Case(
        "quota-holds-workloads",
        "three pods of a gibibyte in two",
        [quota("requests.memory: 2Gi"), workload("web", SIZED, spec="replicas: 3")],
        [f'{QUOTA}[requests.memory] is "2Gi"; allowed: at least 3072Mi, {FEWEST}; {BEYOND}'],
    ),
    Case(
        "quota-holds-workloads",
        "what an autoscaler keeps counts, and a limit where nothing is requested",
        [
            quota("cpu: '1', limits.memory: 4Gi, pods: '2'"),
            workload("web", "resources: {limits: {cpu: 400m, memory: 1Gi}}"),
            hpa("web", "minReplicas: 3\nmaxReplicas: 9"),
        ],
        [
            f'{QUOTA}.cpu is "1"; allowed: at least 1200m, {FEWEST}; {BEYOND}',
            f'{QUOTA}.pods is "2"; allowed: at least 3, {FEWEST}; {BEYOND}',
        ],
    ),
    Case(
        "quota-holds-workloads",
        "three pods of a gibibyte in three",
        [quota("requests.memory: 3Gi"), workload("web", SIZED, spec="replicas: 3")],
    ),
    Case(
        "quota-holds-workloads",
        "an init container that is larger than what runs later, beside a native sidecar",
        [
            quota("requests.memory: 2Gi"),
            workload(
                "web",
                SIZED,
                pod="initContainers:\n"
                "- {name: proxy, image: 'a:1', restartPolicy: Always, resources: {requests: {memory: 512Mi}}}\n"
                "- {name: fetch, image: 'a:1', resources: {requests: {memory: 2Gi}}}\n",
            ),
        ],
        [f'{QUOTA}[requests.memory] is "2Gi"; allowed: at least 2560Mi, {FEWEST}; {BEYOND}'],
    ),
    Case(
        "quota-holds-workloads",
        "an init container that is smaller than what runs later",
        [
            quota("requests.memory: 1536Mi"),
            workload(
                "web",
                SIZED,
                pod="initContainers:\n"
                "- {name: fetch, image: 'a:1', resources: {requests: {memory: 1Gi}}}\n"
                "- {name: proxy, image: 'a:1', restartPolicy: Always, resources: {requests: {memory: 512Mi}}}\n",
            ),
        ],
    ),
    Case(
        "quota-holds-workloads",
        "a Job runs when there is room, a DaemonSet where there are nodes",
        [quota("requests.memory: 1Gi"), *(workload(kind.lower(), SIZED, kind=kind) for kind in ("Job", "DaemonSet"))],
    ),
    Case(
        "quota-holds-workloads",
        "a quota of some pods alone",
        [
            quota("requests.memory: 1Gi", "scopes: [BestEffort]"),
            workload("web", SIZED, spec="replicas: 3"),
        ],
    ),
    Case(
        "limit-range-is-possible",
        "a request above the limit",
        [limits("defaultRequest: {memory: 1Gi}, default: {memory: 512Mi}")],
        [f'{RANGE}.defaultRequest.memory is "1Gi"; allowed: at most 512Mi, the default; the API server refuses it'],
    ),
    Case(
        "limit-range-is-possible",
        "a default above the most",
        [limits("default: {cpu: '2'}, max: {cpu: 1500m}")],
        [f'{RANGE}.default.cpu is "2"; allowed: at most 1500m, the max; the API server refuses it'],
    ),
    Case(
        "limit-range-is-possible",
        "a request below the limit",
        [limits("defaultRequest: {memory: 256Mi}, default: {memory: 512Mi}, max: {memory: 1Gi}")],
    ),
]
