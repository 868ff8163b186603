"""The figures as Prometheus reads them (its text format, version 0.0.4)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .broker import Look

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Metric:
    """A gauge, and what it is of."""

    name: str
    help: str


MESSAGES = Metric("examx_queue_messages", "Tasks in the list, which no worker has taken.")
UNACKED = Metric("examx_queue_unacked", "Tasks that workers have taken and not acknowledged.")
POSTPONED = Metric("examx_queue_postponed", "Tasks that workers have taken whose time (eta) has not come.")
OLDEST_AGE = Metric("examx_queue_oldest_message_age_seconds", "How long the oldest task of the list waits, at least.")
GROWTH = Metric("examx_queue_growth_per_minute", "By how many tasks the list grew in the last minute; may be negative.")
SET_ASIDE = Metric("examx_queue_set_aside", "Entries that workers could not read as tasks, so far.")
ACTIVE_TASKS = Metric("examx_queue_active_tasks", "Tasks that run, by the last heartbeats of the workers.")
WORKERS = Metric("examx_queue_workers", "Workers that sent a heartbeat within 10 s.")
UP = Metric("examx_queue_exporter_up", "Whether the last look at Redis succeeded.")
PENDING = Metric("examx_celery_queue_pending", "The same as examx_queue_messages.")
ACTIVE = Metric("examx_celery_queue_active", "examx_queue_unacked without examx_queue_postponed.")


@dataclass(frozen=True)
class Queue:
    """A worker's Deployment and the lists that it drains, its own first."""

    worker: str
    lists: Sequence[str]


def page(
    namespace: str, queues: Sequence[Queue], look: Look | None, workers: Mapping[str, tuple[int, int]] | None
) -> str:
    """Return all that is known.

    Of a Redis that does not answer nothing is told: an old figure would pass for a new one.
    """
    lines = [*_lines(UP, namespace, {None: int(look is not None)})]
    if look is not None:
        lists = [name for queue in queues for name in queue.lists]
        active = {name: look.unacked.get(name, 0) - look.postponed.get(name, 0) for name in lists}
        of_lists: Mapping[Metric, Mapping[str, float]] = {
            MESSAGES: look.messages,
            UNACKED: look.unacked,
            POSTPONED: look.postponed,
            OLDEST_AGE: look.oldest,
            SET_ASIDE: look.set_aside,
            PENDING: look.messages,
            ACTIVE: active,
        }
        for metric, values in of_lists.items():
            lines += _lines(metric, namespace, {name: values.get(name, 0) for name in lists})
        if look.growth:
            lines += _lines(GROWTH, namespace, {name: look.growth[name] for name in lists})
    if workers is not None:
        lines += _lines(WORKERS, namespace, {queue.lists[0]: workers[queue.worker][0] for queue in queues})
        lines += _lines(ACTIVE_TASKS, namespace, {queue.lists[0]: workers[queue.worker][1] for queue in queues})
    return "".join(f"{line}\n" for line in lines)


def _lines(metric: Metric, namespace: str, values: Mapping[str | None, float] | Mapping[str, float]) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.help}"
    yield f"# TYPE {metric.name} gauge"
    for name, value in values.items():
        # Names of lists and of namespaces have no character that would have to be escaped.
        queue = f'queue="{name}",' if name is not None else ""
        yield f'{metric.name}{{{queue}namespace="{namespace}"}} {value:.15g}'
