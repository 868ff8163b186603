"""How nginx works in front of gunicorn.

Every text here ends up in nginx's own syntax, so each rule allows only what cannot leave its place there.
"""

import itertools
from typing import Literal, Self

from attrs import evolve

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.network import cidr
from examx_constructs.settings.nginx_capacity import NginxCapacity
from examx_constructs.settings.quantity import Quantity
from examx_constructs.settings.refusal import SettingError, at_least, at_most, pattern
from examx_constructs.settings.secrets import KubernetesSecret

_LONGEST_WAIT = Duration("4000s")
_MOST_CONTENT_TYPES = 16
_OWN_PATHS = ("/static", "/media", "/health", "/_nginx")

_directory = pattern(
    r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9_.-]{1,64}){1,16}",
    "it must be an absolute path of letters, digits, '.', '_' and '-', without '..' and without a slash at its end",
)
_media_type = pattern(
    r"(?=.{1,100}$)[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9.+-]*",
    "it must be a media type in lower case, without parameters, of at most 100 characters",
)
_policy = pattern(
    r"(?=.{1,2000}$)[!#%-\[\]-~](?:[ !#%-\[\]-~]*[!#%-\[\]-~])?",
    'it must be one line of at most 2000 ASCII characters, without ", \\ and $: nginx would read them as its syntax',
)
_path = pattern(
    r"/(?:[A-Za-z0-9_.~-]{1,64}(?:/[A-Za-z0-9_.~-]{1,64}){0,15})?",
    "it must be a path such as /api/uploads, without a slash at its end, or / for all",
)
_question = pattern(
    r"(?:/[A-Za-z0-9_.~-]{1,64}){1,16}/?", "it must be a path of the application, such as /api/may-upload/"
)
_port = (at_least(1024, "an unprivileged process cannot listen below 1024"), at_most(65535, "a TCP port"))


HEALTH_PATH = "/health"
"""What nginx answers by itself, for the load balancer."""

VIEWER_KEY = "key"
"""The key of the Secret that `NginxSettings.viewer_key` names."""

SMALLEST_MEMORY = Quantity("256Mi")
"""What nginx counts with where nobody says how much its container may take."""


@value
class NginxSettings:
    """The reverse proxy of the API: what it accepts, how long it waits, what it serves itself.

    `health_port` is where the load balancer and the kubelet ask, a process of its own: see templates/nginx/health.conf.
    `request_timeout` bounds each wait for gunicorn, not a request as a whole. The load balancer's idle timeout allows
    4000 s at most (AWS, load balancer attributes). `body_timeout` bounds the wait for the next piece of a body, and for
    a client that takes nothing of an answer. `write_content_types` are the only ones that a write under /api/ may
    carry. `static_root` and `media_root` are where the image has static files, and where nginx finds uploads: by
    default where the application has them. `scratch_root` is the one place where nginx writes: request bodies and
    answers on their way, and its process id. `scratch_size` is shared by all uploads that are on their way at one time.
    How many there may be follows from it, because a pod that outgrows it is evicted.

    `max_body_size` is what may be sent to the `upload_paths` and whatever is below them. Elsewhere, and where a request
    does not announce the length of its body, `small_body_size`. `upload_check`: a path of the application that is asked
    (GET, with the client's headers) before a body of 10 kB or more is taken there. It answers 204, or 401 or 403, which
    the client gets. `unbuffered_uploads` hands bodies on as they arrive, without a file: each occupies a thread of
    gunicorn for as long as its client takes. `requests_per_client`: how many requests of one address may be under way
    at a time, which many people can share. Left out, it is three quarters of all that the memory of nginx has room for:
    648 with 1Gi. So a hall of 500 pupils behind one address sends its answers at one moment, and the rest of the world
    still gets through.

    `protected_media`: Django is asked who may read a file of /media/, and answers with X-Accel-Redirect
    (docs/application.md). Without, all who have the address of a file may read it. `compression` of what Django
    answers. `own` is for the site's own pages and for requests without a cookie, `files` is for none of it. `all` is
    for everybody, which lets other sites find out secrets by the length of answers (BREACH).

    `viewers`: networks of clients that may see anything; None lets in all. `viewer_key`: a Secret whose `key` lets in
    all who open /_nginx/enter?key=... once; with both, one of them will do. /health is for all.
    """

    listen_port: int = setting(*_port, default=8080)
    """Where the Service sends requests to. Without privileges it is above 1023."""
    health_port: int = setting(*_port, default=8081)
    upstream_port: int = setting(*_port, default=8000)
    """Where gunicorn listens, on loopback."""
    max_body_size: Quantity = Quantity("2048Mi")
    small_body_size: Quantity = Quantity("10M")
    upload_paths: tuple[str, ...] = setting(_path, default=("/api", "/admin"))
    upload_check: str | None = setting(_question, default=None)
    unbuffered_uploads: bool = False
    requests_per_client: int | None = setting(at_least(1, "a client needs a request"), default=None)
    request_timeout: Duration = Duration("600s")
    body_timeout: Duration = Duration("30s")
    static_root: str | None = setting(_directory, default=None)
    media_root: str | None = setting(_directory, default=None)
    scratch_root: str = setting(_directory, default="/var/cache/nginx")
    scratch_size: Quantity = Quantity("10Gi")
    content_security_policy: str = setting(
        _policy, default="default-src 'self'; frame-ancestors 'none'; object-src 'none'; base-uri 'self'"
    )
    """The header of that name, which tells browsers what pages may load."""
    permissions_policy: str = setting(_policy, default="camera=(), geolocation=(), microphone=()")
    """The header of that name, which tells browsers what pages may use of a device."""
    write_content_types: tuple[str, ...] = setting(
        _media_type, default=("application/json", "multipart/form-data", "application/x-www-form-urlencoded")
    )
    protected_media: bool = False
    compression: Literal["files", "own", "all"] = "own"
    viewers: tuple[str, ...] | None = setting(cidr, default=None)
    viewer_key: KubernetesSecret | None = None

    def __attrs_post_init__(self) -> None:
        self._check_ports()
        self._check_roots()
        self._check_sizes()
        if not Duration("1s") <= self.request_timeout <= _LONGEST_WAIT:
            raise SettingError(
                "NginxSettings.request_timeout",
                self.request_timeout,
                f"it must be from 1s to {_LONGEST_WAIT}, the load balancer's longest idle timeout",
            )
        if not Duration("1s") <= self.body_timeout <= _LONGEST_WAIT:
            raise SettingError(
                "NginxSettings.body_timeout", self.body_timeout, f"it must be from 1s to {_LONGEST_WAIT}"
            )
        self._check_content_types()
        self._check_uploads()
        if self.viewers == ():
            raise SettingError(
                "NginxSettings.viewers", self.viewers, "it must name a network, or be None to let in all"
            )

    def rooted(self, *, static: str, media: str) -> Self:
        """Return the same with every directory named. Raises SettingError where one would be inside another."""
        return evolve(self, static_root=self.static_root or static, media_root=self.media_root or media)

    def capacity(self, memory: Quantity) -> NginxCapacity:
        """Return how many clients fit a container with that limit. Raises SettingError where too few do."""
        capacity = NginxCapacity(memory=memory, scratch=self.scratch_size, largest_body=self.max_body_size)
        given = self.requests_per_client
        if given is not None and given >= capacity.requests:
            raise SettingError(
                "NginxSettings.requests_per_client",
                given,
                f"the most is {capacity.requests - 1}: {memory} have room for {capacity.requests} requests, and one "
                "client must not take them all; give nginx more memory",
            )
        return capacity

    def _check_ports(self) -> None:
        ports = {"listen_port": self.listen_port, "health_port": self.health_port, "upstream_port": self.upstream_port}
        for (name, port), (other, taken) in itertools.combinations(ports.items(), 2):
            if port == taken:
                raise SettingError(
                    f"NginxSettings.{name}", port, f"it must differ from {other}: they share the pod's network"
                )

    def _check_uploads(self) -> None:
        for path in self.upload_paths:
            first = f"/{path.split('/')[1]}"
            if first in _OWN_PATHS:
                raise SettingError(
                    "NginxSettings.upload_paths",
                    path,
                    f"it must be outside of {', '.join(_OWN_PATHS)}: nothing uploads there",
                )
            if self.upload_paths.count(path) > 1:
                raise SettingError("NginxSettings.upload_paths", path, "it is there twice; once is enough")

    def _check_roots(self) -> None:
        roots = {"static_root": self.static_root, "media_root": self.media_root, "scratch_root": self.scratch_root}
        for (name, inner), (other, outer) in itertools.permutations(roots.items(), 2):
            if inner and outer and f"{inner}/".startswith(f"{outer}/"):
                raise SettingError(
                    f"NginxSettings.{name}",
                    inner,
                    f"it must not be inside {other}, {outer}: each is served its own way",
                )

    def _check_sizes(self) -> None:
        if self.max_body_size.amount < 1 or self.max_body_size.amount.denominator != 1:
            raise SettingError(
                "NginxSettings.max_body_size",
                self.max_body_size,
                "it must be a whole number of bytes, at least 1: nginx reads 0 as no limit at all",
            )
        if self.small_body_size.amount < 1 or self.small_body_size.amount.denominator != 1:
            raise SettingError(
                "NginxSettings.small_body_size",
                self.small_body_size,
                "it must be a whole number of bytes, at least 1: nginx reads 0 as no limit at all",
            )
        if self.scratch_size < self.max_body_size:
            raise SettingError(
                "NginxSettings.scratch_size",
                self.scratch_size,
                f"the least is max_body_size, {self.max_body_size}: one allowed upload would evict the pod",
            )

    def _check_content_types(self) -> None:
        types = self.write_content_types
        if not 1 <= len(types) == len(set(types)) <= _MOST_CONTENT_TYPES:
            raise SettingError(
                "NginxSettings.write_content_types",
                types,
                f"it must name 1 to {_MOST_CONTENT_TYPES} media types, each once: nginx takes no repeats",
            )
