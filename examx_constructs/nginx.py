"""nginx in front of gunicorn: its configuration as a ConfigMap that is named by its content."""

import hashlib
import json
from collections.abc import Iterable

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs import _templates
from examx_constructs._objects import metadata
from examx_constructs.pods import Mount, config_map, scratch
from examx_constructs.settings import ClientTls, ClientTlsOff, Duration, NginxSettings, Quantity, SettingError
from examx_constructs.settings.naming import APPLICATION, checked_name, labels
from examx_constructs.settings.network import PRIVATE_NETWORKS, cidr

CONFIG_PATH = "/etc/nginx/examx"
"""Where the ConfigMap is mounted. No file names it: they find each other relative to it (nginx's -p)."""

COMMAND = ("nginx", "-p", f"{CONFIG_PATH}/", "-c", "nginx.conf", "-e", "stderr")
"""What runs nginx in the foreground. It logs to stdout and stderr from its first line on."""

# Beyond the load balancer's idle timeout, which equals request_timeout.
_KEEP_ALIVE_MARGIN = Duration("60s")
_HASH_LENGTH = 10
_PLAIN_FILES = ("error.html", "logging.conf", "mime.types")


def render(
    settings: NginxSettings, client_tls: ClientTls, load_balancer_cidrs: Iterable[str] = PRIVATE_NETWORKS
) -> dict[str, str]:
    """The files of the configuration by name: pure, the same bytes for the same values.

    `load_balancer_cidrs`: the networks whose X-Forwarded-For is believed. Raises SettingError for one that is none.
    """
    body_size = _size(settings.max_body_size)
    timeout = settings.request_timeout
    files = {name: _templates.render(f"nginx/{name}") for name in _PLAIN_FILES}
    files["nginx.conf"] = _templates.render(
        "nginx/nginx.conf",
        listen_port=settings.listen_port,
        static_root=settings.static_root,
        media_root=settings.media_root,
        scratch_root=settings.scratch_root,
    )
    files["requests.conf"] = _templates.render(
        "nginx/requests.conf",
        real_ip_from=_lines(f"set_real_ip_from {_network(given)};" for given in load_balancer_cidrs),
        max_body_size=body_size,
        request_timeout=timeout,
        keepalive_timeout=timeout + _KEEP_ALIVE_MARGIN,
        accepted_media_types=_lines(f"    {name} 1;" for name in settings.write_content_types),
        content_type_names=", ".join(settings.write_content_types),
    )
    files["responses.conf"] = _templates.render(
        "nginx/responses.conf",
        content_security_policy=settings.content_security_policy,
        permissions_policy=settings.permissions_policy,
    )
    files["upstream.conf"] = _templates.render(
        "nginx/upstream.conf", upstream_port=settings.upstream_port, request_timeout=timeout
    )
    files["client-certificate.conf"] = _templates.render(f"nginx/client-certificate-{client_tls.mode}.conf")
    return dict(sorted(files.items()))


class NginxConfig(Construct):
    """The configuration of the nginx container: an immutable ConfigMap `<name>-<hash of its content>`.

    A changed configuration is another ConfigMap, so the pods that mount it roll, and pods of the old revision keep
    the files that they started with. `mounts` and `command` are what the container needs.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: NginxSettings | None = None,
        client_tls: ClientTls | None = None,
        load_balancer_cidrs: Iterable[str] = PRIVATE_NETWORKS,
        name: str = "examxv2-nginx",
    ) -> None:
        super().__init__(scope, id)
        self.settings = settings or NginxSettings()
        self.client_tls: ClientTls = client_tls or ClientTlsOff()
        files = render(self.settings, self.client_tls, load_balancer_cidrs)
        self.config_map_name = checked_name("NginxConfig.name", f"{name}-{_content_hash(files)}")
        self.config_map = k8s.KubeConfigMap(
            self,
            "config-map",
            metadata=metadata(
                self.config_map_name,
                labels=labels(application=APPLICATION, instance="examxv2-backend", component="backend"),
            ),
            immutable=True,
            data=files,
        )

    @property
    def command(self) -> tuple[str, ...]:
        """What the container runs."""
        return COMMAND

    def quit_after(self, pause: Duration, *, within: Duration) -> tuple[str, ...]:
        """A pre-stop command: serve on, then let what is under way end. What does not end `within` a time is dropped.

        It must outlast nginx or this time, because nginx takes the SIGTERM that follows as an order to drop requests.
        """
        quit_ = " ".join((*COMMAND, "-s", "quit"))
        ended = f"[ ! -e {self.settings.scratch_root}/nginx.pid ]"
        wait = f"n=0; until {ended} || [ $n -ge {within.seconds} ]; do sleep 1; n=$((n+1)); done"
        return ("sh", "-c", f"sleep {pause.seconds}; {quit_}; {wait}")

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """The configuration, and the one place where nginx writes."""
        return (
            config_map("nginx-config", self.config_map_name, CONFIG_PATH),
            scratch("nginx-scratch", self.settings.scratch_root, self.settings.scratch_size),
        )


def _content_hash(files: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:_HASH_LENGTH]


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _size(amount: Quantity) -> str:
    for suffix, unit in (("Mi", "m"), ("Ki", "k")):
        number = amount.floor_to(suffix)
        if Quantity(f"{number}{suffix}") == amount:
            return f"{number}{unit}"
    return str(amount.amount)


def _network(given: str) -> str:
    if allowed := cidr(given):
        raise SettingError("NginxConfig.load_balancer_cidrs", given, allowed)
    return given
