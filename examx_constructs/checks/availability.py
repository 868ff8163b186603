"""Rules on rollouts and node drains."""

import math
import re
from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.manifests.scaling import fewest_replicas
from examx_constructs.manifests.selectors import is_empty, matches, written

_COUNTED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})


def _amount(node: Node, of: int) -> int | None:
    """A number of pods given as a number or a percentage, which rounds up; None where it is neither."""
    percentage = re.fullmatch(r"(\d+)%", node.text)
    return math.ceil(int(percentage[1]) * of / 100) if percentage else node.number


def _is_zero(node: Node) -> bool:
    return _amount(node, 100) == 0


@rule("Kubernetes documentation, Specifying a Disruption Budget for your Application")
def disruption_budget_allows_drain(manifests: Manifests) -> Iterator[Finding]:
    """A PodDisruptionBudget lets at least one pod go while the workload has its fewest replicas.

    One that never does blocks every node drain, and so every upgrade of the cluster.
    """
    for budget in manifests.kind("PodDisruptionBudget"):
        low, high = budget.spec["minAvailable"], budget.spec["maxUnavailable"]
        if high.present and _is_zero(high):
            yield finding(high, "1 or more", "a node with one of these pods could never be drained")
        selected = [pod for pod in manifests.pods_in(budget.scope) if _selects(budget, pod)]
        counted = bool(selected) and all(pod.workload.kind in _COUNTED for pod in selected)
        fewest = sum(max(fewest_replicas(manifests, pod), 1) for pod in selected)
        needed = _amount(low, fewest)
        if low.text == "100%" or (counted and needed is not None and needed >= fewest):
            least = f"; {fewest} is the fewest that run" if counted else ""
            yield finding(
                low, f"fewer than the pods that run{least}; better, maxUnavailable: 1", "no node could be drained"
            )


def _selects(budget: Resource, pod: Pod) -> bool:
    return matches(budget.spec["selector"], pod.labels)


@rule("Kubernetes API policy/v1 PodDisruptionBudgetSpec")
def disruption_budget_has_one_bound(manifests: Manifests) -> Iterator[Finding]:
    """A PodDisruptionBudget has minAvailable or maxUnavailable: the API server refuses both."""
    for budget in manifests.kind("PodDisruptionBudget"):
        if budget.spec["minAvailable"].present and budget.spec["maxUnavailable"].present:
            yield finding(budget.spec["minAvailable"], "nothing beside maxUnavailable", "the two exclude each other")


@rule("Kubernetes documentation, Specifying a Disruption Budget for your Application")
def disruption_budget_selects_pods(manifests: Manifests) -> Iterator[Finding]:
    """A PodDisruptionBudget selects pods: with a selector that matches none it protects nothing."""
    for budget in manifests.kind("PodDisruptionBudget"):
        selector = budget.spec["selector"]
        pods = manifests.pods_in(budget.scope)
        selects_none = not is_empty(selector) and not any(_selects(budget, pod) for pod in pods)
        if manifests.shows_all_pods(budget.scope) and selects_none:
            yield finding(
                selector,
                "labels of a workload of the namespace",
                "no pod has them, so the budget protects nothing",
                value=written(selector),
            )


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
