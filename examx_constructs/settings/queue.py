"""A Celery queue and the worker that drains it, declared once."""

from collections.abc import Mapping
from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.autoscaling import Replicas, ScalingBehavior
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.naming import dns_label, scaled_object_name
from examx_constructs.settings.refusal import SettingError, at_least, pattern
from examx_constructs.settings.variables import refuse_variables

VISIBILITY_TIMEOUT = Duration("3600s")


def _whole_second(given: object) -> str | None:
    return "the least is 1s" if isinstance(given, Duration) and given.seconds < 1 else None


def _within_visibility(given: object) -> str | None:
    if isinstance(given, Duration) and given >= VISIBILITY_TIMEOUT:
        return f"it must be shorter than {VISIBILITY_TIMEOUT}: Celery gives a task that is not done by then to another"
    return None


_AuthMode = Literal["basic", "bearer", "custom", "tls"]


@value
class Backlog:
    """The tasks of a queue as Prometheus knows them, those that are being worked on included.

    Replicas are ceil(sum of the `metrics` / `threshold`). Each metric has the labels `queue` and `namespace`.
    `authentication` names a TriggerAuthentication of the namespace, made elsewhere; `auth_modes` says what it holds
    (KEDA, Prometheus scaler). No answer is an error and not an empty queue, so that nothing stops without a reason.
    """

    server: str = setting(
        pattern(
            r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:/[\w.~-]+)*",
            "it must be the URL of a Prometheus server, without a user and without /api/v1",
        )
    )
    metrics: tuple[str, ...] = setting(
        pattern(r"[A-Za-z_:][\w:]*", "it must be the name of a metric: letters, digits, '_' and ':', no digit first"),
        default=("examx_celery_queue_pending", "examx_celery_queue_active"),
    )
    threshold: int = setting(at_least(1, "the tasks that one replica is worth"))
    authentication: str | None = setting(dns_label, default=None)
    auth_modes: tuple[_AuthMode, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not self.metrics:
            raise SettingError("Backlog.metrics", self.metrics, "it must name a metric, or nothing would be counted")
        if len({"basic", "bearer"} & {*self.auth_modes}) > 1 or len({*self.auth_modes}) < len(self.auth_modes):
            raise SettingError(
                "Backlog.auth_modes",
                self.auth_modes,
                "each may stand once, and basic not with bearer: KEDA refuses both",
            )
        if bool(self.authentication) != bool(self.auth_modes):
            raise SettingError(
                "Backlog.auth_modes",
                self.auth_modes,
                f"it goes with authentication, which is {self.authentication}: KEDA uses neither without the other",
            )

    def query(self, queue: str, namespace: str) -> str:
        """What Prometheus is asked: one figure."""
        labels = f'{{queue="{queue}",namespace="{namespace}"}}'
        return f"sum({' + '.join(f'{metric}{labels}' for metric in self.metrics)})"


@value
class Queue:
    """One queue, the Redis list of the same name, and the Deployment that drains it.

    The worker's `-Q` and the scaler's `listName` both come from `name`, the grace period from `longest_task`.

    Replicas follow the backlog: ceil(list length / `list_length`), within `replicas`. `polling_interval` paces the step
    from 0 to 1; `cooldown` applies only to the step from one to zero (KEDA, ScaledObject spec). A `backlog` is counted
    instead of the list. `behavior` is how fast replicas follow. `variables` are those of this worker alone.

    Raises SettingError where KEDA would stop a worker in the middle of a task: tasks being worked on are not in the
    list, so an empty list is not an idle worker. What a backlog counts may be as old as Prometheus' last look, so it
    changes nothing about that.
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
    backlog: Backlog | None = None
    behavior: ScalingBehavior = ScalingBehavior()
    variables: Mapping[str, str] = {}

    def __attrs_post_init__(self) -> None:
        scaled_object_name(self.worker)
        refuse_variables("Queue.variables", self.variables)
        if self.replicas.minimum == 0 and self.cooldown <= self.longest_task:
            raise SettingError(
                "Queue.cooldown",
                self.cooldown,
                f"with a minimum of 0 replicas it must exceed the longest task, {self.longest_task}: KEDA counts "
                "from an empty list and would stop the worker in the middle of its last task",
            )
