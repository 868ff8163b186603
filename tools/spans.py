"""Between which moments a step comes, as the model has it; what steps there are: modelled.py.

It is run with its first look at many moments between two looks, and the earliest and the latest of each step are told.
`tests/unit/test_recorded_scaling.py` holds them against recordings of a real controller with real KEDA.
"""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from examx_constructs.scaling import ClusterModel, HpaPolicy, KedaPolicy
from examx_constructs.scaling.policy import ExternalMetric, Trigger
from examx_constructs.scaling.replay import steps_of
from examx_constructs.settings import Queue
from tools import modelled

LOOK = round(ClusterModel().sync)
"""Seconds from one look of the HPA controller to the next."""
_APART = 0.05
"""Seconds from one first look that is tried to the next: less than by what a look drifts."""
_BEFORE = 60
"""Seconds before anything happens: some looks."""


class Span(NamedTuple):
    """From one moment to another, in whole seconds that have begun; both may still happen."""

    first: int
    last: int


def steps_up(environment: str, queue: str, waiting: int) -> list[Span]:
    """Return when each step up comes, counted from the arrival of the tasks, unless a look is missed."""
    policy = modelled.policies(environment)[queue]
    lengths = [0] * _BEFORE + [waiting] * modelled.GROWN
    return _spans(policy, lengths, policy.minimum, LOOK)


def first_step_down(environment: str, queue: str) -> Span:
    """Return when the first step down comes, counted from the moment in which the list got empty.

    The window counts from the last look that saw the list, which was up to one look before it was empty.
    """
    policy = modelled.policies(environment)[queue]
    most = policy.hpa.maximum
    lengths = [most * modelled.list_length(policy)] * _BEFORE + [0] * modelled.WINDOW
    return _spans(policy, lengths, most, LOOK)[0]


def wakes(queue: Queue) -> Span:
    """Return when a sleeping worker gets its first replica, counted from the arrival of a task."""
    return _spans(_sleeper(queue), [0] * _BEFORE + [1] * _BEFORE, 0, queue.polling_interval.seconds)[0]


def sleeps(queue: Queue) -> Span:
    """Return when the last replica goes, counted from the moment in which the list got empty."""
    long_enough = queue.cooldown.seconds + 2 * queue.polling_interval.seconds
    lengths = [1] * _BEFORE + [0] * long_enough
    return _spans(_sleeper(queue), lengths, 1, queue.polling_interval.seconds)[-1]


def _sleeper(queue: Queue) -> KedaPolicy:
    """Return a worker of the queue that sleeps and wakes, which is KEDA's alone."""
    metric = ExternalMetric(queue.list_length * 1000)
    return KedaPolicy(
        HpaPolicy(1, 1, (metric,)),
        (Trigger(metric),),
        polling=queue.polling_interval.seconds,
        cooldown=queue.cooldown.seconds,
    )


def _spans(policy: KedaPolicy, lengths: Sequence[int], start: int, period: int) -> list[Span]:
    """Return the earliest and the latest of each step, counted from `_BEFORE`, wherever in a period looks begin."""
    given = modelled.recording(policy, lengths, start, modelled.CALM)
    runs = [steps_of(given, index * _APART)[1:] for index in range(round(period / _APART))]
    moments = zip(*([moment - _BEFORE for moment, _ in run] for run in runs), strict=True)
    return [Span(ceil(min(each)), ceil(max(each))) for each in moments]
