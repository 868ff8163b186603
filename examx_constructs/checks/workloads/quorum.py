"""A rule on disruption budgets of programs that need a majority."""

from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.objects.mounted_files import scripts
from examx_constructs.checks.workloads.availability import amount
from examx_constructs.manifests.commands import base_name
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod, arguments
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.selection import selected

_IMAGES = frozenset({"etcd", "zookeeper", "consul", "redis-sentinel", "nats", "mongo", "mongodb"})
_LEAST = 3


@rule("Redis documentation, High availability with Redis Sentinel; Kubernetes documentation, Disruptions")
def disruption_budget_keeps_majority(manifests: Manifests) -> Iterator[Finding]:
    """A budget over what decides by majority (Sentinels, etcd, ZooKeeper) leaves a majority of it running.

    Drained at once, two of three decide nothing: no failover, no leader, no write.
    """
    for budget in manifests.kind("PodDisruptionBudget"):
        pods = selected(manifests, budget.scope, budget.spec["selector"]) if budget.spec["selector"].present else []
        replicas = pods[0].owner.at("spec", "replicas").number if len(pods) == 1 else None
        if replicas is None or replicas < _LEAST or not _decides(manifests, pods[0]):
            continue
        majority = replicas // 2 + 1
        high, low = budget.spec["maxUnavailable"], budget.spec["minAvailable"]
        away, kept = amount(high, replicas), amount(low, replicas)
        if away is not None and replicas - away < majority:
            yield _finding(high, f"at most {replicas - majority} of {replicas}", pods[0])
        elif kept is not None and kept < majority:
            yield _finding(low, f"{majority} or more of {replicas}", pods[0])


def _finding(node: Node, allowed: str, pod: Pod) -> Finding:
    return finding(node, allowed, f"{pod.workload.qualified} decides by majority, and a drain could take it away")


def _decides(manifests: Manifests, pod: Pod) -> bool:
    for container in list(pod.spec["containers"])[:1]:
        image = base_name(container["image"].text.partition("@")[0]).partition(":")[0]
        words = [base_name(word) for part in arguments(container) for word in part.split()]
        if image in _IMAGES or "--sentinel" in words or "redis-sentinel" in words:
            return True
        if any("sentinel" in word for word in words):
            return any(
                "--sentinel" in script.text or "sentinel monitor" in script.text
                for script in scripts(manifests, pod, container)
            )
    return False
