"""Rules on rollouts and node drains."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator

from examx_constructs.checks.absence import is_near, is_set_as_it_runs, weight_of_absence
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.choices import Choices
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import ObjectId
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.manifests.scaling import fewest_replicas
from examx_constructs.manifests.selection import lacking, selected
from examx_constructs.manifests.selectors import is_empty, matches, written

_COUNTED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})


def amount(node: Node, of: int) -> int | None:
    """Return a number of pods given as a number or a percentage, which rounds up; None where it is neither."""
    percentage = re.fullmatch(r"(\d+)%", node.text)
    return math.ceil(int(percentage[1]) * of / 100) if percentage else node.number


def _is_zero(node: Node) -> bool:
    return amount(node, 100) == 0


@rule("Kubernetes documentation, Specifying a Disruption Budget for your Application")
def disruption_budget_allows_drain(manifests: Manifests) -> Iterator[Finding]:
    """A PodDisruptionBudget lets at least one pod go while the workload has its fewest replicas.

    One that never does blocks every node drain, and so every upgrade of the cluster.
    """
    for budget in manifests.kind("PodDisruptionBudget"):
        low, high = budget.spec["minAvailable"], budget.spec["maxUnavailable"]
        if high.present and _is_zero(high):
            yield finding(high, "1 or more", "a node with one of these pods could never be drained")
        pods = _covered(manifests, budget)
        counted = bool(pods) and all(pod.workload.kind in _COUNTED for pod in pods)
        fewest = sum(max(fewest_replicas(manifests, pod), 1) for pod in pods)
        needed = amount(low, fewest)
        if low.text == "100%" or (counted and needed is not None and needed >= fewest):
            least = f"; {fewest} is the fewest that run" if counted else ""
            yield finding(
                low, f"fewer than the pods that run{least}; better, maxUnavailable: 1", "no node could be drained"
            )


def _covered(manifests: Manifests, budget: Resource) -> list[Pod]:
    """Return the workloads whose pods a budget selects all; without a selector it selects none."""
    selector = budget.spec["selector"]
    found = selected(manifests, budget.scope, selector) if selector.present else []
    return [pod for pod in found if matches(selector, pod.labels)]


@rule("Kubernetes API policy/v1 PodDisruptionBudgetSpec")
def disruption_budget_has_one_bound(manifests: Manifests) -> Iterator[Finding]:
    """A PodDisruptionBudget has minAvailable or maxUnavailable: the API server refuses both."""
    for budget in manifests.kind("PodDisruptionBudget"):
        if budget.spec["minAvailable"].present and budget.spec["maxUnavailable"].present:
            yield finding(budget.spec["minAvailable"], "nothing beside maxUnavailable", "the two exclude each other")


@rule("Kubernetes documentation, Specifying a Disruption Budget for your Application")
def disruption_budget_selects_pods(manifests: Manifests) -> Iterator[Finding]:
    """A PodDisruptionBudget selects pods: with a selector that matches none it protects nothing.

    Labels count that controllers add to their pods. It is a warning where the pods may be in manifests that are not
    given.
    """
    for budget in manifests.kind("PodDisruptionBudget"):
        selector = budget.spec["selector"]
        if is_empty(selector) or not (budget.complete and manifests.shows_all_pods(budget.scope)):
            continue
        if not selected(manifests, budget.scope, selector) and not is_placeholder(written(selector)):
            pods = manifests.pods_in(budget.scope)
            wanted = len(list(selector["matchLabels"].entries()))
            lacks = (lacking(selector, pod) for pod in pods)
            if any(each and len(each) < wanted and is_set_as_it_runs(each) for each in lacks):
                continue
            known = {label for pod in pods for label in (*pod.labels, *pod.labels.values())}
            asked = [text for key, value in selector["matchLabels"].entries() for text in (key, value.text)]
            yield finding(
                selector,
                "labels of a workload of the namespace",
                "no pod has them, so the budget protects nothing",
                value=written(selector),
                severity=weight_of_absence(
                    manifests, budget.scope, slipped=any(is_near(each, known) for each in asked if each not in known)
                ),
            )


@rule("Kubernetes 1.34 pkg/registry/core/pod/storage/eviction.go; Kubernetes documentation, API-initiated Eviction")
def disruption_budget_is_the_only_one(manifests: Manifests) -> Iterator[Finding]:
    """A pod is under one PodDisruptionBudget: with two, the eviction API answers 500, and its node is never drained.

    It is a warning between files that define a workload twice, where one is applied.
    """
    choices = Choices(manifests)
    told: set[tuple[Resource, Resource]] = set()
    for budgets in _by_scope(manifests).values():
        for pod, sharing in _shared(manifests, budgets):
            for first, other in _pairs(sharing, pod):
                if (first, other) not in told and manifests.meet(first, other):
                    told.add((first, other))
                    why = f"{first.id.qualified} selects those of {pod.workload.qualified} too"
                    yield _second_budget(other, why, _weight(choices, first, other))
        alike: dict[str, Resource] = {}
        for budget in budgets:
            same = alike.setdefault(written(budget.spec["selector"]), budget)
            known = same is budget or (same, budget) in told or not budget.spec["selector"].present
            if not known and manifests.meet(same, budget):
                told.add((same, budget))
                yield _second_budget(
                    budget, f"{same.id.qualified} has the same selector", _weight(choices, same, budget)
                )


def _weight(choices: Choices, one: Resource, other: Resource) -> Severity:
    return Severity.WARNING if choices.between(one, other) else Severity.ERROR


def _second_budget(budget: Resource, why: str, severity: Severity) -> Finding:
    return finding(
        budget.spec["selector"],
        f"labels of pods that no other budget selects; {why}",
        "the eviction API refuses pods of two budgets, and no node with one could be drained",
        value=written(budget.spec["selector"]) or "every pod of the namespace",
        severity=severity,
    )


def _by_scope(manifests: Manifests) -> dict[Scope, list[Resource]]:
    """Return the budgets that meet in each scope; one that is defined twice is one budget."""
    found: dict[Scope, list[Resource]] = {}
    for scope in dict.fromkeys(budget.scope for budget in manifests.kind("PodDisruptionBudget")):
        meeting: dict[ObjectId, Resource] = {}
        for budget in manifests.in_scope("PodDisruptionBudget", scope):
            meeting.setdefault(budget.id, budget)
        found[scope] = list(meeting.values())
    return found


def _shared(manifests: Manifests, budgets: list[Resource]) -> Iterator[tuple[Pod, list[Resource]]]:
    """Yield the pods that several budgets select, with these in their order.

    Without a selector a budget selects none, with an empty one every pod (policy/v1 PodDisruptionBudgetSpec).
    """
    over: defaultdict[Pod, list[Resource]] = defaultdict(list)
    for budget in budgets:
        selector = budget.spec["selector"]
        for pod in selected(manifests, budget.scope, selector) if selector.present else ():
            over[pod].append(budget)
    for pod, sharing in over.items():
        if len(sharing) > 1:
            yield pod, sharing


def _pairs(sharing: list[Resource], pod: Pod) -> Iterator[tuple[Resource, Resource]]:
    """Yield the budgets that share pods of a workload, each with one that covers all of them by their template.

    Another may choose some of these by a label that a controller adds, such as their index. Two that both choose by
    such labels may choose different ones, and are left alone.
    """
    whole = next((each for each in sharing if matches(each.spec["selector"], pod.labels)), None)
    for each in sharing if whole is not None else ():
        if whole is not None and each is not whole:
            yield (whole, each) if sharing.index(whole) < sharing.index(each) else (each, whole)


@rule("Kubernetes API apps/v1 RollingUpdateDeployment")
def rollout_can_move(manifests: Manifests) -> Iterator[Finding]:
    """A rolling update may remove or add a pod: with maxUnavailable and maxSurge both 0 it can do neither."""
    for workload in manifests.kind("Deployment", "DaemonSet"):
        strategy = "strategy" if workload.kind == "Deployment" else "updateStrategy"
        rolling = workload.spec.at(strategy, "rollingUpdate")
        surge = rolling["maxSurge"]
        surges = surge.present or workload.kind == "Deployment"
        if _is_zero(rolling["maxUnavailable"]) and (_is_zero(surge) or not surges):
            yield finding(
                surge, "1 or more, beside maxUnavailable 0", "no pod may go and none may come: no rollout ever ends"
            )
