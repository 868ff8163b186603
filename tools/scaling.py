"""Between which moments a step comes, for the examples of KEDA_CONFIGURATION.md; what steps there are: modelled.py.

The moments are those that were seen on a real controller with real KEDA: `tests/test_recorded_scaling.py` holds them
against the recordings. Source: Kubernetes 1.34, pkg/controller/podautoscaler, `stabilizeRecommendationWithBehaviors`.
"""

from math import ceil
from typing import NamedTuple

from examx_constructs.settings import Queue, ScalingBehavior

LOOK = 15
"""Seconds from one look of the HPA controller to the next (its default)."""


class Span(NamedTuple):
    """From one moment to another, in seconds; both may still happen."""

    first: int
    last: int


def wanted(waiting: int, queue: Queue) -> int:
    """Return the replicas that a list of this length asks for, before tolerance and bounds."""
    return ceil(waiting / queue.list_length)


def step_up(step: int) -> Span:
    """Return when a step up comes (the first is 1), counted from the arrival of the tasks, unless a look is missed."""
    return Span(1 + LOOK * (step - 1), 1 + LOOK * step)


def step_down(behavior: ScalingBehavior) -> Span:
    """Return when the first step down comes, counted from the moment in which the list got empty.

    The window counts from the last look that saw the list, which was up to one look before it was empty. The step
    itself comes with a look, which may be late.
    """
    window = behavior.scale_down_window.seconds
    return Span(window - LOOK, window + 2)


def wakes(queue: Queue) -> Span:
    """Return when a sleeping worker gets its first replica, counted from the arrival of a task."""
    return Span(1, queue.polling_interval.seconds)


def sleeps(queue: Queue) -> Span:
    """Return when the last replica goes, counted from the moment in which the list got empty."""
    cooldown, polling = queue.cooldown.seconds, queue.polling_interval.seconds
    return Span(cooldown - polling, cooldown + polling)


def shortest_for_most(queue: Queue) -> int:
    """Return the length from which on a list asks for the most replicas."""
    return (queue.replicas.maximum - 1) * queue.list_length + 1


def rounds(queue: Queue) -> int:
    """Return how many tasks in a row a replica runs in each of its slots to work off its share of the list."""
    return ceil(queue.list_length / queue.concurrency)
