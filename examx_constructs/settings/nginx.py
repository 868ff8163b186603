"""How nginx stands in front of gunicorn.

Every text here ends up in nginx's own syntax, so each rule allows only what can not leave its place there.
"""

import itertools

from examx_constructs.settings._value import SettingError, at_least, at_most, pattern, setting, value
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.quantity import Quantity

_LONGEST_WAIT = Duration("4000s")
_MOST_CONTENT_TYPES = 16

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
_port = (at_least(1024, "an unprivileged process can not listen below 1024"), at_most(65535, "a TCP port"))


HEALTH_PATH = "/health"
"""What nginx answers by itself, for the load balancer."""


@value
class NginxSettings:
    """The reverse proxy of the API: what it accepts, how long it waits, what it serves itself.

    `request_timeout` bounds each wait for the client and for gunicorn, not a request as a whole; the load balancer's
    idle timeout allows 4000 s at most (AWS, load balancer attributes).
    `write_content_types` are the only ones that a write under /api/ may carry.
    `scratch_root` is the one place where nginx writes: request bodies and answers on their way, and its process id.
    `scratch_size` is shared by all uploads that are on their way at one time; a pod that outgrows it is evicted.
    """

    listen_port: int = setting(*_port, default=8080)
    upstream_port: int = setting(*_port, default=8000)
    max_body_size: Quantity = Quantity("2048Mi")
    request_timeout: Duration = Duration("600s")
    static_root: str = setting(_directory, default="/app/static")
    media_root: str = setting(_directory, default="/app/media")
    scratch_root: str = setting(_directory, default="/var/cache/nginx")
    scratch_size: Quantity = Quantity("10Gi")
    content_security_policy: str = setting(
        _policy, default="default-src 'self'; frame-ancestors 'none'; object-src 'none'; base-uri 'self'"
    )
    permissions_policy: str = setting(_policy, default="camera=(), geolocation=(), microphone=()")
    write_content_types: tuple[str, ...] = setting(
        _media_type, default=("application/json", "multipart/form-data", "application/x-www-form-urlencoded")
    )

    def __attrs_post_init__(self) -> None:
        if self.listen_port == self.upstream_port:
            raise SettingError(
                "NginxSettings.listen_port",
                self.listen_port,
                "it must differ from upstream_port: they share the pod's network",
            )
        self._check_roots()
        self._check_sizes()
        if not Duration("1s") <= self.request_timeout <= _LONGEST_WAIT:
            raise SettingError(
                "NginxSettings.request_timeout",
                self.request_timeout,
                f"it must be from 1s to {_LONGEST_WAIT}, the load balancer's longest idle timeout",
            )
        self._check_content_types()

    def _check_roots(self) -> None:
        roots = {"static_root": self.static_root, "media_root": self.media_root, "scratch_root": self.scratch_root}
        for (name, inner), (other, outer) in itertools.permutations(roots.items(), 2):
            if f"{inner}/".startswith(f"{outer}/"):
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
