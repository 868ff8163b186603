"""Rules on everything that sets a number of replicas."""

from collections import defaultdict
from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.manifests.scaling import (
    RESOURCE_TRIGGERS,
    Autoscaler,
    autoscalers,
    owners,
    scaled_objects,
    target_pod,
)

_NOT_SCALABLE = frozenset({"DaemonSet", "Job", "CronJob", "Pod"})
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})
_LONGEST_WINDOW = 3600
_LONGEST_PERIOD = 1800


@rule("KEDA 2.17 ScaledObject specification and admission webhook")
def one_autoscaler_per_target(manifests: Manifests) -> Iterator[Finding]:
    """A workload has one autoscaler.

    KEDA makes an HPA of its own for each ScaledObject; two owners of one number of replicas overwrite each other every
    15 seconds. An HPA that a ScaledObject takes over by name, with the transfer annotation, is not a second owner.
    """
    by_target: defaultdict[tuple[Scope, str, str], list[Autoscaler]] = defaultdict(list)
    for each in autoscalers(manifests):
        if each.target_name:
            by_target[each.scope, each.target_kind, each.target_name].append(each)
    for (_, kind, name), rivals in by_target.items():
        first, *others = [each for each in rivals if not any(other.adopts(each) for other in rivals)] or rivals
        for other in others:
            yield finding(
                other.target["name"],
                f"a target that no other autoscaler has; {first.id.qualified} scales {kind} {name} already",
                "two autoscalers of one workload undo each other's work",
            )


@rule("Kubernetes documentation, Horizontal Pod Autoscaling")
def no_replicas_under_autoscaler(manifests: Manifests) -> Iterator[Finding]:
    """A workload that an autoscaler owns states no replicas: every apply would reset the autoscaler's number."""
    for pod in manifests.pods:
        replicas = pod.owner.at("spec", "replicas")
        if replicas.present:
            for owner in owners(manifests, pod)[:1]:
                yield finding(
                    replicas, "nothing, leave it out", f"every apply would undo what {owner.id.qualified} decided"
                )


@rule("Kubernetes documentation, Horizontal Pod Autoscaling; KEDA 2.17 CPU and memory scalers")
def utilization_needs_requests(manifests: Manifests) -> Iterator[Finding]:
    """Scaling on a share of the request needs that request on every container of the target.

    One container without it leaves the utilization undefined, and the autoscaler does nothing. ContainerResource
    metrics and KEDA's containerName look at their container alone. A limit stands in for a request that is left out,
    and so does a LimitRange's default.
    """
    for each in autoscalers(manifests):
        pod = target_pod(manifests, each)
        for resource, only in _utilization_metrics(each) if pod else ():
            if pod and not _has_default(manifests, each.scope, resource):
                yield from _without_request(pod, resource, only, each)


def _utilization_metrics(autoscaler: Autoscaler) -> Iterator[tuple[str, str]]:
    """The resource and the container ("" for all) of each metric that is measured against requests."""
    for trigger in autoscaler.triggers:
        if trigger["type"].text in RESOURCE_TRIGGERS:
            yield trigger["type"].text, trigger.at("metadata", "containerName").text
    if autoscaler.resource.spec["targetCPUUtilizationPercentage"].present:
        yield "cpu", ""
    for metric in autoscaler.resource.spec["metrics"]:
        for source in (metric["resource"], metric["containerResource"]):
            share = source.at("target", "averageUtilization").present or source["targetAverageUtilization"].present
            if share and source["name"].text:
                yield source["name"].text, source["container"].text


def _without_request(pod: Pod, resource: str, only: str, autoscaler: Autoscaler) -> Iterator[Finding]:
    if pod.spec.at("resources", "requests", resource).present:
        return
    for container in pod.containers:
        resources = container["resources"]
        has_request = resources["requests"].has(resource) or resources["limits"].has(resource)
        if not has_request and only in ("", container["name"].text):
            yield finding(
                resources.at("requests", resource),
                f"a {resource} request on container {container['name'].text}",
                f"{autoscaler.id.qualified} scales on a share of it, and without one the share is undefined and "
                "nothing scales",
            )


def _has_default(manifests: Manifests, scope: Scope, resource: str) -> bool:
    return any(
        limit["default"].has(resource) or limit["defaultRequest"].has(resource)
        for each in manifests.in_scope("LimitRange", scope)
        for limit in each.spec["limits"]
    )


@rule("Kubernetes API autoscaling/v2; KEDA 2.17 ScaledObject specification")
def replica_range_is_possible(manifests: Manifests) -> Iterator[Finding]:
    """The fewest replicas are at most the most replicas, and an HPA keeps at least one.

    KEDA's webhook lets min > max through before 2.20; the ScaledObject is then never ready. Its defaults are 0 and 100.
    """
    for each in autoscalers(manifests):
        if each.low.number is not None and each.low.number < (lowest := 0 if each.is_keda else 1):
            why = "replicas are counted from 0" if each.is_keda else "an HPA cannot scale to zero by default"
            yield finding(each.low, f"{lowest} or more", why)
        if each.maximum is not None and each.maximum < 1:
            yield finding(each.high, "1 or more", "a workload that may never have a replica cannot scale")
        elif each.maximum is not None and each.minimum > each.maximum:
            yield finding(
                each.low, f"at most {each.high.path}, {each.maximum}", "no number of replicas lies in the range"
            )


@rule("KEDA 2.17 ScaledObject specification")
def idle_replicas_are_zero(manifests: Manifests) -> Iterator[Finding]:
    """A ScaledObject idles at 0 replicas and below its minimum, or has no idle count: nothing else works in KEDA."""
    for each in scaled_objects(manifests):
        idle = each.resource.spec["idleReplicaCount"]
        if idle.present and idle.number != 0:
            yield finding(idle, "0, or leave it out", "KEDA supports no other idle count")
        elif idle.present and each.minimum < 1:
            yield finding(
                idle, "an idle count below minReplicaCount, which is 0 here", "there is nothing to fall to when idle"
            )


@rule("Kubernetes API autoscaling/v2, HPAScalingRules")
def scaling_windows_are_in_range(manifests: Manifests) -> Iterator[Finding]:
    """Stabilization windows are 0 to 3600 seconds and policy periods 1 to 1800: the API server refuses the rest."""
    for each in autoscalers(manifests):
        for direction in (each.behavior["scaleUp"], each.behavior["scaleDown"]):
            windows = [(direction["stabilizationWindowSeconds"], 0, _LONGEST_WINDOW)]
            periods = [(policy["periodSeconds"], 1, _LONGEST_PERIOD) for policy in direction["policies"]]
            for node, lowest, highest in [*windows, *periods]:
                if node.number is not None and not lowest <= node.number <= highest:
                    yield finding(node, f"{lowest} to {highest} seconds", "the API server refuses anything else")


@rule("Kubernetes API autoscaling/v2, CrossVersionObjectReference")
def autoscaler_target_exists(manifests: Manifests) -> Iterator[Finding]:
    """An autoscaler's target is in its own namespace and can be scaled.

    A missing target is a finding where the set defines a workload of that kind in the namespace; a set that holds none
    leaves its workloads to somebody else.
    """
    for each in autoscalers(manifests):
        if each.target_kind in _NOT_SCALABLE:
            yield finding(
                each.target["kind"],
                "a kind with a scale subresource, such as Deployment or StatefulSet",
                "this kind cannot be scaled",
            )
        elif each.target_kind in _WORKLOADS and _is_missing(manifests, each):
            yield finding(
                each.target["name"],
                f"a {each.target_kind} of the same namespace",
                "nothing in these manifests has that name",
            )


def _is_missing(manifests: Manifests, autoscaler: Autoscaler) -> bool:
    shown = manifests.in_scope(autoscaler.target_kind, autoscaler.scope)
    complete = autoscaler.resource.complete and any(each.complete for each in shown)
    return complete and autoscaler.target_name not in manifests.names(autoscaler.target_kind, autoscaler.scope)
