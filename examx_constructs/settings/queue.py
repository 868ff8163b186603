"""A Celery queue and the worker that drains it, declared once."""

from typing import Literal

from examx_constructs.settings._value import SettingError, at_least, pattern, setting, value
from examx_constructs.settings.autoscaling import Replicas
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.naming import dns_label, scaled_object_name

VISIBILITY_TIMEOUT = Duration("3600s")


def _whole_second(given: object) -> str | None:
    return "the least is 1s" if isinstance(given, Duration) and given.seconds < 1 else None


def _within_visibility(given: object) -> str | None:
    if isinstance(given, Duration) and given >= VISIBILITY_TIMEOUT:
        return f"it must be shorter than {VISIBILITY_TIMEOUT}: Celery gives a task that is not done by then to another"
    return None


@value
class Queue:
    """One queue, the Redis list of the same name, and the Deployment that drains it.

    The worker's `-Q` and the scaler's `listName` both come from `name`, the grace period from `longest_task`.

    Replicas follow the backlog: ceil(list length / `list_length`), within `replicas`. `polling_interval` paces the step
    from 0 to 1; `cooldown` applies only to the step from one to zero (KEDA, ScaledObject spec).

    Raises SettingError where KEDA would stop a worker in the middle of a task: tasks being worked on are not in the
    list, so an empty list is not an idle worker.
    """

    name: str = setting(
        pattern(
            r"[A-Za-z0-9][\w.-]{0,99}",
            "it must be letters, digits, '.', '-' or '_': it is a Redis key and a -Q argument",
        )
    )
    worker: str = setting(dns_label)
    pool: Literal["gevent", "prefork"]
    concurrency: int = setting(at_least(1, "a worker needs a slot to run tasks in"))
    longest_task: Duration = setting(_whole_second, _within_visibility)
    list_length: int = setting(at_least(1, "the tasks in the list that one replica is worth"))
    polling_interval: Duration = setting(_whole_second)
    cooldown: Duration
    replicas: Replicas

    def __attrs_post_init__(self) -> None:
        scaled_object_name(self.worker)
        if self.replicas.minimum == 0 and self.cooldown <= self.longest_task:
            raise SettingError(
                "Queue.cooldown",
                self.cooldown,
                f"with a minimum of 0 replicas it must exceed the longest task, {self.longest_task}: KEDA counts "
                "from an empty list and would stop the worker in the middle of its last task",
            )
