"""Traces and profiles: the variables of each workload, and the servers that it calls."""

import attrs
import pytest

from examx_constructs.settings import ClusterService, Duration, Profiling, SpanBatches
from examx_constructs.settings.telemetry import VARIABLES
from tests.unit.settings.samples import COLLECTOR, ENVIRONMENT, TELEMETRY
from tests.unit.settings.support import refusal

PYROSCOPE = ClusterService(name="pyroscope", namespace="profiles", port=4040)
FULL = attrs.evolve(
    TELEMETRY,
    protocol="http/protobuf",
    service_names={"celery-worker": "exams-worker"},
    resource_attributes={"service.version": "1.0.0", "deployment.environment": "testing"},
    batches=SpanBatches(schedule_delay=Duration("1s"), export_timeout=Duration("2s"), batch_size=3, queue_size=4),
    log_correlation=False,
    profiling=Profiling(server=PYROSCOPE, application_names={"celery-worker": "exams-profile"}),
)


def test_the_least_is_a_collector() -> None:
    assert TELEMETRY.variables("celery-beat") == {
        "ENABLE_OTEL": "true",
        "OTEL_SERVICE_NAME": "celery-beat",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.monitoring.svc.cluster.local:4317",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        "OTEL_PYTHON_LOG_CORRELATION": "true",
        "OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED": "true",
        "ENABLE_PYROSCOPE": "false",
    }
    assert TELEMETRY.servers == (COLLECTOR,)


def test_everything_said() -> None:
    assert FULL.variables("celery-worker") == {
        "ENABLE_OTEL": "true",
        "OTEL_SERVICE_NAME": "exams-worker",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.monitoring.svc.cluster.local:4317",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_RESOURCE_ATTRIBUTES": "service.version=1.0.0,deployment.environment=testing",
        "OTEL_PYTHON_LOG_CORRELATION": "false",
        "OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED": "false",
        "OTEL_BSP_SCHEDULE_DELAY": "1000",
        "OTEL_BSP_EXPORT_TIMEOUT": "2000",
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "3",
        "OTEL_BSP_MAX_QUEUE_SIZE": "4",
        "ENABLE_PYROSCOPE": "true",
        "PYROSCOPE_APPLICATION_NAME": "exams-profile",
        "PYROSCOPE_SERVER_ADDRESS": "http://pyroscope.profiles.svc.cluster.local:4040",
    }
    assert set(FULL.variables("celery-worker")) == set(VARIABLES)
    assert FULL.servers == (COLLECTOR, PYROSCOPE)


def test_a_profile_has_the_name_of_the_service_unless_told_otherwise() -> None:
    telemetry = attrs.evolve(FULL, profiling=Profiling(server=PYROSCOPE))
    assert telemetry.variables("celery-worker")["PYROSCOPE_APPLICATION_NAME"] == "exams-worker"
    assert telemetry.variables("celery-beat")["PYROSCOPE_APPLICATION_NAME"] == "celery-beat"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: attrs.evolve(TELEMETRY, service_names={"celery-beat": "two words"}),
            'Telemetry.service_names[celery-beat] is "two words"; it must be a service\'s name: letters, digits',
        ),
        (
            lambda: Profiling(server=PYROSCOPE, application_names={"celery-beat": ""}),
            'Profiling.application_names[celery-beat] is ""; it must be a service\'s name',
        ),
        (
            lambda: attrs.evolve(TELEMETRY, resource_attributes={"1st": "a"}),
            'Telemetry.resource_attributes key is "1st"; it must be the name of an attribute, such as service.version',
        ),
        (
            lambda: attrs.evolve(TELEMETRY, resource_attributes={"tier": "a,b=c"}),
            'Telemetry.resource_attributes[tier] is "a,b=c"; it must be letters, digits and ./:@+-_, for a comma or',
        ),
        (lambda: attrs.evolve(TELEMETRY, protocol="http"), 'Telemetry.protocol is "http"; it must be one of "grpc"'),
        (
            lambda: SpanBatches(batch_size=5, queue_size=4),
            "SpanBatches.batch_size is 5; the most is queue_size, 4: OpenTelemetry does not start otherwise",
        ),
        (
            lambda: SpanBatches(batch_size=0),
            "SpanBatches.batch_size is 0; the least is 1: a batch of none sends nothing",
        ),
        (
            lambda: SpanBatches(queue_size=0),
            "SpanBatches.queue_size is 0; the least is 1: a queue of none keeps nothing",
        ),
        (lambda: SpanBatches(schedule_delay=Duration("0s")), "SpanBatches.schedule_delay is 0s; the least is 1s"),
        (lambda: attrs.evolve(COLLECTOR, name="a.b"), 'ClusterService.name is "a.b"; it must be a DNS label'),
        (lambda: attrs.evolve(COLLECTOR, namespace="A"), 'ClusterService.namespace is "A"; it must be a DNS label'),
        (lambda: attrs.evolve(COLLECTOR, port=0), "ClusterService.port is 0; the least is 1: a port"),
        (
            lambda: attrs.evolve(ENVIRONMENT, telemetry=attrs.evolve(TELEMETRY, service_names={"celery-wrker": "a"})),
            'Environment.telemetry is "celery-wrker"; it must name workloads of the application: examxv2-backend',
        ),
        (
            lambda: attrs.evolve(
                ENVIRONMENT,
                telemetry=attrs.evolve(
                    TELEMETRY, profiling=Profiling(server=PYROSCOPE, application_names={"redis": "a"})
                ),
            ),
            'Environment.telemetry is "redis"; it must name workloads of the application',
        ),
    ],
)
def test_refuses(make: object, message: str) -> None:
    assert refusal(make).startswith(message)  # pyright: ignore[reportArgumentType]
