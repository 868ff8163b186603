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


def dev_telemetry() -> Telemetry:
    """Return traces and profiles of development."""
    return Telemetry(
        collector=ClusterService(name="alloy", namespace="observability", port=4317),
        service_names=_SERVICE_NAMES,
        resource_attributes={
            "service.version": "1.0.0",
            "deployment.environment": "development",
            "k8s.cluster.name": "greatify-dev-stg-cluster",
        },
        profiling=Profiling(
            server=ClusterService(name="pyroscope", namespace="observability", port=4040),
            application_names=_PROFILED_AS,
        ),
    )


def production_telemetry() -> Telemetry:
    """Return traces of production, which is not profiled."""
    return Telemetry(
        collector=ClusterService(name="grafana-k8s-monitoring-alloy-receiver", namespace="grafana-cloud", port=4317),
        service_names=_SERVICE_NAMES,
        resource_attributes={
            "service.version": "1.0.0",
            "deployment.environment": "production",
            "k8s.cluster.name": "greatify-prod-cluster",
        },
        batches=SpanBatches(),
    )
