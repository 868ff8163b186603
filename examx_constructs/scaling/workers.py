"""What an autoscaler multiplies: pods with a number of slots, and how they end."""

import re
from dataclasses import dataclass
from fractions import Fraction

from examx_constructs.manifests import Node, Pod
from examx_constructs.manifests.commands import celery_commands, worker_option
from examx_constructs.manifests.pods import pre_stop
from examx_constructs.scaling.errors import ScalingError, at_least_zero, counted, positive
from examx_constructs.scaling.fields import whole
from examx_constructs.settings import Quantity, SettingError
from examx_constructs.settings.queue import VISIBILITY_TIMEOUT

_POOLS = ("prefork", "gevent", "eventlet", "threads", "solo", "processes")
_SLOTS = "so many tasks run at once"
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_DEFAULT_PREFETCH = 4
"""Celery 5.6.3, celery/app/defaults.py, `worker_prefetch_multiplier`."""
_UNLIMITED = 1 << 31
"""What a multiplier of 0 means."""
_DEFAULT_POOL = "prefork"
_NO = ("0", "f", "false", "n", "no", "off")
"""What a variable says to click, the library of Celery's command, for no."""
_PROCESSES = ("prefork", "processes", "solo")
_GREEN = ("gevent", "eventlet")
GREEN_REFILL = 2.0
"""Seconds after which a full worker with a pool of greenlets looks again."""


@dataclass(frozen=True, slots=True)
class Workers:
    """A pod of a worker. Times are in seconds.

    It takes as many tasks as it may hold and no more, and acknowledges them late. When it is told to stop it takes
    none, and goes on with those it has until its grace period ends. What it is cut in comes back when the visibility
    timeout of the transport is over.
    """

    concurrency: int
    refill: float = 0.0
    """How often a pool that is full looks whether a slot is free again; 0: at once.

    A pool of greenlets has no event loop that a finished task would wake. A worker that is full waits for whatever
    comes next for two seconds (celery 5.6.3, celery/worker/loops.py, `synloop`; kombu 5.7.0, kombu/transport/redis.py,
    `MultiChannelPoller.get`). Measured: every 2.01 s.
    """
    hold: int | None = None
    """Tasks that it holds at most, those included that it works on; None: as many as it has slots.

    Messages are taken while fewer than prefetch multiplier x slots are not acknowledged (kombu 5.7.0,
    kombu/transport/virtual/base.py, `QoS.can_consume`). A worker with a pool of greenlets waits for a slot with the
    first message that finds none, and takes no other meanwhile. Sources: celery 5.6.3, celery/concurrency/gevent.py,
    `on_apply`; gevent 26.9, gevent/pool.py, `Pool.add`. It holds one more than it has slots, whatever its multiplier.
    Measured: 4 slots and a multiplier of 4 hold 16 with prefork and with threads, 5 with gevent.
    """
    gives_back: bool = True
    """Whether what waits within it goes back to the list at a warm stop, once its last task is done.

    A pool of processes begins no other task then, and closing the connection restores the rest (kombu 5.7.0,
    kombu/transport/redis.py, `restore_unacked`). Threads and greenlets do all that they were given first. Measured.
    """
    take: float = 0.002
    """From the list to the beginning of a task: a worker takes one after another. Measured on two slow cores:
    3 ms to the first, 1 ms to each that follows."""
    grace: float = 30.0
    pre_stop: float = 0.0
    """Of the grace period: until it is over the worker knows nothing of its end."""
    visibility: float = float(VISIBILITY_TIMEOUT.seconds)
    """Counted from when a task was taken (kombu, redis transport, `visibility_timeout`)."""
    cpu: int | None = None
    """What a pod requests, in thousandths of a CPU."""
    memory: int | None = None
    """What a pod requests, in bytes."""
    container: str = ""

    def __post_init__(self) -> None:
        counted("Workers.concurrency", self.concurrency, _SLOTS, low=1)
        if self.hold is not None:
            counted("Workers.hold", self.hold, "it holds what it works on", low=self.concurrency)
        positive("Workers.visibility", self.visibility, "tasks would come back at once")
        for name in ("refill", "take", "grace", "pre_stop", "cpu", "memory"):
            at_least_zero(f"Workers.{name}", getattr(self, name) or 0, "it is a time or an amount")

    @property
    def most_held(self) -> int:
        """Tasks that it holds at most."""
        return self.concurrency if self.hold is None else self.hold


def workers_of(pod: Pod, *, concurrency: int | None = None) -> Workers:
    """Return what a pod template makes.

    Raises ScalingError where it is no Celery worker, unless its slots are given.
    """
    worker = next((each for each in pod.containers if _is_worker(each)), None)
    if worker is None and concurrency is None:
        raise ScalingError.at(
            pod.spec["containers"], "one that starts a Celery worker", "its slots are known by its command alone"
        )
    container = worker or next(iter(pod.containers), pod.spec)
    slots = concurrency or _concurrency(container)
    pool = worker_option(container, "-P", "--pool") or _DEFAULT_POOL
    hold = _hold(container, pool, slots) if worker is not None else None
    return Workers(
        concurrency=slots,
        # With a message in its hands it is woken by the slot that it waits for.
        refill=GREEN_REFILL if pool in _GREEN and hold is None else 0.0,
        hold=hold,
        gives_back=pool in _PROCESSES,
        grace=float(whole(pod.spec["terminationGracePeriodSeconds"], pod.grace_period, "what runs is cut after it")),
        pre_stop=sum(seconds for _, seconds in pre_stop(container)),
        cpu=_thousandths(_requested(pod, "cpu")),
        memory=_bytes(_requested(pod, "memory")),
        container=container["name"].text,
    )


def _is_worker(container: Node) -> bool:
    return any(each.command == "worker" for each in celery_commands(container))


def _concurrency(container: Node) -> int:
    place = container["command"] if container["command"].present else container["args"]
    if worker_option(container, "--autoscale", "--autoscale") is not None:
        raise ScalingError.at(
            place, "--concurrency", "a pool that grows by itself is not modelled", value="--autoscale"
        )
    pool = worker_option(container, "-P", "--pool") or _DEFAULT_POOL
    if pool not in _POOLS:
        raise ScalingError.at(place, ", ".join(_POOLS), "the slots of another pool are not known", value=pool)
    if pool == "solo":
        return 1
    given = worker_option(container, "-c", "--concurrency")
    if not given or not _WHOLE.fullmatch(given) or int(given) < 1:
        raise ScalingError.at(place, "--concurrency with a number above 0", _SLOTS, value=given)
    return int(given)


def _hold(container: Node, pool: str, slots: int) -> int | None:
    """Return the tasks that a worker holds at most, where these are more than its slots."""
    place = container["command"] if container["command"].present else container["args"]
    given = worker_option(container, "--prefetch-multiplier", "--prefetch-multiplier") or str(_DEFAULT_PREFETCH)
    if not _WHOLE.fullmatch(given):
        raise ScalingError.at(
            place, "--prefetch-multiplier with a whole number", "it is how many tasks a slot may have", value=given
        )
    multiplier = int(given)
    # A solo pool works in the loop that takes messages, so it takes none meanwhile.
    if multiplier == 1 or pool == "solo" or _is_told_to_hold_none(container):
        return None
    if pool in _GREEN:
        return slots + 1
    return slots * multiplier if multiplier else _UNLIMITED


def _is_told_to_hold_none(container: Node) -> bool:
    """Return whether it takes nothing while its slots are busy (`worker_disable_prefetch`, Celery 5.6, Redis)."""
    given = worker_option(container, "--disable-prefetch", "--disable-prefetch")
    return given is not None and given.lower() not in _NO


def _requested(pod: Pod, resource: str) -> Fraction | None:
    """Return what the HPA takes for the pod's request; None where a container has none (`calculateRequests`).

    A request of the whole pod counts for its containers' (KEP-2837, on by default from Kubernetes 1.34 on).
    """
    whole = pod.spec.at("resources", "requests", resource)
    if whole.present:
        return _amount(whole)
    amounts = [_of_container(each, resource) for each in pod.containers]
    if not amounts:
        return None
    total = Fraction(0)
    for each in amounts:
        if each is None:
            return None
        total += each
    return total


def _of_container(container: Node, resource: str) -> Fraction | None:
    resources = container["resources"]
    # A limit takes the place of a request that is missing (the API's defaulting).
    node = resources.at("requests", resource)
    node = node if node.present else resources.at("limits", resource)
    return _amount(node) if node.present else None


def _amount(node: Node) -> Fraction:
    try:
        return Quantity(str(node.number) if node.number is not None else node.text).amount
    except SettingError:
        raise ScalingError.at(node, "a quantity such as 500m, 2 or 512Mi", "it is what a pod requests") from None


def _thousandths(amount: Fraction | None) -> int | None:
    return None if amount is None else -(-(amount * 1000).numerator // (amount * 1000).denominator)


def _bytes(amount: Fraction | None) -> int | None:
    return None if amount is None else -(-amount.numerator // amount.denominator)
