"""Autoscaling: at the end of its room, blind, held up, or not as it was declared.

Why KEDA's counter and the HPA's condition, and not READY of the ScaledObject: that stays True in most outages of its
source. When the HPA's look comes first, KEDA's own poll ends before it writes a condition (measured on KEDA 2.17.2).
"""

from collections.abc import Iterator, Mapping

from examx_constructs.alerts.alert import Alert, Runbook
from examx_constructs.alerts.promql import any_of, series
from examx_constructs.settings import Alerting, Duration, Environment, ReplicatedRedis
from examx_constructs.settings.autoscaling import Replicas
from examx_constructs.settings.naming import KEDA_HPA_PREFIX, autoscaler_name, scaled_object_name
from examx_constructs.settings.queue_exporter import MESSAGES
from examx_constructs.settings.redis import REPLICATED_NAMES

AT_MAXIMUM = Runbook(
    name="ReplicasAtMaximum",
    means="An autoscaler has been at its maximum for a while: it may want more than it is allowed.",
    look=("examx status ENV", "kubectl -n NAMESPACE describe hpa AUTOSCALER"),
    mend=(
        "Ask `examx scale simulate` what a higher maximum would bring, and whether nodes, quota and Redis carry "
        "it. Raise it in the environment's file, and deploy."
    ),
    needs="kube-state-metrics",
)
SOURCE_FAILS = Runbook(
    name="ScaledObjectSourceFails",
    means="KEDA gets errors from the source of a ScaledObject: Redis, or Prometheus. Replicas stay as they are.",
    look=("kubectl -n keda logs deployment/keda-operator --since=10m", "examx doctor ENV"),
    mend=(
        "Errors of login mean that a password was rotated and KEDA has the old one: `examx doctor` compares them. "
        "Errors of connection mean a NetworkPolicy or a Redis that is away: look at RedisDown."
    ),
    needs="KEDA's operator",
)
CANNOT_READ = Runbook(
    name="AutoscalerCannotReadMetrics",
    means="A HorizontalPodAutoscaler cannot read any of its metrics. It scales neither up nor down.",
    look=(
        "kubectl -n NAMESPACE describe hpa AUTOSCALER",
        "kubectl get apiservice v1beta1.metrics.k8s.io v1beta1.external.metrics.k8s.io",
    ),
    mend="CPU and memory come from metrics-server, all else from KEDA's metrics server: one of them is away.",
    needs="kube-state-metrics",
)
HELD_UP = Runbook(
    name="ReplicasHeldUp",
    means=(
        "A worker has had more replicas than its minimum for half an hour, though nothing waits in its queue: CPU "
        "or memory asks for them. Memory that a worker keeps, once it has it, pins replicas for good."
    ),
    look=("examx status ENV", "kubectl -n NAMESPACE top pods -l app=WORKER"),
    mend=(
        "Let workers end after some tasks (Celery's worker_max_tasks_per_child or worker_max_memory_per_child), "
        "or request the memory that they keep. `examx restart ENV WORKER` helps until then."
    ),
    needs="kube-state-metrics and celery-queue-metrics",
)
DRIFTED = Runbook(
    name="ScalingBoundsDrifted",
    means=(
        "The bounds of an autoscaler in the cluster are not those that the repository declares: somebody changed them."
    ),
    look=("examx drift ENV", "kubectl -n NAMESPACE get hpa AUTOSCALER -o yaml --show-managed-fields"),
    mend="Put the figure into the environment's file if it was meant, else apply again: `examx apply ENV`.",
    needs="kube-state-metrics",
)
_BY_NAME = "namespace, horizontalpodautoscaler"


def of_autoscaling(environment: Environment, alerting: Alerting) -> Iterator[Alert]:
    """Yield alerts on all autoscalers of the environment."""
    namespace = environment.namespace
    bounds = bounds_of(environment)
    ours = {"namespace": namespace, "horizontalpodautoscaler_like": any_of(*bounds)}
    current = series("kube_horizontalpodautoscaler_status_current_replicas", **ours)
    minimum, maximum = (series(f"kube_horizontalpodautoscaler_spec_{each}_replicas", **ours) for each in ("min", "max"))
    yield Alert(
        runbook=AT_MAXIMUM,
        expr=f"{current} >= on ({_BY_NAME}) {maximum} > on ({_BY_NAME}) {minimum}",
        lasts=alerting.at_maximum,
        severity="ticket",
        summary="{{ $labels.horizontalpodautoscaler }} is at its maximum of {{ $value }} replicas",
    )
    # A worker at zero is out of its HPA's hands (condition ScalingActive False, reason ScalingDisabled).
    condition = series(
        "kube_horizontalpodautoscaler_status_condition", **ours, condition="ScalingActive", status="false"
    )
    yield Alert(
        runbook=CANNOT_READ,
        expr=f"{condition} == 1 and on ({_BY_NAME}) {current} > 0",
        lasts=Duration("300s"),
        severity="page",
        summary="{{ $labels.horizontalpodautoscaler }} cannot read its metrics",
    )
    yield Alert(
        runbook=SOURCE_FAILS,
        expr=f"{source_errors(namespace)} > 0",
        lasts=Duration("120s"),
        severity="page",
        summary="KEDA had {{ $value | humanize }} errors in 5 minutes with the source of {{ $labels.scaledObject }}",
    )
    yield from _held_up(environment)
    yield from _drifted(namespace, bounds)


def source_errors(namespace: str) -> str:
    """Return the errors that KEDA had in 5 minutes with the source of each ScaledObject."""
    # A ServiceMonitor of KEDA renames the label unless it honours labels.
    errors = (
        f"increase({series('keda_scaled_object_errors_total', **{label: namespace})}[5m])"
        for label in ("namespace", "exported_namespace")
    )
    return f"sum by (scaledObject) ({' or '.join(errors)})"


def bounds_of(environment: Environment) -> dict[str, Replicas]:
    """Return the bounds that are declared, by the name of the HorizontalPodAutoscaler."""
    replicas = environment.redis.replicas if isinstance(environment.redis, ReplicatedRedis) else None
    return {
        autoscaler_name(environment.application.backend): environment.backend.replicas,
        **{autoscaler_of(queue.worker): queue.replicas for queue in environment.queues},
        **({autoscaler_name(REPLICATED_NAMES["replica"]): replicas} if replicas else {}),
    }


def autoscaler_of(worker: str) -> str:
    """Return the name of the HorizontalPodAutoscaler that KEDA makes for a worker."""
    return f"{KEDA_HPA_PREFIX}{scaled_object_name(worker)}"


def _held_up(environment: Environment) -> Iterator[Alert]:
    for queue in environment.queues:
        desired = series(
            "kube_horizontalpodautoscaler_status_desired_replicas",
            namespace=environment.namespace,
            horizontalpodautoscaler=autoscaler_of(queue.worker),
        )
        # KEDA's HPA has a minimum of 1 where the ScaledObject's is 0.
        least = max(queue.replicas.minimum, 1)
        waiting = series(MESSAGES, namespace=environment.namespace, queue_like=any_of(*queue.lists))
        yield Alert(
            runbook=HELD_UP,
            expr=f"sum(min_over_time({desired}[30m])) > {least} and on () sum(max_over_time({waiting}[30m])) == 0",
            lasts=Duration("300s"),
            severity="ticket",
            summary=f"{queue.worker} keeps {{{{ $value }}}} replicas though nothing waits in {queue.name}",
            labels={"queue": queue.name, "worker": queue.worker},
        )


def _drifted(namespace: str, bounds: Mapping[str, Replicas]) -> Iterator[Alert]:
    for name, replicas in bounds.items():
        of = {"namespace": namespace, "horizontalpodautoscaler": name}
        least = max(replicas.minimum, 1)
        yield Alert(
            runbook=DRIFTED,
            expr=(
                f"{series('kube_horizontalpodautoscaler_spec_min_replicas', **of)} != {least} or "
                f"{series('kube_horizontalpodautoscaler_spec_max_replicas', **of)} != {replicas.maximum}"
            ),
            lasts=Duration("1800s"),
            severity="ticket",
            summary=f"{name} has a bound of {{{{ $value }}}} replicas; declared are {least} to {replicas.maximum}",
            labels={"horizontalpodautoscaler": name},
        )
