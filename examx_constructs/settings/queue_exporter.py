"""The figures of queues that Prometheus gets: what they are called, and what asks Redis for them."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.limits import PodGroup
from examx_constructs.settings.quantity import Quantity
from examx_constructs.settings.resources import Resources

QUEUE_EXPORTER_NAME = "celery-queue-metrics"
"""The Deployment that asks Redis, its Service, and what Prometheus goes by."""
_LONGEST = 60
QUEUE_EXPORTER_PORT = 9540
QUEUE_EXPORTER_PORT_NAME = "metrics"
QUEUE_EXPORTER_CONTAINER = "queue-metrics"
QUEUE_EXPORTER_SCRATCH = Quantity("16Mi")

MESSAGES = "examx_queue_messages"
"""Tasks in the list, which no worker has taken: what KEDA's redis trigger counts."""
UNACKED = "examx_queue_unacked"
"""Tasks that workers have taken and not acknowledged, those of a lost worker until they are given back included."""
POSTPONED = "examx_queue_postponed"
"""Those of the unacknowledged whose time (`eta`) has not come: a worker keeps them, and works on none of them."""
OLDEST_AGE = "examx_queue_oldest_message_age_seconds"
"""Seconds for which the oldest task of the list has waited, at least; 0 for an empty list."""
GROWTH = "examx_queue_growth_per_minute"
"""By how many tasks a minute the list grew over the last minute; negative where it got shorter."""
SET_ASIDE = "examx_queue_set_aside"
"""Entries that workers could not read as tasks and put elsewhere, since Redis was made."""
ACTIVE_TASKS = "examx_queue_active_tasks"
"""Tasks that run, as the workers of the queue said in their last heartbeats."""
WORKERS = "examx_queue_workers"
"""Workers of the queue whose last heartbeat is no older than WORKER_GONE_AFTER."""
UP = "examx_queue_exporter_up"
"""1 where the last look at Redis succeeded; 0 where it failed, and no figure of a queue is told."""

WORKER_GONE_AFTER = Duration("10s")
"""Workers send a heartbeat every 2 s (Celery 5.5 to 5.7, celery/worker/heartbeat.py); five in a row may be lost."""


def _some_seconds(given: object) -> str | None:
    far = isinstance(given, Duration) and not 1 <= given.seconds <= _LONGEST
    return f"it must be from 1s to {_LONGEST}s: the age of the oldest task is known no better" if far else None


@value
class QueueExporter:
    """A pod that looks at the queues in Redis, and tells Prometheus what waits, since when, and what is worked on.

    It runs in the application's own image, by its Python and its redis-py (docs/monitoring.md). `interval`: how often
    it looks, beside each scrape; the age of the oldest task is exact to this.
    """

    resources: Resources = Resources.of("25m", "64Mi", "250m", "192Mi")
    interval: Duration = setting(_some_seconds, default=Duration("5s"))

    @property
    def pods(self) -> PodGroup:
        """Its one pod, beside which a rollout starts none."""
        return PodGroup(containers=(self.resources,), most=1, scratch=QUEUE_EXPORTER_SCRATCH)
