"""From manifests to policies: a ScaledObject or an HPA, and the workload that it scales.

Defaults are those of KEDA 2.17.2 (apis/keda/v1alpha1, pkg/scaling/executor) and of Kubernetes 1.34.4
(pkg/apis/autoscaling/v2/defaults.go, and v1).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from examx_constructs.manifests import Manifests, Node, Pod, Versions
from examx_constructs.manifests.scaling import Autoscaler, autoscalers, owners, target_pod
from examx_constructs.manifests.versions import PINNED
from examx_constructs.scaling.behavior import behavior_of
from examx_constructs.scaling.errors import ScalingError
from examx_constructs.scaling.fields import choice, thousandths, whole
from examx_constructs.scaling.policy import (
    Fallback,
    FallbackBehavior,
    HpaPolicy,
    KedaPolicy,
    Policy,
    ResourceMetric,
    Trigger,
)
from examx_constructs.scaling.triggers import LISTS, RESOURCES, external, own_container, resource
from examx_constructs.scaling.workers import Workers, workers_of

_PAUSED = "autoscaling.keda.sh/paused"
_PAUSED_REPLICAS = "autoscaling.keda.sh/paused-replicas"
_LATER_ANNOTATIONS = (
    "autoscaling.keda.sh/paused-scale-in",
    "autoscaling.keda.sh/paused-scale-out",
    "autoscaling.keda.sh/force-activation",
)
_EXECUTOR_CHANGED = "2.18"
"""The version of KEDA from which on pauses and fallbacks are not those of 2.17."""
_BOUNDS = "replicas are whole"
_DEFAULT_CPU = 80
_FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})


@dataclass(frozen=True, slots=True)
class Scaling:
    """An autoscaler and what it scales: what a simulation needs of manifests."""

    name: str
    policy: Policy
    workers: Workers
    queue: str = ""
    """The list that is counted; empty where a number from elsewhere is, or none."""
    versions: Versions = PINNED
    """What it was read for."""


def scalings(manifests: Manifests) -> Iterator[Scaling]:
    """Yield every autoscaler of the set whose triggers count tasks. Raises ScalingError."""
    for each in autoscalers(manifests):
        if any(trigger["type"].text not in RESOURCES for trigger in each.triggers):
            yield scaling_of(manifests, each)


def scaling_of(manifests: Manifests, autoscaler: Autoscaler, *, concurrency: int | None = None) -> Scaling:
    """Return an autoscaler of the set. Raises ScalingError for what is wrong, not there, or not modelled."""
    pod = target_pod(manifests, autoscaler)
    if pod is None:
        raise ScalingError.at(autoscaler.target["name"], "a workload beside it", "what it scales has to be known")
    _refuse_others(manifests, autoscaler, pod)
    workers = workers_of(pod, concurrency=concurrency)
    versions = autoscaler.resource.versions
    policy = policy_of(autoscaler, container=workers.container, versions=versions)
    return Scaling(autoscaler.resource.name, policy, workers, _queue(autoscaler), versions)


def policy_of(autoscaler: Autoscaler, *, container: str = "", versions: Versions = PINNED) -> Policy:
    """Return the figures of an autoscaler alone, whose workers run in that container. Raises ScalingError."""
    if autoscaler.is_keda:
        return _keda(autoscaler, container, versions)
    return _hpa(autoscaler, container)


def _refuse_others(manifests: Manifests, autoscaler: Autoscaler, pod: Pod) -> None:
    """Refuse two autoscalers of one workload. The HPA that KEDA made, as a cluster shows it, is none of its own."""
    for each in owners(manifests, pod):
        made = any(owner["kind"].text == "ScaledObject" for owner in each.resource.metadata["ownerReferences"])
        if each.id != autoscaler.id and not made and not autoscaler.adopts(each) and not each.adopts(autoscaler):
            raise ScalingError.at(
                each.target["name"],
                f"another workload than that of the {autoscaler.id}",
                "each undoes the other's steps",
            )


def _queue(autoscaler: Autoscaler) -> str:
    lists = [each["metadata"]["listName"] for each in autoscaler.triggers if each["type"].text in LISTS]
    for each in lists[1:]:
        if each.text != lists[0].text:
            raise ScalingError.at(each, f'"{lists[0].text}"', "one list of tasks is modelled for a workload")
    return lists[0].text if lists else ""


def _bounds(autoscaler: Autoscaler) -> tuple[int, int]:
    low = whole(autoscaler.low, autoscaler.minimum, _BOUNDS, low=0 if autoscaler.is_keda else 1)
    high = whole(autoscaler.high, autoscaler.maximum if autoscaler.is_keda else None, _BOUNDS, low=1)
    if low > high:
        raise ScalingError.at(autoscaler.low, f"at most {high}, the most replicas", "there is no number between them")
    return low, high


def _keda(autoscaler: Autoscaler, container: str, versions: Versions) -> KedaPolicy:
    spec, triggers = autoscaler.resource.spec, autoscaler.triggers
    if not triggers:
        raise ScalingError.at(spec["triggers"], "at least one trigger", "there is nothing to scale on")
    modifiers = spec.at("advanced", "scalingModifiers")
    if list(modifiers.entries()):
        raise ScalingError.at(modifiers, "none", "formulas over triggers are not modelled")
    low, high = _bounds(autoscaler)
    outside = tuple(external(each) for each in triggers if each["type"].text not in RESOURCES)
    inside = tuple(resource(each, container) for each in triggers if each["type"].text in RESOURCES)
    if not outside and low == 0:
        raise ScalingError.at(autoscaler.low, "1 or more", "its cpu and memory triggers cannot be measured at zero")
    metrics = (*(each.metric for each in outside), *inside)
    hpa = HpaPolicy(max(low, 1), high, metrics, behavior_of(autoscaler.behavior))
    idle = whole(spec["idleReplicaCount"], -1, _BOUNDS)
    if idle >= low and idle >= 0:
        raise ScalingError.at(spec["idleReplicaCount"], f"less than the least, {low}", "KEDA refuses others")
    paused_at, is_paused = _pause(autoscaler.resource.annotations, versions)
    return KedaPolicy(
        hpa,
        outside,
        minimum=low,
        polling=whole(spec["pollingInterval"], 30, "KEDA looks again after it", low=1),
        cooldown=whole(spec["cooldownPeriod"], 300, "it is in seconds"),
        initial_cooldown=whole(spec["initialCooldownPeriod"], 0, "it is in seconds"),
        idle=None if idle < 0 else idle,
        fallback=_fallback(spec["fallback"], outside, versions),
        paused_at=paused_at,
        is_paused=is_paused,
    )


def _fallback(node: Node, triggers: tuple[Trigger, ...], versions: Versions) -> Fallback | None:
    if not node.present:
        return None
    if versions.keda_has(_EXECUTOR_CHANGED):
        raise ScalingError.at(node, "none", "fallbacks are modelled as KEDA 2.17 has them, and later ones differ")
    behavior = choice(node["behavior"], tuple(FallbackBehavior), FallbackBehavior.STATIC, "KEDA knows no other")
    threshold = whole(node["failureThreshold"], None, "a fallback needs both of its numbers")
    replicas = whole(node["replicas"], None, "a fallback needs both of its numbers")
    if not any(each.metric.per_pod for each in triggers):
        raise ScalingError.at(node, "one beside a trigger of metricType AverageValue", "no trigger can fall back")
    return Fallback(threshold, replicas, FallbackBehavior(behavior))


def _pause(annotations: Node, versions: Versions) -> tuple[int | None, bool]:
    """Return the replicas that an annotation holds, and whether one stops everything."""
    held, stopped = annotations[_PAUSED_REPLICAS], annotations[_PAUSED]
    if versions.keda_has(_EXECUTOR_CHANGED):
        for each in (held, stopped, *(annotations[name] for name in _LATER_ANNOTATIONS)):
            if each.present:
                raise ScalingError.at(each, "none", "pauses are modelled as KEDA 2.17 has them, and later ones differ")
    if held.present:
        if not held.text.isdecimal():
            raise ScalingError.at(held, "a whole number, as a text", "KEDA scales to it and stops")
        return int(held.text), False
    # What is no truth value pauses too (`NeedToBePausedByAnnotation`).
    return None, stopped.present and stopped.text not in _FALSE


def _hpa(autoscaler: Autoscaler, container: str) -> HpaPolicy:
    low, high = _bounds(autoscaler)
    spec = autoscaler.resource.spec
    if autoscaler.resource.root["apiVersion"].text == "autoscaling/v1":
        target = whole(spec["targetCPUUtilizationPercentage"], _DEFAULT_CPU, "it is a share of the request", low=1)
        return HpaPolicy(low, high, (ResourceMetric("cpu", target),), None)
    metrics = tuple(_metric(each, container) for each in spec["metrics"])
    return HpaPolicy(low, high, metrics or (ResourceMetric("cpu", _DEFAULT_CPU),), behavior_of(autoscaler.behavior))


def _metric(node: Node, container: str) -> ResourceMetric:
    kinds = {"Resource": "resource", "ContainerResource": "containerResource"}
    if node["type"].text not in kinds:
        raise ScalingError.at(
            node["type"], "Resource or ContainerResource", "what answers an HPA of its own for others is not modelled"
        )
    source = node[kinds[node["type"].text]]
    if source["name"].text not in RESOURCES:
        raise ScalingError.at(source["name"], "cpu or memory", "pods are modelled with these alone")
    own_container(source["container"], container)
    target = source["target"]
    if target["averageValue"].present:
        why = "replicas are what is used divided by it"
        return ResourceMetric(source["name"].text, thousandths(target["averageValue"], why), utilization=False)
    return ResourceMetric(
        source["name"].text, whole(target["averageUtilization"], None, "it is a share of the request", low=1)
    )
