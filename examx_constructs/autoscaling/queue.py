"""Replicas that follow a queue of Celery."""

from collections.abc import Iterator

from constructs import Construct

from examx_constructs._objects import namespace_of
from examx_constructs._strict import strict
from examx_constructs.autoscaling.authentication import RedisTriggerAuthentication
from examx_constructs.autoscaling.scaled_object import TriggerAutoscaler
from examx_constructs.autoscaling.target import ScaleTarget
from examx_constructs.settings import (
    Fallback,
    Queue,
    RedisAddress,
    ScalingBehavior,
    SentinelAddress,
    SettingError,
    Utilization,
)
from examx_constructs.settings.triggers import AnyTrigger, Trigger


class QueueAutoscaler(TriggerAutoscaler):
    """A KEDA ScaledObject: replicas follow a queue's backlog, CPU and memory, whichever asks for most.

    KEDA makes and owns the HPA (`keda-hpa-<name>`), so no other may exist for the target, and the target must not
    render `replicas`. Backlog: ceil(list length / `queue.list_length`) replicas. Address and list come from the same
    values as the worker's. Where the queue has a `backlog`, Prometheus is asked for it instead. The queue's `triggers`
    are beside it. `behavior` is the queue's own unless another is given. `fallback` is for all but CPU and memory.

    `paused_at` holds the number of replicas and stops scaling until it is taken out again (KEDA, pause autoscaling).

    `redis` is the server, or the Sentinels, that KEDA asks for the length of the list.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: ScaleTarget,
        queue: Queue,
        redis: RedisAddress | SentinelAddress,
        authentication: RedisTriggerAuthentication | None = None,
        utilization: Utilization | None = None,
        behavior: ScalingBehavior | None = None,
        fallback: Fallback | None = None,
        paused_at: int | None = None,
    ) -> None:
        if redis.authenticated and authentication is None and queue.backlog is None:
            raise SettingError(
                "QueueAutoscaler.authentication", None, "it must be given: this Redis asks for a password"
            )
        counted: Iterator[AnyTrigger] = (
            iter([queue.backlog.trigger(queue.lists, namespace_of(scope, "QueueAutoscaler"))])
            if queue.backlog
            else _lists(queue, redis, authentication)
        )
        super().__init__(
            scope,
            id,
            target=target,
            triggers=[*counted, *queue.triggers],
            replicas=queue.replicas,
            polling_interval=queue.polling_interval,
            cooldown=queue.cooldown,
            utilization=utilization or Utilization(),
            behavior=behavior or queue.behavior,
            fallback=fallback,
            paused_at=paused_at,
        )


def _lists(
    queue: Queue, redis: RedisAddress | SentinelAddress, authentication: RedisTriggerAuthentication | None
) -> Iterator[Trigger]:
    lengths = {queue.name: queue.list_length, **{each.name: each.list_length for each in queue.more_lists}}
    for name, length in lengths.items():
        yield Trigger(
            type=redis.trigger_type,
            metric_type="AverageValue",
            metadata={**redis.trigger_metadata, "listName": name, "listLength": str(length)},
            authentication=authentication.name if authentication else None,
        )
