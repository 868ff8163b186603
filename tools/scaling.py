"""What a list's length comes to in replicas: the arithmetic of the HPA controller, for worked examples.

KEDA gives the length of a list to the HPA that it makes; how many replicas that is, and how soon, the HPA controller
decides. Source: Kubernetes 1.34, pkg/controller/podautoscaler, `GetExternalPerPodMetricReplicas` and
`calculateScaleUpLimitWithScalingRules`.
"""

from fractions import Fraction
from math import ceil

from examx_constructs.settings import Queue, Replicas, ScalingBehavior

TOLERANCE = Fraction(1, 10)
"""The controller leaves the replicas alone while the metric is this close to its target (its default)."""


def wanted(waiting: int, queue: Queue) -> int:
    """The replicas that a list of this length asks for, before tolerance and bounds."""
    return ceil(waiting / queue.list_length)


def bounded(replicas: int, bounds: Replicas) -> int:
    """The nearest number that the HPA may set. It never goes below one: that step is KEDA's own."""
    return min(max(replicas, bounds.minimum, 1), bounds.maximum)


def is_left_alone(waiting: int, replicas: int, queue: Queue) -> bool:
    """Whether so many replicas are near enough to what this list asks for."""
    target = queue.list_length * replicas
    return abs(waiting - target) <= TOLERANCE * target


def most_after(replicas: int, behavior: ScalingBehavior) -> int:
    """The most replicas that one period of scaling up leads to: the larger of the share and the number of pods."""
    # In floating point, as the controller does it.
    share = ceil(replicas * (1 + behavior.scale_up_percent / 100))
    return max(share, replicas + behavior.scale_up_pods)


def growth(waiting: int, queue: Queue, behavior: ScalingBehavior) -> list[int]:
    """The replicas from the fewest on, one for each period, while the list stays as long as it is."""
    sizes = [bounded(0, queue.replicas)]
    while (following := _next(waiting, sizes[-1], queue, behavior)) > sizes[-1]:
        sizes.append(following)
    return sizes


def _next(waiting: int, replicas: int, queue: Queue, behavior: ScalingBehavior) -> int:
    if is_left_alone(waiting, replicas, queue):
        return replicas
    return min(bounded(wanted(waiting, queue), queue.replicas), most_after(replicas, behavior))


def shortest_for_most(queue: Queue) -> int:
    """The length from which on a list asks for the most replicas."""
    return (queue.replicas.maximum - 1) * queue.list_length + 1


def rounds(queue: Queue) -> int:
    """How many tasks, one after another, a replica runs in each of its slots to work off its share of the list."""
    return ceil(queue.list_length / queue.concurrency)
