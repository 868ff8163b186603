"""Stretches in which nothing can happen: no task waits for a slot, and too few are busy to ask for one more worker.

Then each task begins when it comes, and no look changes anything. While fewer slots are busy than could fill one
worker, workers take them in turn too. Such a stretch is found and passed by the built-in functions over whole lists,
some ten times as fast as task by task. While more are, but never all of them, only the looks are left out: who is full
misses its turn. What comes out is the same: tests compare both ways.
"""

from collections.abc import Sequence
from operator import add, gt, lt

from examx_constructs.scaling.policy import KedaPolicy, ResourceMetric
from examx_constructs.scaling.proposals import Counts, Measured, Tolerances, external, resource
from examx_constructs.scaling.use import Use, amount
from examx_constructs.scaling.workers import Workers


def end_of_calm(
    running: Sequence[float], arrivals: Sequence[float], ends: Sequence[float], *, limit: int, apart: int, take: float
) -> int:
    """Return how many of the next tasks come while fewer than `limit` are busy, so that none waits.

    `running`: when those are done that run already. `arrivals` and `ends`: of the next tasks, if none waits. `apart`
    workers take in turn, which takes each so long.
    """
    count = len(running)
    if count >= limit:
        return 0
    # As many are busy when a task comes as came before it and are not done. They are at least the limit where the one
    # that many places before it, in the order of their ends, is not.
    order = sorted([*running, *ends])
    calm = _first(map(gt, order, arrivals[limit - count :]), limit - count, len(arrivals))
    if take:
        freed = [each + take for each in arrivals[: len(arrivals) - apart]]
        calm = min(calm, _first(map(lt, arrivals[apart:], freed), apart, len(arrivals)))
    return calm


def nominal_ends(arrivals: Sequence[float], durations: Sequence[float], take: float) -> list[float]:
    """Return when tasks are done that begin when they come."""
    return list(map(add, [each + take for each in arrivals] if take else arrivals, durations))


def most_busy(policy: KedaPolicy, workers: Workers, use: Use, hold: Tolerances) -> int:
    """Return how many slots may be busy before a look, with the fewest replicas, asks for more.

    0: looks have to be made.
    """
    if not _is_plain(policy) or not _stays(policy, workers, use, hold, 0):
        return 0
    low, high = 0, most_without_wait(workers, policy.hpa.minimum) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _stays(policy, workers, use, hold, middle) else (low, middle)
    return low


def most_without_wait(workers: Workers, replicas: int) -> int:
    """Return how many slots may be busy while each task that comes finds one, no matter which worker has the others.

    All of them, where a worker takes what it has a slot for, and looks again as soon as one is free.
    """
    alike = workers.most_held == workers.concurrency and not workers.refill
    return workers.concurrency * replicas if alike else workers.concurrency - 1


def _is_plain(policy: KedaPolicy) -> bool:
    behavior = policy.hpa.behavior
    # A window on the way up remembers low wishes, and the older rules lead up to high ones.
    remembers = behavior is None or behavior.up.window != 0
    odd = any(each.cron or each.cached for each in policy.triggers)
    rests = policy.minimum == 0 or policy.idle is not None or policy.is_paused or policy.paused_at is not None
    return not (remembers or odd or rests)


def _stays(policy: KedaPolicy, workers: Workers, use: Use, hold: Tolerances, busy: int) -> bool:
    """Return whether the fewest replicas are enough for every metric while so many slots are busy and no task waits."""
    replicas = policy.hpa.minimum
    counts = Counts(replicas, replicas, replicas)
    asked: list[int | None] = [
        external(each.metric, busy * 1000 if each.counts_running else 0, counts, hold) for each in policy.triggers
    ]
    share = busy / (replicas * workers.concurrency)
    for metric in policy.hpa.metrics:
        if isinstance(metric, ResourceMetric):
            cpu = metric.resource == "cpu"
            request = workers.cpu if cpu else workers.memory
            used = amount(use.of(metric.resource, share), request, cpu=cpu)
            request = request if cpu or request is None else request * 1000
            asked.append(resource(metric, Measured(replicas, replicas * used, request=request), replicas, hold))
    return all(each is None or each <= replicas for each in asked)


def _first(found: "map[bool]", offset: int, default: int) -> int:
    """Return the first that is so, counted from `offset`."""
    seen = list(found)
    return seen.index(True) + offset if True in seen else default
