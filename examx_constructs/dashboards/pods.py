"""Pods: whether the clock runs, who comes close to a limit, who starts again and again."""

from examx_constructs.alerts import pods
from examx_constructs.alerts.promql import series
from examx_constructs.dashboards.panel import DashboardBound, DashboardPanel, DashboardQuery, DashboardRow
from examx_constructs.settings import Alerting, Environment, Monitoring
from examx_constructs.settings.environment import BEAT_NAME


def row(environment: Environment, monitoring: Monitoring) -> DashboardRow:
    """Show beat, and the memory, processor and restarts of all containers."""
    alerting = monitoring.alerts or Alerting()
    here = {"namespace": environment.namespace}
    beat = series("kube_deployment_status_replicas_available", **here, deployment=BEAT_NAME)
    restarts = series("kube_pod_container_status_restarts_total", **here)
    throttled, periods = (
        f"sum by (pod, container) "
        f"(rate({series(f'container_cpu_cfs_{each}periods_total', **here, container_not='')}[5m]))"
        for each in ("throttled_", "")
    )
    return DashboardRow(
        title="Beat and pods",
        panels=(
            DashboardPanel(
                title="Beat",
                means="Pods of beat that are available. At 0 nothing that goes by the clock is queued.",
                unit="short",
                queries=(DashboardQuery(expr=f"sum({beat}) or vector(0)", legend="available"),),
                bound=DashboardBound(at=1, bad="below"),
                runbooks=(pods.BEAT,),
                width=6,
            ),
            DashboardPanel(
                title="Memory of containers",
                means=(
                    f"Percent of the limit, of the 10 that are closest. An alert comes above "
                    f"{alerting.memory_percent}; at 100 the kernel kills the container."
                ),
                unit="percent",
                queries=(
                    DashboardQuery(
                        expr=f"topk(10, {pods.memory_percent(environment.namespace)})", legend="{{pod}} {{container}}"
                    ),
                ),
                bound=DashboardBound(at=alerting.memory_percent),
                runbooks=(pods.MEMORY,),
                width=6,
            ),
            DashboardPanel(
                title="Containers held back by their CPU limit",
                means="Percent of the time slices in which the kernel stopped them, of the 10 that are held back most.",
                unit="percent",
                queries=(
                    DashboardQuery(expr=f"topk(10, 100 * {throttled} / {periods})", legend="{{pod}} {{container}}"),
                ),
                runbooks=(pods.MEMORY,),
                width=6,
            ),
            DashboardPanel(
                title="Restarts in an hour",
                means="The 10 containers that were started again most: by a probe, for their memory, or after a crash.",
                unit="short",
                queries=(
                    DashboardQuery(
                        expr=f"topk(10, sum by (pod, container) (increase({restarts}[1h])))",
                        legend="{{pod}} {{container}}",
                    ),
                ),
                bound=DashboardBound(at=1),
                runbooks=(pods.BEAT, pods.MEMORY),
                width=6,
            ),
        ),
    )
