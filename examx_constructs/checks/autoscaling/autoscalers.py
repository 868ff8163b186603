"""Rules on everything that sets a number of replicas."""

from collections import defaultdict
from collections.abc import Iterator

from examx_constructs.checks.absence import is_near, weight_of_absence
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.keda.values import is_open
from examx_constructs.manifests.object_id import ObjectId
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.manifests.scaling import (
    Autoscaler,
    autoscalers,
    owners,
    scaled_objects,
)

_NOT_SCALABLE = frozenset({"DaemonSet", "Job", "CronJob", "Pod"})
_ZERO_SINCE = "1.37"
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})


@rule("KEDA 2.17 ScaledObject specification and admission webhook")
def one_autoscaler_per_target(manifests: Manifests) -> Iterator[Finding]:
    """A workload has one autoscaler.

    KEDA makes an HPA of its own for each ScaledObject; two owners of one number of replicas overwrite each other every
    15 seconds. An HPA that a ScaledObject takes over by name, with the transfer annotation, is not a second owner. Nor
    is the one that KEDA made itself, or a ScaledObject that is paused and so has none.
    """
    by_target: defaultdict[tuple[Scope, str, str, str], dict[ObjectId, Autoscaler]] = defaultdict(dict)
    for each in autoscalers(manifests):
        if each.target_name and not (each.is_paused or each.is_made_by_keda or is_open(each.target_name)):
            group = "apps" if each.target_kind in _WORKLOADS else each.target_group
            by_target[each.scope, group, each.target_kind, each.target_name].setdefault(each.id, each)
    for (_, _, kind, name), by_id in by_target.items():
        rivals = [*by_id.values()]
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
            for owner in [each for each in owners(manifests, pod) if not each.is_paused][:1]:
                yield finding(
                    replicas, "nothing, leave it out", f"every apply would undo what {owner.id.qualified} decided"
                )


@rule("Kubernetes API autoscaling/v2; KEDA 2.17 ScaledObject specification")
def replica_range_is_possible(manifests: Manifests) -> Iterator[Finding]:
    """The fewest replicas are at most the most replicas, and an HPA keeps at least one.

    KEDA's webhook lets min > max through before 2.20; the ScaledObject is then never ready. Its defaults are 0 and 100.
    From Kubernetes 1.37 on an HPA may scale to zero on a metric that needs no pods: an Object or an External one.
    """
    for each in autoscalers(manifests):
        lowest = 0 if each.is_keda or _may_have_none(each) else 1
        if each.low.number is not None and each.low.number < lowest:
            why = "replicas are counted from 0" if each.is_keda else "an HPA cannot scale to zero by default"
            yield finding(each.low, f"{lowest} or more", why)
        if each.maximum is not None and each.maximum < 1:
            yield finding(each.high, "1 or more", "a workload that may never have a replica cannot scale")
        elif each.maximum is not None and each.minimum > each.maximum:
            yield finding(
                each.low, f"at most {each.high.path}, {each.maximum}", "no number of replicas lies in the range"
            )


def _may_have_none(autoscaler: Autoscaler) -> bool:
    """Return whether an HPA may scale to zero: the gate HPAScaleToZero is on by default since 1.37."""
    kinds = {metric["type"].text for metric in autoscaler.resource.spec["metrics"]}
    return autoscaler.resource.versions.kubernetes_has(_ZERO_SINCE) and bool(kinds & {"Object", "External"})


@rule("KEDA 2.17 ScaledObject specification")
def idle_replicas_are_zero(manifests: Manifests) -> Iterator[Finding]:
    """A ScaledObject idles at 0 replicas and below its minimum, or has no idle count: nothing else works in KEDA."""
    for each in scaled_objects(manifests):
        idle = each.resource.spec["idleReplicaCount"]
        if idle.present and idle.number != 0:
            yield finding(idle, "0, or leave it out", "KEDA supports no other idle count")
        elif idle.present and each.low.number is None:
            yield finding(
                idle, "an idle count below minReplicaCount, which is 0 here", "there is nothing to fall to when idle"
            )


@rule("Kubernetes API autoscaling/v2, CrossVersionObjectReference")
def autoscaler_target_exists(manifests: Manifests) -> Iterator[Finding]:
    """An autoscaler's target is in its own namespace and can be scaled.

    A missing target is a finding where the set defines a workload of that kind in the namespace. A set that holds none
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
            known = manifests.names(each.target_kind, each.scope)
            yield finding(
                each.target["name"],
                f"a {each.target_kind} of the same namespace",
                "nothing in these manifests has that name",
                severity=weight_of_absence(manifests, each.scope, slipped=is_near(each.target_name, known)),
            )


@rule("Kubernetes v1.34, scaleForResourceMappings in pkg/controller/podautoscaler; KEDA 2.17, ParseGVKR")
def autoscaler_target_kind_is_served(manifests: Manifests) -> Iterator[Finding]:
    """The apiVersion and kind of a target are ones that the API server has: `apps/v1` and Deployment.

    Nothing checks the reference when it is applied. The controller then finds no such kind, and scales nothing. An HPA
    without an apiVersion looks in the core group, where no Deployment is.
    """
    by_spelling = {kind.casefold(): kind for kind in _WORKLOADS}
    for each in autoscalers(manifests):
        kind, version = each.target["kind"], each.target["apiVersion"]
        meant = by_spelling.get(each.target_kind.casefold().removesuffix("s"))
        if meant is not None and each.target_kind != meant:
            yield finding(
                kind, f"{meant}, most likely", "kinds are told apart by every letter, and there is no such one"
            )
        elif each.target_kind in _WORKLOADS and each.target_group != "apps" and not is_open(version.text):
            why = f"there is no {each.target_kind} in that group, and the autoscaler finds nothing to scale"
            yield finding(version, "apps/v1", why)


@rule("KEDA 2.17 to 2.21 admission webhook, verifyScaledObjects")
def keda_hpa_is_its_own(manifests: Manifests) -> Iterator[Finding]:
    """No two ScaledObjects of a namespace name the same HPA: KEDA's webhook refuses the second one."""
    seen: dict[tuple[Scope, str], Autoscaler] = {}
    for each in scaled_objects(manifests):
        first = seen.setdefault((each.scope, each.hpa_name), each)
        if first.id != each.id and each.id.name:
            place = each.resource.spec.at("advanced", "horizontalPodAutoscalerConfig", "name")
            named = place if place.present else each.resource.metadata["name"]
            yield finding(
                named,
                f"an HPA that no other ScaledObject has; {first.id.qualified} has {each.hpa_name}",
                "KEDA refuses it",
            )


def _is_missing(manifests: Manifests, autoscaler: Autoscaler) -> bool:
    if manifests.find(autoscaler.target_kind, autoscaler.target_name, autoscaler.scope) is not None:
        return False
    shown = manifests.in_scope(autoscaler.target_kind, autoscaler.scope)
    complete = autoscaler.resource.complete and any(each.complete for each in shown)
    if is_open(autoscaler.target_name) or any(is_open(each.name) for each in shown):
        return False
    return complete and autoscaler.target_name not in manifests.names(autoscaler.target_kind, autoscaler.scope)
