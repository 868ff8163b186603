"""What the model does with a list that stays as long as it is, for the tables of KEDA_CONFIGURATION.md; when: spans.py.

It is given a list and what pods use, as a recording gives them (`examx_constructs.scaling.replay`), and says the
replicas. KEDA, the HPA controller, their looks and windows are those of `examx scale`.
"""

from collections.abc import Sequence
from functools import cache
from itertools import count
from pathlib import Path

from examx_constructs.manifests import load
from examx_constructs.scaling import (
    HpaPolicy,
    KedaPolicy,
    Recording,
    Scaling,
    Workers,
    burst,
    fixed,
    scalings,
    simulate,
)
from examx_constructs.scaling.policy import ExternalMetric, hpa_of
from examx_constructs.scaling.proposals import Counts, Tolerances, external
from examx_constructs.scaling.replay import replayed
from examx_constructs.settings import Queue

_READY = 20.0
"""Seconds until a pod is ready: those of the measurements that the guide names."""
_LOOKS = 15.0
_FIRST_LOOK = 7
GROWN = 180
"""Seconds after which no list lets replicas grow any more: twelve looks."""
_FULL = 60
_WINDOWS = 12
WINDOW = 320
"""Seconds of a window with the looks around it."""
CALM = (0.05, 0.05)
"""The shares of their requests for CPU and memory that pods use which change nothing."""


@cache
def policies(environment: str) -> dict[str, KedaPolicy]:
    """Return the ScaledObjects of an environment, by their queues."""
    found = scalings(load(Path("dist") / f"{environment}.k8s.yaml"))
    return {each.queue: each.policy for each in found if isinstance(each.policy, KedaPolicy)}


def asked(waiting: int, queue: Queue) -> int:
    """Return the replicas that a list of this length asks for, before tolerance and bounds."""
    metric, one = ExternalMetric(queue.list_length * 1000), Counts(1, 1, 1)
    return external(metric, waiting * 1000, one, Tolerances(0.0, 0.0)) or 0


def shortest_for_most(queue: Queue) -> int:
    """Return the length from which on a list asks for the most replicas."""
    return next(length for length in count() if asked(length, queue) >= queue.replicas.maximum)


def share_time(queue: Queue) -> int:
    """Return the seconds in which a replica works off its share of a list, when each task takes as long as it may."""
    alone = Scaling("a replica", HpaPolicy(1, 1, ()), Workers(concurrency=queue.concurrency, take=0.0))
    run = simulate(alone, burst(queue.list_length, fixed(queue.longest_task.seconds), at=0.0))
    return round(run.drain_time())


def growth(environment: str, queue: str, waiting: int) -> list[int]:
    """Return the replicas from the fewest on, step by step, while the list stays as long as it is."""
    policy = policies(environment)[queue]
    return _sizes(policy, [waiting] * GROWN, policy.minimum, CALM)


def shrinking(environment: str, queue: str, use: tuple[int, int], *, start: int | None = None) -> list[int]:
    """Return the replicas, from the most or from `start` on, once the list is empty.

    `use` are the percentages of their requests for CPU and memory that pods go on using.
    """
    policy = policies(environment)[queue]
    first = hpa_of(policy).maximum if start is None else start
    # The list holds so many for a while, so that the first window begins there.
    full = [first * list_length(policy)] * _FULL
    return _sizes(policy, [*full, *[0] * (_WINDOWS * WINDOW)], first, (_share(use[0]), _share(use[1])))


def _share(percent: int) -> float:
    """Return what is so many percent where the HPA tells of it, for it rounds down (metrics/utilization.go)."""
    return (percent + 0.5) / 100


def highest_for_one_step(environment: str, queue: str, resource: str) -> int:
    """Return the highest use, in percent of the request, with which the most replicas get the fewest in one step."""
    policy = policies(environment)[queue]
    once = [hpa_of(policy).maximum, policy.minimum]
    uses = ((used, 1) if resource == "cpu" else (1, used) for used in range(1, 100))
    return next(max(use) for use in uses if shrinking(environment, queue, use) != once) - 1


def left_alone(environment: str, queue: str, replicas: int) -> tuple[int, int]:
    """Return the shortest and the longest list that changes nothing for so many replicas."""
    worth = replicas * list_length(policies(environment)[queue])
    low = (
        next(each for each in range(worth, -2, -1) if each < 0 or not is_left_alone(environment, queue, replicas, each))
        + 1
    )
    high = next(each for each in count(worth) if not is_left_alone(environment, queue, replicas, each)) - 1
    return low, high


def is_left_alone(environment: str, queue: str, replicas: int, waiting: int) -> bool:
    """Return whether so many replicas are near enough to what this list asks for."""
    return _sizes(policies(environment)[queue], [waiting] * (WINDOW + _FULL), replicas, CALM) == [replicas]


def list_length(policy: KedaPolicy) -> int:
    """Return the tasks that are worth a replica."""
    return policy.triggers[0].metric.target // 1000


def _sizes(policy: KedaPolicy, lengths: Sequence[int], start: int, use: tuple[float, float]) -> list[int]:
    return [size for _, size in replayed(recording(policy, lengths, start, use), _FIRST_LOOK).steps]


def recording(policy: KedaPolicy, lengths: Sequence[int], start: int, use: tuple[float, float]) -> Recording:
    """Return a list that has such a length each second, beside pods that use such shares of their requests."""
    return Recording(
        name="a list that stays",
        policy=policy,
        lengths=lengths,
        replicas=[start] * len(lengths),
        use=[(0.0, *use)],
        outages=(),
        pod_start=_READY,
        metrics_resolution=_LOOKS,
    )
