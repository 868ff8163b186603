"""What students meet: requests, errors, waiting, and nginx in front of it."""

from collections.abc import Iterator

from examx_constructs.alerts import autoscaling as scaling_alerts
from examx_constructs.alerts import backend
from examx_constructs.alerts.promql import series
from examx_constructs.dashboards.autoscaling import reasons, replicas
from examx_constructs.dashboards.panel import DashboardBound, DashboardPanel, DashboardQuery, DashboardRow
from examx_constructs.settings import Alerting, Environment, Monitoring
from examx_constructs.settings.naming import autoscaler_name


def rows(environment: Environment, monitoring: Monitoring) -> Iterator[DashboardRow]:
    """Yield rows of the backend's answers and replicas, and nginx."""
    namespace, name = environment.namespace, environment.application.backend
    alerting = monitoring.alerts or Alerting()
    autoscaler = autoscaler_name(name)
    answered = (errors(namespace, alerting), waiting(namespace, alerting)) if monitoring.application_path else ()
    yield DashboardRow(
        title="Backend",
        panels=(
            *((_requests(namespace), *answered) if answered else ()),
            replicas(namespace, name, autoscaler, environment.backend.replicas, width=12),
            reasons(namespace, name, autoscaler, environment.backend.replicas, width=12),
        ),
    )
    if monitoring.nginx:
        yield DashboardRow(title="nginx", panels=_nginx(environment))


def _requests(namespace: str) -> DashboardPanel:
    return DashboardPanel(
        title="Answers a second, by status",
        means="What the application answers. A load that is twice the usual one explains much of what is red below.",
        unit="reqps",
        queries=(DashboardQuery(expr=f"sum by (status) ({backend.answers(namespace)})", legend="{{status}}"),),
        runbooks=(backend.ERRORS,),
    )


def errors(namespace: str, alerting: Alerting) -> DashboardPanel:
    """Show the share of answers that are 5xx."""
    return DashboardPanel(
        title="Errors of the backend",
        means=f"Answers of 100 that are 5xx; an alert comes above {alerting.error_percent}. Empty while nobody asks.",
        unit="percent",
        queries=(DashboardQuery(expr=backend.error_percent(namespace), legend="5xx"),),
        bound=DashboardBound(at=alerting.error_percent),
        runbooks=(backend.ERRORS,),
    )


def waiting(namespace: str, alerting: Alerting) -> DashboardPanel:
    """Show how long requests take."""
    return DashboardPanel(
        title="How long requests take",
        means=f"Seconds that 50, 95 and 99 of 100 requests do not exceed. 95 of 100 may take {alerting.latency_p95}.",
        unit="s",
        queries=tuple(
            DashboardQuery(expr=backend.latency(namespace, quantile), legend=f"{quantile * 100:.0f} of 100")
            for quantile in (0.95, 0.5, 0.99)
        ),
        bound=DashboardBound(at=alerting.latency_p95.seconds),
        runbooks=(backend.SLOW,),
    )


def _nginx(environment: Environment) -> tuple[DashboardPanel, ...]:
    here = {"namespace": environment.namespace}
    room = environment.nginx.capacity(environment.backend.nginx_resources.memory_limit)
    states = ("active", "reading", "writing", "waiting")
    accepted, handled = (series(f"nginx_connections_{each}", **here) for each in ("accepted", "handled"))
    return (
        DashboardPanel(
            title="Requests a second at nginx",
            means="By pod: one that gets none is not in the load balancer's group.",
            unit="reqps",
            queries=(
                DashboardQuery(
                    expr=f"sum by (pod) (rate({series('nginx_http_requests_total', **here)}[5m]))", legend="{{pod}}"
                ),
            ),
            runbooks=(backend.SLOW,),
        ),
        DashboardPanel(
            title="Connections of nginx",
            means=(
                f"The most of any pod, by what they do. A pod has room for {room.connections}, those to gunicorn "
                "included; one more client is turned away."
            ),
            unit="short",
            queries=tuple(
                DashboardQuery(expr=f"max({series(f'nginx_connections_{each}', **here)})", legend=each)
                for each in states
            ),
            bound=DashboardBound(at=room.connections),
            runbooks=(backend.SLOW, scaling_alerts.AT_MAXIMUM),
        ),
        DashboardPanel(
            title="Connections that nginx dropped",
            means="A second, by pod. It drops one when it has no room for it: there should be none.",
            unit="ops",
            queries=(
                DashboardQuery(expr=f"sum by (pod) (rate({accepted}[5m]) - rate({handled}[5m]))", legend="{{pod}}"),
            ),
            bound=DashboardBound(at=0.01),
            runbooks=(scaling_alerts.AT_MAXIMUM,),
        ),
    )
