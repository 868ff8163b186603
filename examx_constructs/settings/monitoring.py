"""What Prometheus sees of an environment."""

from collections.abc import Mapping

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.alerting import Alerting
from examx_constructs.settings.dashboards import Dashboards
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.exporters import NginxExporter, RedisExporter
from examx_constructs.settings.flower import FLOWER_NAME, FlowerSettings
from examx_constructs.settings.limits import PodGroup
from examx_constructs.settings.naming import dns_label, label_key, label_value
from examx_constructs.settings.pod_extras import NOTHING, PodExtras
from examx_constructs.settings.queue_exporter import QUEUE_EXPORTER_NAME, QueueExporter
from examx_constructs.settings.redis import (
    REDIS_PORT,
    REPLICATED_NAMES,
    SENTINEL_PORT,
    ExternalRedis,
    RedisShape,
)
from examx_constructs.settings.refusal import SettingError, at_least, at_most, pattern

_port = (at_least(1024, "an unprivileged process cannot listen below 1024"), at_most(65535, "a TCP port"))
_path = pattern(
    r"(?:/[A-Za-z0-9_.~-]{1,64}){1,16}/?", "it must be a path of the application, such as /metrics or /api/metrics/"
)
_SHORTEST, _LONGEST = Duration("5s"), Duration("300s")


@value
class NginxMetrics:
    """A listener of nginx that no client reaches: the application's metrics at `path`, and nginx's own counts.

    `host`: by which the application is asked. Prometheus asks pods by their address, which Django refuses as a host.
    `path=None`: the application has no metrics. Elsewhere nginx answers the path with 404, so they are not public.
    `counts`: nginx tells its own, for which it must be built with http_stub_status_module, or it does not start.
    Debian's is.
    """

    port: int = setting(*_port, default=8082)
    """Where Prometheus asks. No Service leads clients to it."""
    path: str | None = setting(_path, default=None)
    host: str
    counts: bool = True


@value
class Monitoring:
    """What Prometheus gets of an environment, by objects of the Prometheus operator. Each part is left out with None.

    `namespace`: where Prometheus runs, whose pods are let in to what is scraped and to nothing else. `labels`: those by
    which it finds monitors and rules, such as `release: kube-prometheus-stack`. `interval`: how often it asks.
    `application_path`: where the application answers with metrics of its own, as django-prometheus does at /metrics;
    clients get 404 there. `metrics_port`: the listener of nginx for this and for its counts.
    `alerts` are made of the environment's own figures (docs/alerts.md).
    `nginx` and `redis` are sidecars, `queues` is a pod; a Redis that is run elsewhere has no sidecar. `flower` is the
    page of Celery's tasks and workers. `dashboards` is a page of Grafana, which needs `examx-constructs[dashboards]`.
    """

    namespace: str = setting(dns_label, default="monitoring")
    labels: Mapping[str, str] = {}
    interval: Duration = Duration("15s")
    application_path: str | None = setting(_path, default="/metrics")
    metrics_port: int = setting(*_port, default=8082)
    nginx: NginxExporter | None = NginxExporter()
    redis: RedisExporter | None = RedisExporter()
    queues: QueueExporter | None = QueueExporter()
    flower: FlowerSettings | None = None
    alerts: Alerting | None = Alerting()
    dashboards: Dashboards | None = None

    def __attrs_post_init__(self) -> None:
        for key, text in self.labels.items():
            if allowed := label_key(key):
                raise SettingError("Monitoring.labels key", key, allowed)
            if allowed := label_value(text):
                raise SettingError(f"Monitoring.labels[{key}]", text, allowed)
        if not _SHORTEST <= self.interval <= _LONGEST:
            raise SettingError(
                "Monitoring.interval",
                self.interval,
                f"it must be from {_SHORTEST} to {_LONGEST}: Prometheus forgets a figure after 5 minutes",
            )
        if self.nginx and self.nginx.port == self.metrics_port:
            raise SettingError(
                "NginxExporter.port", self.nginx.port, "it must differ from metrics_port: they share the pod's network"
            )

    @property
    def scrapes_backend(self) -> bool:
        """Whether anything of the backend's pods is asked for."""
        return self.application_path is not None or self.nginx is not None

    def listener(self, host: str) -> NginxMetrics | None:
        """Return what nginx listens to for this, where anything is asked of it. `host`: the public one."""
        if not self.scrapes_backend:
            return None
        return NginxMetrics(
            port=self.metrics_port, path=self.application_path, host=host, counts=self.nginx is not None
        )

    @property
    def backend_extras(self) -> PodExtras:
        """What the backend's pods get."""
        return PodExtras(sidecars=(self.nginx.sidecar(self.metrics_port),)) if self.nginx else NOTHING

    def redis_extras(self, shape: RedisShape, workload: str) -> PodExtras:
        """Return what the pods of a workload of Redis get."""
        if self.redis is None or isinstance(shape, ExternalRedis):
            return NOTHING
        port = SENTINEL_PORT if workload == REPLICATED_NAMES["sentinel"] else REDIS_PORT
        return PodExtras(sidecars=(self.redis.sidecar(port, shape.passwords),))

    @property
    def workloads(self) -> Mapping[str, PodGroup]:
        """The workloads that are rendered for this, and their pods."""
        own = {QUEUE_EXPORTER_NAME: self.queues, FLOWER_NAME: self.flower}
        return {name: each.pods for name, each in own.items() if each}
