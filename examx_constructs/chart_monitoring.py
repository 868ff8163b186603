"""The part of an environment's chart that shows it to Prometheus: the ways in, and who is scraped."""

from constructs import Construct

from examx_constructs.alerts import alerts_of
from examx_constructs.dashboards import rows_of
from examx_constructs.django import DjangoApp
from examx_constructs.monitoring.dashboard import Dashboard
from examx_constructs.monitoring.queues import QueueMetrics
from examx_constructs.network import IncomingFromNamespaces, IncomingFromNetworks
from examx_constructs.redis import PODS as REDIS_PODS
from examx_constructs.settings import Alerting, Dashboards, Environment, ExternalRedis, Monitoring
from examx_constructs.settings.exporters import APPLICATION_PORT_NAME, NGINX_PORT_NAME, REDIS_PORT_NAME
from examx_constructs.settings.flower import FLOWER_NAME, FLOWER_PORT
from examx_constructs.settings.naming import component_selector, selector
from examx_constructs.settings.queue_exporter import QUEUE_EXPORTER_NAME, QUEUE_EXPORTER_PORT, QUEUE_EXPORTER_PORT_NAME


def monitoring_flows(scope: Construct, environment: Environment, monitoring: Monitoring) -> None:
    """Let Prometheus' namespace in to the ports of metrics and to no other, and the load balancer to Flower."""
    backend = component_selector(application=environment.application.name, component="backend")
    of_backend = [monitoring.metrics_port] if monitoring.application_path else []
    of_backend += [monitoring.nginx.port] if monitoring.nginx else []
    of_redis = [monitoring.redis.port] if monitoring.redis else []
    ports = {
        "backend": (backend, of_backend),
        "redis": (REDIS_PODS, [] if isinstance(environment.redis, ExternalRedis) else of_redis),
        QUEUE_EXPORTER_NAME: (selector(QUEUE_EXPORTER_NAME), [QUEUE_EXPORTER_PORT] if monitoring.queues else []),
        FLOWER_NAME: (selector(FLOWER_NAME), [FLOWER_PORT] if monitoring.flower else []),
    }
    for name, (pods, numbers) in ports.items():
        if numbers:
            IncomingFromNamespaces(
                scope,
                f"{name}-from-prometheus",
                name=f"{name}-from-prometheus",
                pods=pods,
                ports=numbers,
                namespaces=[monitoring.namespace],
            )
    if monitoring.flower and monitoring.flower.path:
        IncomingFromNetworks(
            scope,
            "flower-from-load-balancer",
            name="celery-flower-from-load-balancer",
            pods=selector(FLOWER_NAME),
            port=FLOWER_PORT,
            cidrs=environment.network.load_balancer_cidrs,
        )


def _dashboard(scope: Construct, environment: Environment, monitoring: Monitoring, settings: Dashboards) -> None:
    application = environment.application
    Dashboard(
        scope,
        "dashboard",
        name=f"{application.backend}-dashboard",
        title=f"{application.name} in {environment.name}",
        rows=rows_of(environment, monitoring),
        settings=settings,
        runbooks=(monitoring.alerts or Alerting()).runbooks,
        interval=monitoring.interval,
        tags=[application.name, environment.name],
        labels=application.labels(instance=application.backend, component="dashboard"),
    )


def monitor(
    scope: Construct, environment: Environment, monitoring: Monitoring, *, app: DjangoApp
) -> QueueMetrics | None:
    """Render what is scraped; the exporter of queue metrics, where there is one."""
    # What monitors are made of takes long to import, and most environments have none.
    from examx_constructs.monitoring.alert_rules import AlertRules  # noqa: PLC0415
    from examx_constructs.monitoring.scraping import (  # noqa: PLC0415
        ScrapedPods,
        ScrapedPort,
        ScrapedService,
    )

    backend = environment.application.backend
    if monitoring.alerts:
        AlertRules(
            scope,
            "alerts",
            name=backend,
            alerts=tuple(alerts_of(environment, monitoring.alerts)),
            alerting=monitoring.alerts,
            labels=monitoring.labels,
        )
    if monitoring.dashboards:
        _dashboard(scope, environment, monitoring, monitoring.dashboards)
    ports = {
        APPLICATION_PORT_NAME: monitoring.application_path,
        NGINX_PORT_NAME: "/metrics" if monitoring.nginx else None,
    }
    asked = [ScrapedPort(port=port, path=path) for port, path in ports.items() if path]
    if asked:
        ScrapedPods(
            scope,
            "backend-monitor",
            name=backend,
            pods=selector(backend),
            ports=asked,
            labels=monitoring.labels,
            interval=monitoring.interval,
        )
    if monitoring.redis and not isinstance(environment.redis, ExternalRedis):
        ScrapedPods(
            scope,
            "redis-monitor",
            name="redis",
            pods=REDIS_PODS,
            ports=[ScrapedPort(port=REDIS_PORT_NAME)],
            labels=monitoring.labels,
            interval=monitoring.interval,
        )
    if monitoring.queues is None:
        return None
    metrics = QueueMetrics(
        scope,
        "queue-metrics",
        app=app,
        queues=environment.queues,
        settings=monitoring.queues,
        extras=environment.extras_of(QUEUE_EXPORTER_NAME),
    )
    ScrapedService(
        scope,
        "queue-metrics-monitor",
        name=QUEUE_EXPORTER_NAME,
        service=metrics.labels,
        ports=[ScrapedPort(port=QUEUE_EXPORTER_PORT_NAME)],
        labels=monitoring.labels,
        interval=monitoring.interval,
        # The namespace is the environment's, whatever a Prometheus outside of the cluster calls its own.
        own_labels=True,
    )
    return metrics
