"""Pods: beat is away, a container is about to be killed for its memory."""

from collections.abc import Iterator

from examx_constructs.alerts.alert import Alert, Runbook
from examx_constructs.alerts.promql import series
from examx_constructs.settings import Alerting, Duration, Environment
from examx_constructs.settings.environment import BEAT_NAME

BEAT = Runbook(
    name="BeatSilent",
    means=(
        "No pod of beat is available, or it was started again and again: nothing that goes by the clock is "
        "queued. The probe ends a beat that no longer looks at its schedule, so a silent beat shows as one that "
        "restarts."
    ),
    look=("examx logs ENV beat", "kubectl -n NAMESPACE get pods -l app=celery-beat"),
    mend=(
        "Its log tells why it ends. What it should have queued meanwhile is not queued later: run what is due by hand."
    ),
    needs="kube-state-metrics",
)
MEMORY = Runbook(
    name="MemoryNearLimit",
    means="A container is close to its memory limit. The kernel kills it there, and with it the task that it is at.",
    look=("kubectl -n NAMESPACE top pods --containers", "examx status ENV"),
    mend="Raise the limit in the environment's file if the work needs it. Else find what keeps the memory.",
    needs="the kubelet's cAdvisor and kube-state-metrics",
)


def memory_percent(namespace: str) -> str:
    """Return the share of its memory limit that each container uses, in percent."""
    used = series("container_memory_working_set_bytes", namespace=namespace, container_not="")
    limit = series("kube_pod_container_resource_limits", namespace=namespace, resource="memory")
    by = "namespace, pod, container"
    return f"100 * max by ({by}) ({used}) / max by ({by}) ({limit})"


def of_pods(environment: Environment, alerting: Alerting) -> Iterator[Alert]:
    """Yield alerts on the environment's pods."""
    here = {"namespace": environment.namespace}
    available = series("kube_deployment_status_replicas_available", **here, deployment=BEAT_NAME)
    restarts = series("kube_pod_container_status_restarts_total", **here, container=BEAT_NAME)
    yield Alert(
        runbook=BEAT,
        expr=f"absent({available} > 0) or sum(increase({restarts}[1h])) > 1",
        lasts=Duration("300s"),
        severity="page",
        summary="beat is away, or was ended by its probe more than once in an hour",
    )
    yield Alert(
        runbook=MEMORY,
        expr=f"{memory_percent(environment.namespace)} > {alerting.memory_percent}",
        lasts=Duration("300s"),
        severity="ticket",
        summary="{{ $labels.container }} of {{ $labels.pod }} uses {{ $value | humanize }} % of its memory limit",
    )
