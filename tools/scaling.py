"""What lists, CPU and memory come to in replicas: the arithmetic of the HPA controller, for worked examples.

KEDA gives the length of a list to the HPA that it makes; how many replicas that is, and how soon, the HPA controller
decides. Source: Kubernetes 1.34, pkg/controller/podautoscaler, `GetExternalPerPodMetricReplicas`,
`GetResourceReplicas`, `calculateScaleUpLimitWithScalingRules` and `stabilizeRecommendationWithBehaviors`.

The moments are those that were seen on a real controller with real KEDA: `tests/test_recorded_scaling.py` holds them
against the recordings.
"""

from fractions import Fraction
from math import ceil
from typing import NamedTuple

from examx_constructs.settings import Queue, Replicas, ScalingBehavior, Utilization

TOLERANCE = Fraction(1, 10)
"""The controller leaves the replicas alone while the metric is this close to its target, inclusively (its default)."""

LOOK = 15
"""Seconds from one look of the HPA controller to the next (its default)."""


class Span(NamedTuple):
    """From one moment to another, in seconds; both may still happen."""

    first: int
    last: int


class Use(NamedTuple):
    """What each pod uses, in percent of its request."""

    cpu: int
    memory: int


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


def step_up(step: int) -> Span:
    """When a step up comes (the first is 1), counted from the arrival of the tasks, unless a look is missed."""
    return Span(1 + LOOK * (step - 1), 1 + LOOK * step)


def step_down(behavior: ScalingBehavior) -> Span:
    """When the first step down comes, counted from the moment in which the list got empty.

    The window counts from the last look that saw the list, which was up to one look before it was empty, and the step
    itself comes with a look, some of which are late.
    """
    window = behavior.scale_down_window.seconds
    return Span(window - LOOK, window + 2)


def wakes(queue: Queue) -> Span:
    """When a sleeping worker gets its first replica, counted from the arrival of a task."""
    return Span(1, queue.polling_interval.seconds)


def sleeps(queue: Queue) -> Span:
    """When the last replica goes, counted from the moment in which the list got empty."""
    cooldown, polling = queue.cooldown.seconds, queue.polling_interval.seconds
    return Span(cooldown - polling, cooldown + polling)


def proposed(replicas: int, used: int, target: int) -> int:
    """The replicas that CPU or memory asks for when each pod uses so many percent of its request."""
    if abs(used - target) <= TOLERANCE * target:
        return replicas
    # In floating point, as the controller does it.
    return ceil(replicas * (used / target))


def shrinking(replicas: int, bounds: Replicas, use: Use, targets: Utilization) -> list[int]:
    """The replicas, window by window, once the list is empty and the pods go on using what they use.

    A window ends with the largest number that was wanted in it, and the next one begins there: what CPU and memory
    propose is a share of the replicas that there are.
    """
    sizes = [replicas]
    while (following := bounded(_busiest(sizes[-1], use, targets), bounds)) < sizes[-1]:
        sizes.append(following)
    return sizes


def _busiest(replicas: int, use: Use, targets: Utilization) -> int:
    signals = ((use.cpu, targets.cpu), (use.memory, targets.memory))
    return max(proposed(replicas, used, target) for used, target in signals if target is not None)


def highest_for_one_step(bounds: Replicas, target: int) -> int:
    """The highest use, in percent of the request, with which the most replicas get the fewest in one step."""
    return next(used for used in range(target, -1, -1) if proposed(bounds.maximum, used, target) <= bounds.minimum)


def shortest_for_most(queue: Queue) -> int:
    """The length from which on a list asks for the most replicas."""
    return (queue.replicas.maximum - 1) * queue.list_length + 1


def rounds(queue: Queue) -> int:
    """How many tasks, one after another, a replica runs in each of its slots to work off its share of the list."""
    return ceil(queue.list_length / queue.concurrency)
