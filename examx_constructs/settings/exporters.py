"""Sidecars that tell Prometheus what nginx and Redis count: kept programs, pinned."""

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.extra_containers import ExtraContainer, HttpProbe
from examx_constructs.settings.image import ImageReference
from examx_constructs.settings.redis import EXPORTER_USER
from examx_constructs.settings.refusal import at_least, at_most
from examx_constructs.settings.resources import Resources
from examx_constructs.settings.secrets import KubernetesSecret
from examx_constructs.settings.variable_sources import FromSecret

NGINX_EXPORTER_IMAGE = ImageReference.parse("quay.io/nginx/nginx-prometheus-exporter:1.5.3")
"""NGINX's own exporter (nginx/nginx-prometheus-exporter, 1.5.3): `nginx_connections_*`, `nginx_http_requests_total`."""
REDIS_EXPORTER_IMAGE = ImageReference.parse("quay.io/oliver006/redis_exporter:v1.88.0")
"""oliver006/redis_exporter, v1.88.0: `redis_*` of a server, `redis_sentinel_*` of a Sentinel."""

NGINX_EXPORTER_PORT, REDIS_EXPORTER_PORT = 9113, 9121
NGINX_PORT_NAME, REDIS_PORT_NAME = "nginx-metrics", "redis-metrics"
APPLICATION_PORT_NAME = "metrics"
"""The port of nginx at which Prometheus asks the application."""
STATUS_PATH = "/stub_status"

_port = (at_least(1024, "an unprivileged process cannot listen below 1024"), at_most(65535, "a TCP port"))
_SMALL = Resources.of("10m", "32Mi", "100m", "64Mi")


@value
class NginxExporter:
    """A sidecar of the backend that tells Prometheus what nginx counts, as it has it of `stub_status`.

    `status_port`: the listener of nginx for this, which also gives the application's metrics to Prometheus.
    """

    image: ImageReference = NGINX_EXPORTER_IMAGE
    resources: Resources = _SMALL
    port: int = setting(*_port, default=NGINX_EXPORTER_PORT)
    """Where Prometheus asks it."""

    def sidecar(self, status_port: int) -> ExtraContainer:
        """Return the container."""
        return ExtraContainer(
            name="nginx-exporter",
            image=self.image,
            resources=self.resources,
            arguments=(
                f"--nginx.scrape-uri=http://127.0.0.1:{status_port}{STATUS_PATH}",
                f"--web.listen-address=:{self.port}",
            ),
            ports={NGINX_PORT_NAME: self.port},
            # Its page of links, which asks nginx nothing.
            liveness=HttpProbe(port=self.port, path="/"),
        )


@value
class RedisExporter:
    """A sidecar of each server and Sentinel that is rendered, which tells Prometheus of it.

    It logs in as `exporter`, who may ask INFO, and Sentinels what they see, and nothing else. It takes the password
    when it starts. So it runs without one where the Secret has none yet, and a restart of its pod brings a later one.
    """

    image: ImageReference = REDIS_EXPORTER_IMAGE
    resources: Resources = _SMALL
    port: int = setting(*_port, default=REDIS_EXPORTER_PORT)
    """Where Prometheus asks it."""

    def sidecar(self, redis_port: int, passwords: KubernetesSecret) -> ExtraContainer:
        """Return the container, beside a process that listens on a port."""
        return ExtraContainer(
            name="redis-exporter",
            image=self.image,
            resources=self.resources,
            variables={
                "REDIS_ADDR": f"redis://127.0.0.1:{redis_port}",
                "REDIS_USER": EXPORTER_USER,
                # Optional: Redis would not be ready, for the sake of its exporter.
                "REDIS_PASSWORD": FromSecret(secret=passwords.name, key=EXPORTER_USER, optional=True),
                "REDIS_EXPORTER_WEB_LISTEN_ADDRESS": f":{self.port}",
                # It would ask any server that who comes in names, with the password.
                "REDIS_EXPORTER_DISABLE_SCRAPE_ENDPOINT": "true",
                # The user may do neither CONFIG GET nor LATENCY, and no alert and no panel needs them.
                "REDIS_EXPORTER_CONFIG_COMMAND": "-",
                "REDIS_EXPORTER_EXCLUDE_LATENCY_HISTOGRAM_METRICS": "true",
            },
            ports={REDIS_PORT_NAME: self.port},
            liveness=HttpProbe(port=self.port, path="/health"),
        )
