"""Cases of the rules on scaling by a share of what containers request."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from examx_constructs.manifests import Versions
from tests.unit.checks.cases.keda import CPU_TRIGGER
from tests.unit.checks.support import APP, Case, Object, hpa, obj, scaler, workload

LIMITS = "resources: {limits: {cpu: 1, memory: 1Gi}}"
CPU = "maxReplicas: 3\nmetrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]"
AVERAGE = "maxReplicas: 3\nmetrics: [{type: Resource, resource: {name: cpu, target: {type: AverageValue, averageValue: 500m}}}]"
SIDECAR_CPU = (
    "maxReplicas: 3\nmetrics: [{type: ContainerResource, containerResource:"
    " {name: cpu, container: app, target: {type: Utilization, averageUtilization: 70}}}]"
)
BARE_SIDECAR = "initContainers: [{name: proxy, image: example/proxy:1, restartPolicy: Always}]"
POD_REQUEST, POD_LIMIT = "resources: {requests: {cpu: 1}}", "resources: {limits: {cpu: 1}}"
SHARE = "scales on a share of it, and without one the share is undefined and nothing scales"
KEDA_2_21, KUBERNETES_1_33 = Versions(keda="2.21"), Versions(kubernetes="1.33")
NO_REQUEST = f"{APP}.resources.requests.cpu is missing; allowed: a cpu request on container app"


def refused(version: str) -> str:
    """The finding where KEDA's webhook alone is in the way."""
    return f"{NO_REQUEST}; ScaledObject dev/web scales on a share of it, and KEDA {version} refuses it: its webhook looks at containers alone"


def cpu_trigger(container: str = "") -> Object:
    """A ScaledObject on cpu, of one container or all."""
    named = f", containerName: {container}" if container else ""
    return scaler(triggers=f"[{{type: cpu, metricType: Utilization, metadata: {{value: '70'{named}}}}}]")


CASES = [
    Case(
        "utilization-needs-requests",
        "a native sidecar without requests",
        [workload(container=LIMITS, pod=BARE_SIDECAR), hpa(spec=CPU)],
        [
            (
                "Deployment dev/web: spec.template.spec.initContainers[0].resources.requests.cpu is missing; allowed: a cpu"
                " request on container proxy; HorizontalPodAutoscaler dev/web scales on a share of it, and without one the share"
                " is undefined and nothing scales"
            )
        ],
    ),
    Case(
        "utilization-needs-requests",
        "a KEDA memory trigger",
        [workload(), scaler(triggers="[{type: memory, metadata: {value: '80'}}]")],
        [
            (
                "Deployment dev/web: spec.template.spec.containers[0].resources.requests.memory is missing; allowed: a memory"
                " request on container app; ScaledObject dev/web scales on a share of it, and without one the share is undefined"
                " and nothing scales"
            )
        ],
    ),
    Case(
        "utilization-needs-requests",
        "the old version of the API",
        [workload(), hpa(spec="targetCPUUtilizationPercentage: 50")],
        [
            (
                "Deployment dev/web: spec.template.spec.containers[0].resources.requests.cpu is missing; allowed: a cpu request on"
                " container app; HorizontalPodAutoscaler dev/web scales on a share of it, and without one the share is undefined"
                " and nothing scales"
            )
        ],
    ),
    Case("utilization-needs-requests", "a limit stands in", [workload(container=LIMITS), hpa(spec=CPU)]),
    Case(
        "utilization-needs-requests",
        "another container's metric",
        [workload(container=LIMITS, pod=BARE_SIDECAR), hpa(spec=SIDECAR_CPU)],
    ),
    Case(
        "utilization-needs-requests",
        "a request of the pod",
        [workload(pod="resources: {requests: {cpu: 1}}"), hpa(spec=CPU)],
    ),
    Case(
        "utilization-needs-requests",
        "a default of the namespace",
        [workload(), hpa(spec=CPU), obj("LimitRange", "l", "limits: [{type: Container, defaultRequest: {cpu: 1}}]")],
    ),
    Case(
        "utilization-needs-requests",
        "no metric is 80 % of cpu",
        [workload(), hpa()],
        [f"{NO_REQUEST}; HorizontalPodAutoscaler dev/web {SHARE}"],
    ),
    Case("utilization-needs-requests", "an average that is no share", [workload(), hpa(spec=AVERAGE)]),
    Case(
        "utilization-needs-requests",
        "a request of the pod, which the server does not know yet",
        [workload(pod=POD_REQUEST), hpa(spec=CPU)],
        [f"{NO_REQUEST}; HorizontalPodAutoscaler dev/web {SHARE}"],
        KUBERNETES_1_33,
    ),
    Case(
        "utilization-needs-requests",
        "a request of the pod, and the metric of a container",
        [workload(pod=POD_REQUEST), hpa(spec=SIDECAR_CPU)],
        [f"{NO_REQUEST}; HorizontalPodAutoscaler dev/web {SHARE}"],
    ),
    Case(
        "utilization-needs-requests",
        "a request of the pod, under KEDA",
        [workload(pod=POD_REQUEST), cpu_trigger()],
        [refused("2.17")],
    ),
    Case(
        "utilization-needs-requests",
        "a limit of the pod, under KEDA",
        [workload(pod=POD_LIMIT), cpu_trigger()],
        [refused("2.20")],
        Versions(keda="2.20"),
    ),
    Case(
        "utilization-needs-requests",
        "a request of the pod, and KEDA's containerName",
        [workload(pod=POD_REQUEST), cpu_trigger("app")],
        [f"{NO_REQUEST}; ScaledObject dev/web {SHARE}"],
        KEDA_2_21,
    ),
    Case(
        "utilization-needs-requests",
        "a request of memory for the pod is none of cpu",
        [workload(pod="resources: {requests: {memory: 1Gi}}"), hpa(spec=CPU)],
        [f"{NO_REQUEST}; HorizontalPodAutoscaler dev/web {SHARE}"],
    ),
    Case(
        "utilization-needs-requests",
        "a request of nothing, under KEDA",
        [workload(container="resources: {requests: {cpu: 0}}"), cpu_trigger()],
        [refused("2.17").replace("requests.cpu is missing", "requests.cpu is 0")],
    ),
    Case(
        "utilization-needs-requests",
        "a default for pods is none for containers",
        [workload(), cpu_trigger(), obj("LimitRange", "l", "limits: [{type: Pod, default: {cpu: 1}}]")],
        [f"{NO_REQUEST}; ScaledObject dev/web {SHARE}"],
    ),
    Case(
        "utilization-needs-requests",
        "a limit of the pod, which fills its request in",
        [workload(pod=POD_LIMIT), hpa(spec=CPU)],
    ),
    Case(
        "utilization-needs-requests",
        "a limit of the pod, beside containers that request",
        [
            workload(
                container="resources: {requests: {cpu: 1}}", pod=f"{BARE_SIDECAR}\nresources: {{limits: {{cpu: 2}}}}"
            ),
            hpa(spec=CPU),
        ],
    ),
    Case(
        "utilization-needs-requests",
        "the pod's own, where KEDA looks at it",
        [workload(pod=POD_REQUEST), cpu_trigger()],
        versions=KEDA_2_21,
    ),
    Case(
        "utilization-needs-requests",
        "a limit stands in, under KEDA",
        [
            workload(container=LIMITS),
            cpu_trigger(),
            workload("api", LIMITS),
            scaler("api", target="api", triggers=f"[{CPU_TRIGGER}]"),
        ],
    ),
    Case(
        "measured-container-exists",
        "no such container, of an HPA and of KEDA",
        [
            workload(container=LIMITS),
            hpa(spec=SIDECAR_CPU.replace("container: app", "container: web")),
            cpu_trigger("worker"),
        ],
        [
            'HorizontalPodAutoscaler dev/web: spec.metrics[0].containerResource.container is "web"; allowed: a container of Deployment web: app; the HPA finds no usage of it, and nothing scales',
            'ScaledObject dev/web: spec.triggers[0].metadata.containerName is "worker"; allowed: a container of Deployment web: app; the HPA finds no usage of it, and nothing scales',
        ],
    ),
    Case(
        "measured-container-exists",
        "one that only initialises",
        [workload(pod="initContainers: [{name: migrate}]"), cpu_trigger("migrate")],
        [
            'ScaledObject dev/web: spec.triggers[0].metadata.containerName is "migrate"; allowed: a container of Deployment web: app; the HPA finds no usage of it, and nothing scales'
        ],
    ),
    Case(
        "measured-container-exists",
        "it is there, as a sidecar too",
        [workload(pod=BARE_SIDECAR), hpa(spec=SIDECAR_CPU), cpu_trigger("proxy")],
    ),
    Case(
        "measured-container-exists",
        "what a mesh adds, what is filled in later, and an unseen target",
        [
            workload(),
            cpu_trigger("istio-proxy"),
            cpu_trigger("'${CONTAINER}'"),
            hpa("api", SIDECAR_CPU.replace("app", "api"), target="api"),
        ],
    ),
]
