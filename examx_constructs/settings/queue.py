"""A Celery queue and the worker that drains it, declared once."""

from collections import Counter
from collections.abc import Mapping
from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.autoscaling import Replicas, ScalingBehavior
from examx_constructs.settings.backlog import Backlog
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.naming import dns_label, scaled_object_name
from examx_constructs.settings.refusal import SettingError, at_least, pattern
from examx_constructs.settings.triggers import AnyTrigger
from examx_constructs.settings.variables import refuse_variables

VISIBILITY_TIMEOUT = Duration("3600s")

_ONE_REPLICA = "the tasks in the list that one replica is worth"
_list_name = pattern(
    r"[A-Za-z0-9][\w.-]{0,99}",
    "it must be letters, digits, '.', '-' or '_': it is a Redis key and a -Q argument",
)


def _whole_second(given: object) -> str | None:
    return "the least is 1s" if isinstance(given, Duration) and given.seconds < 1 else None


def _within_visibility(given: object) -> str | None:
    if isinstance(given, Duration) and given >= VISIBILITY_TIMEOUT:
        return f"it must be shorter than {VISIBILITY_TIMEOUT}: Celery gives a task that is not done by then to another"
    return None


@value
class QueueList:
    """A further Redis list that the worker of a queue drains, and the tasks in it that one replica is worth."""

    name: str = setting(_list_name)
    """The key in Redis."""
    list_length: int = setting(at_least(1, _ONE_REPLICA))
    """Those tasks. Fewer of them mean more replicas."""


@value
class Queue:
    """One queue, the Redis list of the same name, and the Deployment that drains it.

    The worker's `-Q` and the scaler's `listName` both come from `name`, the grace period from `longest_task`.

    Replicas follow the backlog: ceil(list length / `list_length`), within `replicas`. `polling_interval` paces the step
    from 0 to 1; `cooldown` applies only to the step from one to zero (KEDA, ScaledObject spec). A `backlog` is counted
    instead of the list. `behavior` is how fast replicas follow. `variables` are those of this worker alone.

    `more_lists` are drained by the same worker. KEDA asks each list by itself and takes the highest number of replicas
    that one asks for, not their sum; a backlog is the sum. `triggers` are others beside the queue, such as a schedule.

    Raises SettingError where KEDA would stop a worker in the middle of a task. Tasks being worked on are not in the
    list, so an empty list is not an idle worker. A backlog counts them.
    """

    name: str = setting(_list_name)
    worker: str = setting(dns_label)
    """The name of the Deployment. It cannot change without another beside it, for selectors are immutable."""
    pool: Literal["gevent", "prefork"]
    """How tasks run at a time: `gevent` for tasks that wait, `prefork` for tasks that compute."""
    concurrency: int = setting(at_least(1, "a worker needs a slot to run tasks in"))
    """The tasks that one pod works on at a time."""
    longest_task: Duration = setting(_whole_second, _within_visibility)
    list_length: int = setting(at_least(1, _ONE_REPLICA))
    polling_interval: Duration = setting(_whole_second)
    cooldown: Duration
    replicas: Replicas
    backlog: Backlog | None = None
    behavior: ScalingBehavior = ScalingBehavior()
    variables: Mapping[str, str] = {}
    more_lists: tuple[QueueList, ...] = ()
    triggers: tuple[AnyTrigger, ...] = ()

    def __attrs_post_init__(self) -> None:
        scaled_object_name(self.worker)
        refuse_variables("Queue.variables", self.variables)
        for name, times in Counter(self.lists).items():
            if times > 1:
                raise SettingError("Queue.more_lists", name, "it is there twice: a list is drained once")
        named = Counter(each.trigger.name for each in self.triggers if each.trigger.name)
        for name, times in named.items():
            if times > 1:
                raise SettingError("Queue.triggers", name, "the name is there twice: formulas find a trigger by it")
        if self.replicas.minimum == 0 and self.backlog is None and self.cooldown <= self.longest_task:
            raise SettingError(
                "Queue.cooldown",
                self.cooldown,
                f"with a minimum of 0 replicas it must exceed the longest task, {self.longest_task}. KEDA counts "
                "from an empty list and would stop the worker in the middle of its last task",
            )

    @property
    def lists(self) -> tuple[str, ...]:
        """All lists that the worker drains, its own first."""
        return (self.name, *(each.name for each in self.more_lists))

    @property
    def authentications(self) -> tuple[str, ...]:
        """The TriggerAuthentications of the namespace that are named here, and made elsewhere."""
        named = [each.trigger for each in self.triggers]
        own = [each.authentication for each in named if each.authentication_kind == "TriggerAuthentication"]
        return tuple(each for each in (self.backlog.authentication if self.backlog else None, *own) if each)
