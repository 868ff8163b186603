"""The first look: whether something is wrong now."""

from collections.abc import Iterator
from dataclasses import replace

from examx_constructs.alerts import queues
from examx_constructs.alerts.promql import any_of, series
from examx_constructs.dashboards import backend
from examx_constructs.dashboards.panel import DashboardBound, DashboardPanel, DashboardQuery, DashboardRow
from examx_constructs.settings import Alerting, Environment, Monitoring
from examx_constructs.settings.queue_exporter import MESSAGES, OLDEST_AGE


def row(environment: Environment, monitoring: Monitoring) -> DashboardRow:
    """Show figures that fit on one line, and the alerts that fire."""
    figures = tuple(_figures(environment, monitoring))
    shown = tuple(replace(each, shape="figure", width=4, queries=each.queries[:1]) for each in figures)
    return DashboardRow(title="Now", panels=(*shown, *((_firing(environment),) if monitoring.alerts else ())))


def _figures(environment: Environment, monitoring: Monitoring) -> Iterator[DashboardPanel]:
    namespace = environment.namespace
    alerting = monitoring.alerts or Alerting()
    if monitoring.alerts:
        yield DashboardPanel(
            title="Alerts that fire",
            means="How many, of this environment. Each is a line of the table below.",
            unit="short",
            queries=(DashboardQuery(expr=f"count({_alerts(namespace)}) or vector(0)", legend="firing"),),
            bound=DashboardBound(at=1),
        )
    missing = series("kube_deployment_status_replicas_unavailable", namespace=namespace)
    yield DashboardPanel(
        title="Pods that are missing",
        means="Pods that Deployments want and that are not available. A rollout or a scaling has some for a while.",
        unit="short",
        queries=(DashboardQuery(expr=f"sum({missing})", legend="missing"),),
        bound=DashboardBound(at=1),
        runbooks=(queues.WITHOUT_WORKER,),
    )
    if monitoring.queues:
        yield DashboardPanel(
            title="Tasks that wait",
            means="In all queues together.",
            unit="short",
            queries=(DashboardQuery(expr=f"sum({series(MESSAGES, namespace=namespace)})", legend="waiting"),),
            runbooks=(queues.WITHOUT_WORKER,),
        )
        if shares := list(_shares(environment)):
            yield DashboardPanel(
                title="Longest wait, of its promise",
                means="The oldest task in percent of what its queue promises, of the queue that is worst.",
                unit="percent",
                queries=(DashboardQuery(expr=f"100 * max({' or '.join(shares)})", legend="worst"),),
                bound=DashboardBound(at=100),
                runbooks=(queues.TASK_TOO_OLD,),
            )
    if monitoring.application_path:
        yield backend.errors(namespace, alerting)
        yield replace(backend.waiting(namespace, alerting), title="95 of 100 requests within")


def _shares(environment: Environment) -> Iterator[str]:
    for queue in environment.queues:
        if level := environment.service_levels.get(queue.name):
            age = series(OLDEST_AGE, namespace=environment.namespace, queue_like=any_of(*queue.lists))
            yield f"{age} / {level.wait_p95.seconds}"


def _alerts(namespace: str) -> str:
    return series("ALERTS", namespace=namespace, alertstate="firing")


def _firing(environment: Environment) -> DashboardPanel:
    return DashboardPanel(
        title="Which alerts fire",
        means="The runbook of its name says what it means, where to look and how to mend it. `page` wakes somebody.",
        unit="short",
        queries=(DashboardQuery(expr=_alerts(environment.namespace), legend=""),),
        width=24,
        shape="table",
    )
