"""Rules on everything that sets a number of replicas."""

from collections import defaultdict
from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.manifests.scaling import (
    Autoscaler,
    autoscalers,
    owners,
    scaled_objects,
)

_NOT_SCALABLE = frozenset({"DaemonSet", "Job", "CronJob", "Pod"})
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})


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
