"""Cases of the rules on requests, limits and the quantities in them."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from examx_constructs.manifests import Versions
from tests.unit.checks.support import APP, IN_POD, Case, obj, workload

REFUSED = "the API server refuses it"
FORM = "digits with a suffix of Kubernetes: Ki, Mi, Gi (powers of 1024), k, M, G (of 1000), m (a thousandth)"
NAMES = "cpu, memory, ephemeral-storage, hugepages-SIZE, or domain/name of a device"


def asks(requests: str, limits: str = "") -> str:
    return f"resources: {{requests: {{{requests}}}, limits: {{{limits}}}}}"


CASES = [
    Case(
        "request-fits-limit",
        "more memory than the limit",
        [workload(container=asks("memory: 512Mi", "memory: 256Mi"))],
        [f'{APP}.resources.requests.memory is "512Mi"; allowed: at most the limit, 256Mi; {REFUSED}'],
    ),
    Case(
        "request-fits-limit",
        "less memory than the limit",
        [workload(container=asks("memory: 256Mi", "memory: 512Mi"))],
    ),
    Case(
        "request-fits-limit",
        "written otherwise, huge pages, a device, an init container, the pod as a whole",
        [
            workload(container=asks("cpu: 1.5, ephemeral-storage: 2Gi", "cpu: 1200m, ephemeral-storage: 2G")),
            workload("huge", asks("hugepages-2Mi: 64Mi, memory: 1Gi", "hugepages-2Mi: 128Mi")),
            workload("gpu", asks("nvidia.com/gpu: 1")),
            workload("job", kind="CronJob", pod=f"initContainers: [{{name: a, {asks('cpu: 2', 'cpu: 1')}}}]"),
            workload("whole", pod=asks("memory: 2Gi", "memory: 1Gi")),
        ],
        [
            f"{APP}.resources.requests.cpu is 1.5; allowed: at most the limit, 1200m; {REFUSED}",
            f'{APP}.resources.requests.ephemeral-storage is "2Gi"; allowed: at most the limit, 2G; {REFUSED}',
            f'Deployment dev/huge: spec.template.spec.containers[0].resources.requests.hugepages-2Mi is "64Mi"; allowed: the limit, 128Mi; hugepages-2Mi cannot be shared, and {REFUSED}',
            f"Deployment dev/gpu: spec.template.spec.containers[0].resources.requests[nvidia.com/gpu] is 1; allowed: a limit of nvidia.com/gpu equal to it; nvidia.com/gpu cannot be shared, and {REFUSED}",
            f'Deployment dev/whole: spec.template.spec.resources.requests.memory is "2Gi"; allowed: at most the limit, 1Gi; {REFUSED}',
            f"CronJob dev/job: spec.jobTemplate.spec.template.spec.initContainers[0].resources.requests.cpu is 2; allowed: at most the limit, 1; {REFUSED}",
        ],
    ),
    Case(
        "request-fits-limit",
        "equal by amount, one of both, what cannot be read",
        [
            workload(container=asks("cpu: 1, memory: 1024Mi", "cpu: 1000m, memory: 1Gi")),
            workload("one", asks("cpu: 4", "memory: 1Gi")),
            workload("gpu", asks("nvidia.com/gpu: 1", "nvidia.com/gpu: '1'")),
            workload("limit", asks("", "nvidia.com/gpu: 1, hugepages-1Gi: 2Gi, memory: 1Gi")),
            workload("odd", asks("cpu: '${CPU}', memory: 1x", "cpu: 1, memory: 1Mi")),
            workload("null", "resources: {requests: null, limits: {cpu: 1}}"),
        ],
    ),
    Case(
        "resource-name-is-known",
        "a plural",
        [workload(container=asks("cpus: 1"))],
        [f"{APP}.resources.requests.cpus is 1; allowed: {NAMES}; there is no resource cpus, and {REFUSED}"],
    ),
    Case("resource-name-is-known", "one CPU", [workload(container=asks("cpu: 1"))]),
    Case(
        "resource-name-is-known",
        "storage and gpu",
        [workload(container=asks("storage: 1Gi", "gpu: 1"))],
        [
            f'{APP}.resources.requests.storage is "1Gi"; allowed: {NAMES}; there is no resource storage, and {REFUSED}',
            f"{APP}.resources.limits.gpu is 1; allowed: {NAMES}; there is no resource gpu, and {REFUSED}",
        ],
    ),
    Case(
        "resource-name-is-known",
        "devices, huge pages, a claim's storage",
        [
            workload(
                container=asks("", "nvidia.com/gpu: 1, hugepages-2Mi: 2Mi, memory: 1Gi, vpc.amazonaws.com/pod-eni: 1")
            ),
            obj("PersistentVolumeClaim", "data", "resources: {requests: {storage: 1Gi}}"),
        ],
    ),
    Case(
        "pod-resources-hold-containers",
        "less than its containers",
        [
            workload(
                container=asks("memory: 1Gi", "cpu: 2"),
                pod=f"{asks('memory: 1Gi', 'cpu: 1')}\ninitContainers: [{{name: proxy, restartPolicy: Always, {asks('memory: 64Mi')}}}]",
            )
        ],
        [
            f'{IN_POD}.resources.requests.memory is "1Gi"; allowed: what the containers request together, or more: 1140850688; {REFUSED}',
            f"{APP}.resources.limits.cpu is 2; allowed: at most the limit of the pod, 1; {REFUSED}",
        ],
    ),
    Case(
        "pod-resources-hold-containers",
        "as much as its containers",
        [
            workload(
                container=asks("memory: 1Gi", "cpu: 1"),
                pod=f"{asks('memory: 1Gi', 'cpu: 1')}\ninitContainers: [{{name: first, {asks('memory: 512Mi')}}}]",
            )
        ],
    ),
    Case(
        "pod-resources-hold-containers",
        "before there was such a field",
        [workload(container=asks("memory: 2Gi"), pod=asks("memory: 1Gi"))],
        versions=Versions("1.33"),
    ),
    Case(
        "limit-range-admits-containers",
        "above the most",
        [
            obj("LimitRange", "limits", "limits: [{type: Container, max: {memory: 1Gi}}]"),
            workload(container=asks("memory: 512Mi", "memory: 2Gi")),
        ],
        [
            f'{APP}.resources.limits.memory is "2Gi"; allowed: at most the max of LimitRange dev/limits, 1Gi; the namespace admits no pod of it'
        ],
    ),
    Case(
        "limit-range-admits-containers",
        "within it",
        [
            obj("LimitRange", "limits", "limits: [{type: Container, max: {memory: 2Gi}}]"),
            workload(container=asks("memory: 512Mi", "memory: 2Gi")),
        ],
    ),
    Case(
        "limit-range-admits-containers",
        "below the least, above the default limit",
        [
            obj(
                "LimitRange",
                "limits",
                "limits: [{type: Container, min: {cpu: 100m}, default: {memory: 256Mi}, defaultRequest: {memory: 128Mi}}, {type: Pod, max: {cpu: 1}}]",
            ),
            workload(container=asks("cpu: 50m, memory: 512Mi", "cpu: 2")),
        ],
        [
            f'{APP}.resources.requests.cpu is "50m"; allowed: at least the min of LimitRange dev/limits, 100m; the namespace admits no pod of it',
            f'{APP}.resources.requests.memory is "512Mi"; allowed: at most the default limit of LimitRange dev/limits, 256Mi, or a limit of its own; a container without a limit gets the default, below its request, and the namespace admits no pod of it',
        ],
    ),
    Case(
        "limit-range-admits-containers",
        "a limit of its own, another namespace, nothing asked for",
        [
            obj("LimitRange", "limits", "limits: [{type: Container, default: {memory: 256Mi}, max: {memory: 4Gi}}]"),
            workload(container=asks("memory: 512Mi", "memory: 1Gi")),
            workload("none"),
            workload("web", asks("memory: 8Gi"), namespace="stg"),
        ],
    ),
]
