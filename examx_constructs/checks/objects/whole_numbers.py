"""A rule on fields that hold whole numbers."""

from collections.abc import Iterator
from typing import NamedTuple, cast

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.paths import Tree, all_fit, places, tree
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

_LARGEST = 2**31 - 1
_LAST_PORT = 65535
_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob")


class _Range(NamedTuple):
    low: int
    high: int = _LARGEST

    def __str__(self) -> str:
        return f"{self.low} to {self.high}" if self.high != _LARGEST else f"{self.low} or more"


_COUNT, _SIGNED, _PORT, _PORT_OR_NONE = _Range(0), _Range(-_LARGEST), _Range(1, _LAST_PORT), _Range(0, _LAST_PORT)
_MODE = _Range(0, 0o777)
_VOLUMES = ("configMap", "secret", "downwardAPI", "projected")
_TIMES = ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")

# What is out of range in a probe has a rule of its own, and so have replicas of autoscalers: there the type counts.
_CONTAINER = {
    "ports[*].containerPort": _PORT,
    "ports[*].hostPort": _PORT_OR_NONE,
    "lifecycle.preStop.sleep.seconds": _COUNT,
    "lifecycle.postStart.sleep.seconds": _COUNT,
    **{f"{probe}.{field}": _SIGNED for probe in _PROBES for field in _TIMES},
    **{f"securityContext.{field}": _COUNT for field in ("runAsUser", "runAsGroup")},
}
_POD = {
    "terminationGracePeriodSeconds": _COUNT,
    "activeDeadlineSeconds": _Range(1),
    **{f"volumes[*].{source}.defaultMode": _MODE for source in _VOLUMES},
    **{f"volumes[*].{source}.items[*].mode": _MODE for source in _VOLUMES[:3]},
    "topologySpreadConstraints[*].maxSkew": _Range(1),
    "topologySpreadConstraints[*].minDomains": _Range(1),
    **{f"securityContext.{field}": _COUNT for field in ("runAsUser", "runAsGroup", "fsGroup")},
}
_OF_JOBS = (
    *("backoffLimit", "parallelism", "completions", "activeDeadlineSeconds", "ttlSecondsAfterFinished"),
    *("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"),
)
_WORKLOAD = {
    f"spec.{field}": _COUNT
    for field in ("replicas", "revisionHistoryLimit", "minReadySeconds", "progressDeadlineSeconds", *_OF_JOBS)
} | {f"spec.jobTemplate.spec.{field}": _COUNT for field in _OF_JOBS}
_OTHERS = {
    "Service": {"spec.ports[*].port": _PORT, "spec.ports[*].nodePort": _PORT_OR_NONE},
    "HorizontalPodAutoscaler": {"spec.minReplicas": _SIGNED, "spec.maxReplicas": _SIGNED},
}

_KINDS = {**dict.fromkeys(_WORKLOADS, tree(_WORKLOAD)), **{kind: tree(fields) for kind, fields in _OTHERS.items()}}
_OF_POD, _OF_CONTAINER = tree(_POD), tree(_CONTAINER)


@rule("Kubernetes v1.34 API reference (int32, int64) and pkg/apis/core/validation")
def number_is_whole(manifests: Manifests) -> Iterator[Finding]:
    """What counts replicas, seconds, ports and users is a whole number without quotes, in its range.

    The API server refuses `"3"`, `60s` and `2.5` in such a field, ports beyond 65535, and fewer than none.
    """
    for kind, fields in _KINDS.items():
        for resource in manifests.kind(kind):
            yield from _checked(resource.root, fields)
    for pod in manifests.pods:
        yield from _checked(pod.spec, _OF_POD)
        for container in pod.all_containers:
            yield from _checked(container, _OF_CONTAINER)


def _checked(node: Node, fields: Tree) -> Iterator[Finding]:
    if all_fit(node.value, fields, _is_in):
        return
    for place, allowed in places(node, fields):
        if not is_placeholder(place.text) and not _is_in(place.value, allowed):
            what = "a whole number" if allowed is _SIGNED else f"a whole number, {allowed}"
            quotes = ", without quotes" if place.text.isdecimal() else ""
            yield finding(place, f"{what}{quotes}", "the API server refuses it")


def _is_in(value: object, allowed: _Range) -> bool:
    if value.__class__ is int:
        return allowed.low <= cast("int", value) <= allowed.high
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return False
    return allowed.low <= value <= allowed.high
