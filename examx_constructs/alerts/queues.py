"""Queues: nobody works, a task waits too long, nobody measures."""

from collections.abc import Iterator

from examx_constructs.alerts.alert import Alert, Runbook
from examx_constructs.alerts.measures import oldest_age
from examx_constructs.alerts.promql import any_of, series
from examx_constructs.settings import Alerting, Duration, Environment
from examx_constructs.settings.queue_exporter import MESSAGES

WITHOUT_WORKER = Runbook(
    name="QueueWithoutWorker",
    means="Tasks wait in a queue, and no pod of its worker is available. Nothing of the queue will be done.",
    look=(
        "examx status ENV",
        "kubectl -n NAMESPACE get pods -l app=WORKER",
        "kubectl -n NAMESPACE describe scaledobject WORKER-scaler",
    ),
    mend=(
        "Pods that are Pending want nodes or quota. Pods that crash tell why: `examx logs ENV WORKER`. "
        "Where there is no pod at all, KEDA does not see the queue. Look at ScaledObjectSourceFails, and set "
        "replicas by hand until it does: `kubectl -n NAMESPACE scale deployment WORKER --replicas=2` holds for as "
        "long as KEDA is away."
    ),
    needs="celery-queue-metrics and kube-state-metrics",
)
TASK_TOO_OLD = Runbook(
    name="OldestTaskTooOld",
    means="The oldest task of a queue has waited for longer than the queue's service level allows 95 of 100 tasks.",
    look=("examx status ENV", "examx scale simulate ENV --queue QUEUE --burst 500"),
    mend=(
        "At the maximum of replicas, raise it in the environment's file, or wait: the simulator tells how long. "
        "Below it, look whether pods are Pending, and whether the autoscaler reads its metrics."
    ),
    needs="celery-queue-metrics",
)
NOT_MEASURED = Runbook(
    name="QueueNotMeasured",
    means=(
        "Prometheus has no length of a queue. The other alerts on queues cannot fire, and a backlog trigger is blind."
    ),
    look=("kubectl -n NAMESPACE get pods", "examx status ENV"),
    mend=(
        "Look at the exporter's pod and at Prometheus' page of targets. A NetworkPolicy that does not let "
        "Prometheus in looks like a timeout there."
    ),
    needs="celery-queue-metrics",
)

_STARTS = Duration("300s")
"""A worker's pod is there within that, with a new node too (docs/scaling.md)."""


def of_queues(environment: Environment, _alerting: Alerting) -> Iterator[Alert]:
    """Yield alerts for each queue."""
    namespace = environment.namespace
    for queue in environment.queues:
        lists = any_of(*queue.lists)
        pending = series(MESSAGES, namespace=namespace, queue_like=lists)
        labels = {"queue": queue.name, "worker": queue.worker}
        available = series("kube_deployment_status_replicas_available", namespace=namespace, deployment=queue.worker)
        yield Alert(
            runbook=WITHOUT_WORKER,
            expr=f"sum({pending}) > 0 unless on () sum({available}) > 0",
            lasts=_STARTS,
            severity="page",
            summary=f"{{{{ $value }}}} tasks wait in {queue.name}, and no pod of {queue.worker} is available",
            labels=labels,
        )
        yield Alert(
            runbook=NOT_MEASURED,
            expr=f"absent({pending})",
            lasts=Duration("600s"),
            severity="ticket",
            summary=f"Prometheus has no length of {queue.name}",
            labels=labels,
        )
        if level := environment.service_levels.get(queue.name):
            yield Alert(
                runbook=TASK_TOO_OLD,
                expr=f"max({oldest_age(namespace, queue.lists)}) > {level.wait_p95.seconds}",
                lasts=Duration("60s"),
                severity="page",
                summary=(
                    f"the oldest task of {queue.name} waits {{{{ $value | humanizeDuration }}}}; "
                    f"95 of 100 are promised {level.wait_p95}"
                ),
                labels=labels,
            )
