"""What the processes tell about themselves, and whom: traces by OpenTelemetry, profiles by Pyroscope."""

from collections.abc import Mapping
from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.network import ClusterService
from examx_constructs.settings.refusal import SettingError, at_least, pattern

VARIABLES = (
    "ENABLE_OTEL",
    "OTEL_SERVICE_NAME",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_RESOURCE_ATTRIBUTES",
    "OTEL_PYTHON_LOG_CORRELATION",
    "OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED",
    "OTEL_BSP_SCHEDULE_DELAY",
    "OTEL_BSP_EXPORT_TIMEOUT",
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_BSP_MAX_QUEUE_SIZE",
    "ENABLE_PYROSCOPE",
    "PYROSCOPE_APPLICATION_NAME",
    "PYROSCOPE_SERVER_ADDRESS",
)
"""The environment variables that a Telemetry becomes: the contract with the application."""

_service_name = pattern(r"[\w.-]{1,255}", "it must be a service's name: letters, digits, '_', '.' and '-'")
_attribute_key = pattern(
    r"[A-Za-z][\w.-]{0,254}", "it must be the name of an attribute, such as service.version: a letter comes first"
)
_attribute_value = pattern(
    r"[\w./:@+-]{1,255}", "it must be letters, digits and ./:@+-_, for a comma or a space would end it"
)


def _whole_second(given: object) -> str | None:
    return "the least is 1s" if isinstance(given, Duration) and given.seconds < 1 else None


@value
class SpanBatches:
    """How spans go to the collector: in batches, after this delay at the latest. A full queue drops what comes."""

    schedule_delay: Duration = setting(_whole_second, default=Duration("5s"))
    """How long a span waits at most."""
    export_timeout: Duration = setting(_whole_second, default=Duration("30s"))
    """How long the collector may take for a batch, before it is given up."""
    batch_size: int = setting(at_least(1, "a batch of none sends nothing"), default=512)
    """The spans of one batch at most."""
    queue_size: int = setting(at_least(1, "a queue of none keeps nothing"), default=2048)
    """The spans that may wait in a process."""

    def __attrs_post_init__(self) -> None:
        if self.batch_size > self.queue_size:
            raise SettingError(
                "SpanBatches.batch_size",
                self.batch_size,
                f"the most is queue_size, {self.queue_size}: OpenTelemetry does not start otherwise",
            )

    @property
    def variables(self) -> dict[str, str]:
        """The variables of OpenTelemetry, which counts in milliseconds."""
        return {
            "OTEL_BSP_SCHEDULE_DELAY": str(self.schedule_delay.seconds * 1000),
            "OTEL_BSP_EXPORT_TIMEOUT": str(self.export_timeout.seconds * 1000),
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": str(self.batch_size),
            "OTEL_BSP_MAX_QUEUE_SIZE": str(self.queue_size),
        }


@value
class Profiling:
    """Where Pyroscope's profiles go. A workload without an entry in `application_names` has its service's name."""

    server: ClusterService
    application_names: Mapping[str, str] = {}

    def __attrs_post_init__(self) -> None:
        _refuse_names("Profiling.application_names", self.application_names)


@value
class Telemetry:
    """Traces, and profiles where `profiling` is given, of every process of the application.

    `collector` takes OTLP. `service_names` are those of the workloads; one without an entry has its own name.
    `batches=None` leaves the figures to OpenTelemetry. `log_correlation` puts the ids of traces into log lines.
    The pods may call the collector and the profiling server, by the NetworkPolicy that belongs to it.
    """

    collector: ClusterService
    protocol: Literal["grpc", "http/protobuf"] = "grpc"
    """How OTLP is spoken. The port of the collector must fit: 4317 and 4318 by custom."""
    service_names: Mapping[str, str] = {}
    resource_attributes: Mapping[str, str] = {}
    """What is on every span beside the service, such as the environment."""
    batches: SpanBatches | None = None
    log_correlation: bool = True
    profiling: Profiling | None = None

    def __attrs_post_init__(self) -> None:
        _refuse_names("Telemetry.service_names", self.service_names)
        for key, text in self.resource_attributes.items():
            if allowed := _attribute_key(key):
                raise SettingError("Telemetry.resource_attributes key", key, allowed)
            if allowed := _attribute_value(text):
                raise SettingError(f"Telemetry.resource_attributes[{key}]", text, allowed)

    @property
    def servers(self) -> tuple[ClusterService, ...]:
        """What the pods call."""
        return (self.collector, *((self.profiling.server,) if self.profiling else ()))

    @property
    def workloads(self) -> frozenset[str]:
        """The workloads that are named."""
        return frozenset(self.service_names) | frozenset(self.profiling.application_names if self.profiling else ())

    def variables(self, workload: str) -> dict[str, str]:
        """Return the environment variables of a workload's processes."""
        correlation = str(self.log_correlation).lower()
        attributes = ",".join(f"{key}={text}" for key, text in self.resource_attributes.items())
        return {
            "ENABLE_OTEL": "true",
            "OTEL_SERVICE_NAME": self._service_name(workload),
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.collector.url,
            "OTEL_EXPORTER_OTLP_PROTOCOL": self.protocol,
            **({"OTEL_RESOURCE_ATTRIBUTES": attributes} if attributes else {}),
            "OTEL_PYTHON_LOG_CORRELATION": correlation,
            "OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED": correlation,
            **(self.batches.variables if self.batches else {}),
            **self._profiling(workload),
        }

    def _service_name(self, workload: str) -> str:
        return self.service_names.get(workload, workload)

    def _profiling(self, workload: str) -> dict[str, str]:
        if self.profiling is None:
            return {"ENABLE_PYROSCOPE": "false"}
        return {
            "ENABLE_PYROSCOPE": "true",
            "PYROSCOPE_APPLICATION_NAME": self.profiling.application_names.get(workload, self._service_name(workload)),
            "PYROSCOPE_SERVER_ADDRESS": self.profiling.server.url,
        }


def _refuse_names(where: str, names: Mapping[str, str]) -> None:
    for workload, name in names.items():
        if allowed := _service_name(name):
            raise SettingError(f"{where}[{workload}]", name, allowed)
