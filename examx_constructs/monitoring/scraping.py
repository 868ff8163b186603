"""Who is scraped: what the Prometheus operator goes by, and the way in for Prometheus alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdk8s import ApiObjectMetadata
from constructs import Construct

from examx_constructs._objects import lean
from examx_constructs._strict import strict, strict_value
from examx_constructs.imports import monitoring
from examx_constructs.settings import Duration
from examx_constructs.settings.naming import APP_LABEL, checked_name, merged

_INTERVAL = Duration("15s")


@strict_value
@dataclass(frozen=True, kw_only=True)
class ScrapedPort:
    """A port of pods or of a Service, by its name, and the path at which it answers with metrics."""

    port: str
    """The name of the port."""
    path: str = "/metrics"
    """Where it answers, `/metrics` by custom."""


class ScrapedPods(monitoring.PodMonitor):
    """A PodMonitor: Prometheus asks pods at ports that their containers name.

    For what no Service leads to, such as a sidecar. `pods`: labels of theirs. `labels`: those by which Prometheus finds
    monitors. The label `job` is the name of the pods' workload.

    `ports` are all that is asked. `interval` is how often.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        pods: Mapping[str, str],
        ports: Sequence[ScrapedPort],
        labels: Mapping[str, str] | None = None,
        interval: Duration = _INTERVAL,
    ) -> None:
        super().__init__(
            scope,
            id,
            metadata=ApiObjectMetadata(name=checked_name("ScrapedPods.name", name), labels=dict(labels or {})),
            spec=lean(
                monitoring.PodMonitorSpec(
                    selector=monitoring.PodMonitorSpecSelector(match_labels=dict(pods)),
                    job_label=APP_LABEL,
                    pod_metrics_endpoints=[
                        monitoring.PodMonitorSpecPodMetricsEndpoints(
                            port=each.port, path=each.path, interval=str(interval)
                        )
                        for each in ports
                    ],
                )
            ),
        )


class ScrapedService(monitoring.ServiceMonitor):
    """A ServiceMonitor: Prometheus asks each pod behind a Service, at ports that the Service names.

    `service`: labels of the Service. `labels`: those by which Prometheus finds monitors. `own_labels`: the labels that
    the metrics have stay, where Prometheus would set others of the name. The label `job` is the Service's `app`.

    `ports` are all that is asked. `interval` is how often.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        service: Mapping[str, str],
        ports: Sequence[ScrapedPort],
        labels: Mapping[str, str] | None = None,
        interval: Duration = _INTERVAL,
        own_labels: bool = False,
    ) -> None:
        super().__init__(
            scope,
            id,
            metadata=ApiObjectMetadata(
                name=checked_name("ScrapedService.name", name), labels=merged(service, labels or {})
            ),
            spec=lean(
                monitoring.ServiceMonitorSpec(
                    selector=monitoring.ServiceMonitorSpecSelector(match_labels=dict(service)),
                    job_label=APP_LABEL,
                    endpoints=[
                        monitoring.ServiceMonitorSpecEndpoints(
                            port=each.port, path=each.path, interval=str(interval), honor_labels=own_labels or None
                        )
                        for each in ports
                    ],
                )
            ),
        )
