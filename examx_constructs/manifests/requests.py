"""What manifests ask of a cluster's nodes in all: CPU and memory, at rest and at most.

Sources: Kubernetes 1.34, pkg/api/v1/resource/helpers.go and component-helpers/resource. A pod requests the larger of
its containers' sum and of what its initialization needs; a request of the whole pod counts for both.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.quantities import quantity
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import owners

_OF_TASKS = frozenset({"Job", "CronJob", "ScaledJob"})
_OF_NODES = "DaemonSet"


class Amounts(NamedTuple):
    """What pods request together."""

    cpu: Fraction
    """Cores, or parts of one."""
    memory: Fraction
    """In bytes."""

    def times(self, pods: int) -> "Amounts":
        """Return the same of so many pods."""
        return Amounts(self.cpu * pods, self.memory * pods)


class Requests(NamedTuple):
    """What a set asks for while nothing is to be done, and when every autoscaler is at its maximum."""

    at_rest: Amounts
    at_most: Amounts

    @classmethod
    def of(cls, manifests: Manifests) -> "Requests":
        """Return all pods of the set.

        Jobs count at most; a DaemonSet has a pod for each node, which no manifest tells.
        """
        rest: list[Amounts] = []
        most: list[Amounts] = []
        for pod in manifests.pods:
            if pod.workload.kind != _OF_NODES:
                each = requested(pod)
                fewest, highest = replicas(manifests, pod)
                rest.append(each.times(fewest))
                most.append(each.times(highest))
        return cls(_sum(rest), _sum(most))


def requested(pod: Pod) -> Amounts:
    """Return what the scheduler counts for one of these pods."""
    return Amounts(_requested(pod, "cpu"), _requested(pod, "memory"))


def replicas(manifests: Manifests, pod: Pod) -> tuple[int, int]:
    """Return the fewest and the most pods of a workload: the bounds of its autoscaler, else what it asks for itself."""
    if pod.workload.kind in _OF_TASKS:
        return 0, pod.owner.at("spec", "parallelism").number or 1
    bounds = [(each.floor, each.maximum or each.minimum) for each in owners(manifests, pod)]
    if bounds:
        return min(low for low, _ in bounds), max(high for _, high in bounds)
    given = pod.owner.at("spec", "replicas").number
    return (1, 1) if given is None else (given, given)


def _requested(pod: Pod, resource: str) -> Fraction:
    whole = quantity(pod.spec.at("resources", "requests", resource))
    if whole is not None:
        return whole
    running = sum((_of_container(each, resource) for each in pod.containers), Fraction())
    return max([running, *_initializing(pod, resource)]) + (quantity(pod.spec.at("overhead", resource)) or Fraction())


def _initializing(pod: Pod, resource: str) -> Iterator[Fraction]:
    """Yield what each init container needs, beside the sidecars that were started before it."""
    beside = Fraction()
    for each in pod.spec["initContainers"]:
        amount = _of_container(each, resource)
        if each["restartPolicy"].text == "Always":
            beside += amount
        yield beside if each["restartPolicy"].text == "Always" else beside + amount


def _of_container(container: Node, resource: str) -> Fraction:
    resources = container["resources"]
    # A limit takes the place of a request that is missing (the API's defaulting).
    amount = quantity(resources.at("requests", resource))
    return (quantity(resources.at("limits", resource)) or Fraction()) if amount is None else amount


def _sum(amounts: list[Amounts]) -> Amounts:
    return Amounts(sum((each.cpu for each in amounts), Fraction()), sum((each.memory for each in amounts), Fraction()))
