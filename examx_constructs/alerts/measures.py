"""What students meet, as PromQL: alerts measure it all the time, `examx watch` around a deployment.

Metrics of django-prometheus, which the application serves, and of celery-queue-metrics.
"""

from collections.abc import Iterable

from examx_constructs.alerts import backend
from examx_constructs.alerts.promql import any_of, series
from examx_constructs.settings.queue_exporter import OLDEST_AGE


def failed_per_second(namespace: str, window: str) -> str:
    """Count the answers a second that are 5xx; no series where none ever was, for the counter begins with the first."""
    return f"sum({backend.answers(namespace, window, status_like='5..')})"


def answers_per_second(namespace: str, window: str) -> str:
    """Count the answers a second that the backend gives."""
    return f"sum({backend.answers(namespace, window)})"


def answers(namespace: str, window: str) -> str:
    """Count the answers that the backend gave."""
    return f"sum({backend.answers(namespace, window, 'increase')})"


def latency_p95(namespace: str, window: str) -> str:
    """Tell what 95 of 100 requests did not exceed, in seconds."""
    return backend.latency(namespace, 0.95, window)


def oldest_age(namespace: str, lists: Iterable[str]) -> str:
    """Tell how long the oldest task of each of these lists has waited, in seconds."""
    return series(OLDEST_AGE, namespace=namespace, queue_like=any_of(*lists))
