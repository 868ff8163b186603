"""Alerts made of an environment's own figures, with what the person who gets one does. Loads without Node."""

from collections.abc import Iterator

from examx_constructs.alerts import autoscaling, backend, ends, pods, queues, redis
from examx_constructs.alerts.alert import Alert, Runbook, Severity
from examx_constructs.settings import Alerting, Environment

__all__ = ["RUNBOOKS", "Alert", "Runbook", "Severity", "alerts_of"]

_TOPICS = (queues, autoscaling, redis, pods, backend, ends)
RUNBOOKS: tuple[Runbook, ...] = tuple(
    each for topic in _TOPICS for each in vars(topic).values() if isinstance(each, Runbook)
)
"""Every kind of alert, in the order of the documents."""


def alerts_of(environment: Environment, alerting: Alerting) -> Iterator[Alert]:
    """Yield all alerts of an environment.

    There are none on what its `Monitoring` leaves unscraped: it would look as if it were away.
    """
    scraped = environment.monitoring
    if scraped is None or scraped.queues:
        yield from queues.of_queues(environment, alerting)
    yield from autoscaling.of_autoscaling(environment, alerting)
    if scraped is None or scraped.redis:
        yield from redis.of_redis(environment, alerting)
    yield from pods.of_pods(environment, alerting)
    if scraped is None or scraped.application_path:
        yield from backend.of_backend(environment, alerting)
    yield from ends.of_ends(environment, alerting)
