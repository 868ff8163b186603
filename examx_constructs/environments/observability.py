"""What the processes tell about themselves, and where: names and servers as they were before this project."""

from examx_constructs.settings import ClusterService, Profiling, SpanBatches, Telemetry

METRICS_PATH = "/celery-metrics"
"""Where the backend answers with the figures of its queues, which autoscalers of other workloads go by."""

_SERVICE_NAMES = {
    "examxv2-backend": "examxv2-backend",
    "celery-worker-default": "examxv2-celery-default",
    "celery-bulk-upload-worker": "examxv2-celery-bulk-upload",
    "celery-enrichment-worker": "examxv2-celery-enrichment",
    "celery-question-generator-ai-worker": "examxv2-celery-question-generator",
    "celery-beat": "examxv2-celery-beat",
}
_PROFILED_AS = {"celery-question-generator-ai-worker": "examxv2-celery-ai-generator"}

DEV_NAMESPACE = "observability"
"""The namespace of dev's and staging's cluster with the collector, Prometheus and Pyroscope."""
PRODUCTION_NAMESPACE = "grafana-cloud"
"""The namespace of production's cluster with the collector, which reads the metrics as well."""


def dev_telemetry() -> Telemetry:
    """Traces and profiles of development."""
    return Telemetry(
        collector=ClusterService(name="alloy", namespace=DEV_NAMESPACE, port=4317),
        service_names=_SERVICE_NAMES,
        resource_attributes=_attributes("development", "greatify-dev-stg-cluster"),
        profiling=Profiling(
            server=ClusterService(name="pyroscope", namespace=DEV_NAMESPACE, port=4040), application_names=_PROFILED_AS
        ),
    )


def production_telemetry() -> Telemetry:
    """Traces of production, which is not profiled."""
    return Telemetry(
        collector=ClusterService(
            name="grafana-k8s-monitoring-alloy-receiver", namespace=PRODUCTION_NAMESPACE, port=4317
        ),
        service_names=_SERVICE_NAMES,
        resource_attributes=_attributes("production", "greatify-prod-cluster"),
        batches=SpanBatches(),
    )


def _attributes(environment: str, cluster: str) -> dict[str, str]:
    return {"service.version": "1.0.0", "deployment.environment": environment, "k8s.cluster.name": cluster}
