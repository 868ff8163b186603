"""nginx in front of gunicorn: its configuration as a ConfigMap that is named by its content."""

import hashlib
import json
import re
from collections.abc import Iterable
from itertools import takewhile

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs import _templates
from examx_constructs._objects import metadata
from examx_constructs._strict import strict
from examx_constructs.pods import Mount, config_map, scratch
from examx_constructs.secrets import ExistingSecret
from examx_constructs.settings import (
    Application,
    ClientTls,
    ClientTlsOff,
    Duration,
    NginxMetrics,
    NginxSettings,
    Quantity,
    SettingError,
)
from examx_constructs.settings import nginx_capacity as room
from examx_constructs.settings.application import EXAMX
from examx_constructs.settings.exporters import STATUS_PATH
from examx_constructs.settings.naming import checked_name
from examx_constructs.settings.network import PRIVATE_NETWORKS, cidr
from examx_constructs.settings.nginx import SMALLEST_MEMORY, VIEWER_KEY
from examx_constructs.settings.nginx_capacity import NginxCapacity

VIEWER_KEY_PATH = "/run/secrets/viewer"

# Beyond the load balancer's idle timeout, which equals request_timeout.
_KEEP_ALIVE_MARGIN = Duration("60s")
_LONGEST_HEADER_WAIT, _LONGEST_SEND_WAIT = Duration("15s"), Duration("60s")
_HASH_LENGTH = 10
_PLAIN_FILES = ("error.html", "logging.conf", "mime.types")

# What a browser shows without running anything: the ends of names, and the type that is sent.
_SHOWN_MEDIA = {
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg oga",
    "audio/wav": "wav",
    "application/pdf": "pdf",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/jpeg": "jpg jpeg",
    "image/png": "png",
    "image/webp": "webp",
    "text/csv": "csv",
    "text/plain": "txt",
    "video/mp4": "mp4 m4v",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
_PLAIN_ANSWERS = {
    # With a cookie, and not from a page of this host.
    "own": ('    "~^1" "";', '    0 "";', "    default 1;"),
    "files": ("    default 1;",),
    "all": ('    default "";',),
}
_COMPRESSED_OR_PLAIN = """            if ($plain_answer) {
                gzip off;
                proxy_pass http://gunicorn;
            }"""


def render(
    settings: NginxSettings,
    client_tls: ClientTls,
    load_balancer_cidrs: Iterable[str] = PRIVATE_NETWORKS,
    memory: Quantity = SMALLEST_MEMORY,
    application: Application = EXAMX,
    *,
    metrics: NginxMetrics | None = None,
) -> dict[str, str]:
    """Return the files of the configuration by name: pure, the same bytes for the same values.

    `load_balancer_cidrs`: the networks that are believed, in what they say of the client, of HTTPS and of certificates.
    `memory`: the container's limit, by which buffers and connections go. Raises SettingError for a network that is
    none, and for too little memory. `metrics`: what Prometheus gets, at a listener of its own.
    """
    settings = settings.rooted(static=application.static_path, media=application.media_path)
    networks = list(dict.fromkeys(_network(given) for given in load_balancer_cidrs))
    capacity = settings.capacity(memory)
    files = {name: _templates.render(f"nginx/{name}") for name in _PLAIN_FILES}
    files["nginx.conf"] = _server(settings, capacity, metrics)
    if metrics:
        files["metrics.conf"] = _metrics(settings, metrics)
    files["requests.conf"] = _requests(settings, networks)
    files["limits.conf"], files["limited.conf"] = _limits(settings, capacity)
    files["viewers.conf"] = _viewers(settings, application)
    files["responses.conf"] = _templates.render(
        "nginx/responses.conf",
        content_security_policy=settings.content_security_policy,
        permissions_policy=settings.permissions_policy,
        shown_names=_lines(f'    "~*\\.(?:{names.replace(" ", "|")})$" shown;' for names in _SHOWN_MEDIA.values()),
        shown_types=_lines(f'    "~^{each}(?:;|$)" shown;' for each in _SHOWN_MEDIA),
        plain_answer=_lines(_PLAIN_ANSWERS[settings.compression]),
        gzip_buffers=f"{room.GZIP_BUFFERS} {_size_of(room.GZIP_BUFFER)}",
    )
    files["media.conf"] = _media(settings)
    files["media-types.conf"] = _templates.render(
        "nginx/media-types.conf", types=_lines(f"    {each} {names};" for each, names in _SHOWN_MEDIA.items())
    )
    files["gunicorn.conf"] = _templates.render("nginx/gunicorn.conf", upstream_port=settings.upstream_port)
    files["upstream.conf"] = _upstream(settings, capacity)
    files["client-certificate.conf"] = _templates.render(f"nginx/client-certificate-{client_tls.mode}.conf")
    files["health.conf"] = _templates.render(
        "nginx/health.conf",
        scratch_root=settings.scratch_root,
        health_port=settings.health_port,
        upstream_port=settings.upstream_port,
        probes=_either(application.health_path, application.ready_path),
    )
    files["start.sh"] = _templates.render(
        "nginx/start.sh", prepare_keys=_prepare_keys(settings), scratch_root=settings.scratch_root
    )
    return dict(sorted(files.items()))


def _metrics(settings: NginxSettings, metrics: NginxMetrics) -> str:
    application = _templates.render(
        "nginx/metrics-application.conf",
        metrics_path=metrics.path,
        host=metrics.host,
        upstream_port=settings.upstream_port,
    )
    return _templates.render(
        "nginx/metrics.conf",
        metrics_port=metrics.port,
        counts=_templates.render("nginx/metrics-counts.conf", status_path=STATUS_PATH) if metrics.counts else "",
        application=application if metrics.path else "",
    )


def _server(settings: NginxSettings, capacity: NginxCapacity, metrics: NginxMetrics | None) -> str:
    everywhere = "/" in settings.upload_paths
    return _templates.render(
        "nginx/nginx.conf",
        listen_port=settings.listen_port,
        static_root=settings.static_root,
        scratch_root=settings.scratch_root,
        processes=room.PROCESSES,
        worker_connections=capacity.worker_connections,
        small_body_size=_size(_small(settings)),
        viewer_status=401 if settings.viewer_key else 403,
        upload_locations=_lines([*_not_public(metrics), _upload_locations(settings)]),
        metrics_listener="\n    include metrics.conf;" if metrics else "",
        api_settings=_location_settings(settings, uploads=everywhere or "/api" in settings.upload_paths),
        page_settings=_location_settings(settings, uploads=everywhere),
        unannounced_settings=_lines([*_asked_first(settings), _COMPRESSED_OR_PLAIN]),
    )


def _requests(settings: NginxSettings, networks: list[str]) -> str:
    return _templates.render(
        "nginx/requests.conf",
        real_ip_from=_lines(f"set_real_ip_from {network};" for network in networks),
        load_balancer_networks=_lines(f"    {network} 1;" for network in networks),
        max_body_size=_size(settings.max_body_size),
        body_buffer=_size_of(room.BODY_BUFFER),
        line_buffer=_size_of(room.LINE_BUFFER),
        header_buffers=f"{room.HEADER_BUFFERS} {_size_of(room.HEADER_BUFFER)}",
        header_timeout=min(settings.request_timeout, _LONGEST_HEADER_WAIT),
        body_timeout=min(settings.request_timeout, settings.body_timeout),
        send_timeout=min(settings.request_timeout, _LONGEST_SEND_WAIT),
        keepalive_timeout=settings.request_timeout + _KEEP_ALIVE_MARGIN,
        accepted_media_types=_lines(f"    {name} 1;" for name in settings.write_content_types),
        content_type_names=", ".join(settings.write_content_types),
    )


def _upstream(settings: NginxSettings, capacity: NginxCapacity) -> str:
    return _templates.render(
        "nginx/upstream.conf",
        request_timeout=settings.request_timeout,
        accelerated_redirects="# Django may say which file of /media/ is the answer."
        if settings.protected_media
        else "# No path of nginx is Django's to choose.\nproxy_ignore_headers X-Accel-Redirect;",
        answer_header=_size_of(room.ANSWER_HEADER),
        answer_buffers=f"{room.ANSWER_BUFFERS} {_size_of(room.ANSWER_BUFFER)}",
        answer_busy=_size_of((room.ANSWER_BUFFERS - 1) * room.ANSWER_BUFFER),
        answer_file=_size_of(capacity.answer_file),
    )


def _limits(settings: NginxSettings, capacity: NginxCapacity) -> tuple[str, str]:
    """Return the zones of what is counted, and the limits themselves."""
    tiers = {f"body_tier_{number}": tier for number, tier in enumerate(capacity.tiers)}
    small = next(name for name, tier in tiers.items() if tier.size >= _small(settings))
    lines = [f'    "~^0*[0-9]{{1,{tier.digits}}}$" {name};' for name, tier in tiers.items() if tier.digits]
    lines += [f"    chunked {small};", f"    default {list(tiers)[-1]};"]
    # Those of the first tier are as many as all bodies.
    larger = list(tiers.items())[1:]
    zones = _lines(
        f'\nmap $body_tier ${name} {{\n    {name} all;\n    default "";\n}}\n\nlimit_conn_zone ${name} zone={name}:64k;'
        for name, _ in larger
    )
    limits = _templates.render(
        "nginx/limits.conf",
        body_tier_map=_lines(lines),
        body_tier_zones=zones,
    )
    limited = _templates.render(
        "nginx/limited.conf",
        requests=capacity.requests,
        requests_per_client=settings.requests_per_client or capacity.requests * 3 // 4,
        requests_with_body=capacity.requests_with_body,
        body_tier_limits=_lines(f"limit_conn {name} {tier.most};" for name, tier in larger),
    )
    return f"{limits.rstrip()}\n", f"{limited.rstrip()}\n"


def _beginning(path: str) -> str:
    """Return a regular expression for a path and what is below it."""
    return "/" if path == "/" else rf"{_quoted(path)}(?:/|$)"


def _quoted(path: str) -> str:
    """Return a regular expression for the text of a path, with no backslash that it does without."""
    return re.escape(path).replace("\\-", "-").replace("\\~", "~")


def _upload_locations(settings: NginxSettings) -> str:
    """Write locations for paths that are neither all nor all of the API: those have a location anyway.

    Deeper ones first.
    """
    asked = [_question(settings.upload_check)] if settings.upload_check else []
    paths = sorted((path for path in settings.upload_paths if path not in {"/", "/api"}), key=len, reverse=True)
    return _lines([*asked, *(_upload_location(settings, path) for path in paths)])


def _not_public(metrics: NginxMetrics | None) -> list[str]:
    """Return a location that keeps clients from the application's metrics."""
    refused = f"        location = {metrics.path} {{\n            return 404;\n        }}\n" if metrics else ""
    return [refused] if metrics and metrics.path else []


def _upload_location(settings: NginxSettings, path: str) -> str:
    refused = {"$refused_method": 405, "$refused_request": 400}
    if path.startswith("/api/"):
        refused["$refused_write"] = 400
    return _lines(
        [
            f"        location ~ ^{_beginning(path)} {{",
            *(_refusal(variable, status) for variable, status in refused.items()),
            _location_settings(settings, uploads=True),
            "            proxy_pass http://gunicorn;",
            "        }\n",
        ]
    )


def _refusal(variable: str, status: int) -> str:
    return f"            if ({variable}) {{\n                return {status};\n            }}"


def _question(path: str) -> str:
    return _templates.render("nginx/upload-check.conf", question=path).rstrip() + "\n"


def _location_settings(settings: NginxSettings, *, uploads: bool) -> str:
    if not uploads:
        return _lines([f"            client_max_body_size {_size(_small(settings))};", _COMPRESSED_OR_PLAIN])
    lines = [_refusal("$without_length", 418), f"            client_max_body_size {_size(settings.max_body_size)};"]
    if settings.unbuffered_uploads:
        lines.append("            proxy_request_buffering off;")
    return _lines([*lines, *_asked_first(settings), _COMPRESSED_OR_PLAIN])


def _asked_first(settings: NginxSettings) -> list[str]:
    if settings.upload_check is None:
        return []
    return [
        "            auth_request /_nginx/upload-check;",
        "            auth_request_set $upload_answer $upstream_status;",
    ]


def _small(settings: NginxSettings) -> Quantity:
    return min(settings.small_body_size, settings.max_body_size)


def _media(settings: NginxSettings) -> str:
    name = "media-protected" if settings.protected_media else "media-public"
    return _templates.render(
        f"nginx/{name}.conf", media_root=settings.media_root, small_body_size=_size(_small(settings))
    )


def _viewers(settings: NginxSettings, application: Application) -> str:
    networks = dict.fromkeys(settings.viewers or ())
    some = settings.viewers is not None or settings.viewer_key is not None
    key = f"    include {settings.scratch_root}/viewer-key.conf;" if settings.viewer_key else "    # No key is known."
    return _templates.render(
        "nginx/viewers.conf",
        who="the clients that NginxSettings.viewers and viewer_key let in" if some else "everybody",
        viewer_networks=_lines(f"    {network} 1;" for network in networks) or "    # No network is named.",
        viewer_keys=key,
        # What the application said of an upload, where it is asked.
        upload_answer="$upload_answer" if settings.upload_check else '""',
        let_in="(?:1.|.1) " if some else "",
        cookie=f"{application.identifier}_viewer",
    )


def _prepare_keys(settings: NginxSettings) -> str:
    """Return commands that write the key where nginx includes it, which only it can read."""
    if settings.viewer_key is None:
        return ":"
    return _templates.render(
        "nginx/prepare-keys.sh",
        secret=settings.viewer_key.name,
        file=f"{VIEWER_KEY_PATH}/{VIEWER_KEY}",
        scratch_root=settings.scratch_root,
    ).rstrip()


class NginxConfig(Construct):
    """The configuration of the nginx container: an immutable ConfigMap `<name>-<hash of its content>`.

    A changed configuration is another ConfigMap, so the pods that mount it roll. Pods of the old revision keep the
    files that they started with. `path` is where it is mounted, which no file names: they find each other relative to
    it (nginx's -p). `mounts` and `command` are what the container needs, and `memory` is the least that its limit may
    be. `metrics` gives Prometheus what nginx counts and what the application tells, at a port of its own.

    `client_tls`: what the load balancer does with certificates of clients, and so which headers nginx believes.
    `load_balancer_cidrs`: where requests may come from whose headers are believed.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: NginxSettings | None = None,
        client_tls: ClientTls | None = None,
        load_balancer_cidrs: Iterable[str] = PRIVATE_NETWORKS,
        memory: Quantity = SMALLEST_MEMORY,
        application: Application = EXAMX,
        metrics: NginxMetrics | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        given = settings or NginxSettings()
        if metrics and metrics.port in (given.listen_port, given.health_port, given.upstream_port):
            raise SettingError(
                "NginxMetrics.port",
                metrics.port,
                "it must be another port than those of NginxSettings: it is listened to",
            )
        self.metrics = metrics
        self.settings = given.rooted(static=application.static_path, media=application.media_path)
        self.media_root = self.settings.media_root or application.media_path
        self.client_tls: ClientTls = client_tls or ClientTlsOff()
        self.memory = memory
        self.path = application.nginx_path
        files = render(self.settings, self.client_tls, load_balancer_cidrs, memory, application, metrics=metrics)
        name = name or f"{application.name}-nginx"
        self.config_map_name = checked_name("NginxConfig.name", f"{name}-{_content_hash(files)}")
        self.config_map = k8s.KubeConfigMap(
            self,
            "config-map",
            metadata=metadata(
                self.config_map_name,
                labels=application.labels(instance=application.backend, component="backend"),
            ),
            immutable=True,
            data=files,
        )

    @property
    def command(self) -> tuple[str, ...]:
        """What the container runs."""
        return start_command(self.path)

    def quit_after(self, pause: Duration, *, within: Duration) -> tuple[str, ...]:
        """Return a pre-stop command: serve on, then let what is under way end.

        What does not end `within` a time is dropped.

        It must outlast nginx or this time, because nginx takes the SIGTERM that follows as an order to drop requests.
        """
        quit_ = " ".join((*nginx_command(self.path), "-s", "quit"))
        ended = f"[ ! -e {self.settings.scratch_root}/nginx.pid ]"
        wait = f"n=0; until {ended} || [ $n -ge {within.seconds} ]; do sleep 1; n=$((n+1)); done"
        return ("sh", "-c", f"sleep {pause.seconds}; {quit_}; {wait}")

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """The configuration, the one place where nginx writes, and the key of viewers."""
        key = self.settings.viewer_key
        return (
            config_map("nginx-config", self.config_map_name, self.path),
            scratch("nginx-scratch", self.settings.scratch_root, self.settings.scratch_size),
            *([ExistingSecret(name=key.name).mount(VIEWER_KEY_PATH)] if key else []),
        )


def start_command(path: str) -> tuple[str, ...]:
    """Return what the container runs: nginx, and beside it the process that answers probes."""
    return ("sh", f"{path}/start.sh")


def nginx_command(path: str) -> tuple[str, ...]:
    """Return how nginx runs in the foreground, as start.sh becomes it.

    It logs to stdout and stderr from its first line on.
    """
    return ("nginx", "-p", f"{path}/", "-c", "nginx.conf", "-e", "stderr")


def _either(one: str, other: str) -> str:
    """Return a regular expression of two paths and nothing else."""
    if one == other:
        return _quoted(one)
    start = _common(one, other)
    ends = one[start:], other[start:]
    end = _common(*(each[::-1] for each in ends))
    first, second = (_quoted(each[: len(each) - end]) for each in ends)
    return f"{_quoted(one[:start])}(?:{first}|{second}){_quoted(one[len(one) - end :])}"


def _common(one: str, other: str) -> int:
    """Return how many letters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


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


def _size_of(number: int) -> str:
    return _size(Quantity(str(number)))


def _network(given: str) -> str:
    if allowed := cidr(given):
        raise SettingError("NginxConfig.load_balancer_cidrs", given, allowed)
    return given
