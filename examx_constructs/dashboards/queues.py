"""Each queue: what waits and since when, who works on it, and why there are so many of them."""

from collections.abc import Iterator

from examx_constructs.alerts import queues
from examx_constructs.alerts.autoscaling import autoscaler_of
from examx_constructs.alerts.promql import any_of, series
from examx_constructs.dashboards.autoscaling import reasons, replicas
from examx_constructs.dashboards.panel import DashboardBound, DashboardPanel, DashboardQuery, DashboardRow
from examx_constructs.settings import Environment, Queue, ServiceLevel
from examx_constructs.settings.queue_exporter import ACTIVE_TASKS, MESSAGES, OLDEST_AGE, POSTPONED, UNACKED


def rows(environment: Environment) -> Iterator[DashboardRow]:
    """Yield a row of each queue."""
    namespace = environment.namespace
    for queue in environment.queues:
        autoscaler = autoscaler_of(queue.worker)
        yield DashboardRow(
            title=f"Queue {queue.name}, drained by {queue.worker}",
            panels=(
                _tasks(namespace, queue),
                _age(namespace, queue, environment.service_levels.get(queue.name)),
                replicas(namespace, queue.worker, autoscaler, queue.replicas),
                reasons(namespace, queue.worker, autoscaler, queue.replicas),
            ),
        )


def _tasks(namespace: str, queue: Queue) -> DashboardPanel:
    counts = {"waiting": MESSAGES, "taken": UNACKED, "postponed": POSTPONED, "running": ACTIVE_TASKS}
    return DashboardPanel(
        title=f"Tasks of {queue.name}",
        means=(
            "Waiting: no worker has taken them; KEDA counts these. Taken: not yet acknowledged, those of a lost worker "
            "until they are given back. Postponed: taken, and their time has not come. Running: by the workers' "
            "heartbeats."
        ),
        unit="short",
        queries=tuple(
            DashboardQuery(expr=f"sum({_of(metric, namespace, queue)})", legend=legend)
            for legend, metric in counts.items()
        ),
        runbooks=(queues.WITHOUT_WORKER, queues.NOT_MEASURED),
        width=6,
    )


def _age(namespace: str, queue: Queue, level: ServiceLevel | None) -> DashboardPanel:
    promised = f"95 of 100 tasks are promised {level.wait_p95}" if level else "the queue has no service level"
    return DashboardPanel(
        title=f"Oldest task of {queue.name}",
        means=f"How long the task in front has waited, at least; {promised}.",
        unit="s",
        queries=(DashboardQuery(expr=f"max({_of(OLDEST_AGE, namespace, queue)})", legend="waits"),),
        bound=DashboardBound(at=level.wait_p95.seconds) if level else None,
        runbooks=(queues.TASK_TOO_OLD,),
        width=6,
    )


def _of(metric: str, namespace: str, queue: Queue) -> str:
    return series(metric, namespace=namespace, queue_like=any_of(*queue.lists))
