"""Containers that run in a pod beside those of its workload."""

from collections import Counter
from collections.abc import Iterable, Mapping

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.extra_volumes import VolumeMount
from examx_constructs.settings.image import ImageReference
from examx_constructs.settings.naming import dns_label
from examx_constructs.settings.refusal import SettingError, at_least, at_most, pattern
from examx_constructs.settings.resources import Resources
from examx_constructs.settings.variable_sources import VariableSet, VariableSource, refuse_names

_port = (at_least(1, "ports begin there"), at_most(65535, "ports end there"))
_port_name = pattern(
    r"(?=[a-z0-9-]{1,15}$)(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*",
    "it must be a port's name: at most 15 lower-case letters, digits and hyphens, with a letter (RFC 6335)",
)


def _some_time(given: object) -> str | None:
    return "the least is 1s" if isinstance(given, Duration) and given.seconds < 1 else None


_count = at_least(1, "one failure is the least that can be counted")
_word = pattern(r"(?s).+", "it must be a word of a command, not an empty one")


@value
class HttpProbe:
    """The kubelet asks for a `path` of a `port`, and takes a status below 400. `failures`: how many in a row count."""

    port: int = setting(*_port)
    path: str = setting(pattern(r"/[!-~]*", "it must be an absolute path, such as /healthz"))
    period: Duration = setting(_some_time, default=Duration("10s"))
    """How often it asks, in whole seconds."""
    timeout: Duration = setting(_some_time, default=Duration("2s"))
    """How long an answer may take before it counts as failed."""
    failures: int = setting(_count, default=3)


@value
class TcpProbe:
    """The kubelet opens a connection to a `port`. `failures`: how many in a row count."""

    port: int = setting(*_port)
    period: Duration = setting(_some_time, default=Duration("10s"))
    """How often it tries, in whole seconds."""
    timeout: Duration = setting(_some_time, default=Duration("2s"))
    """How long a connection may take before it counts as failed."""
    failures: int = setting(_count, default=3)


@value
class CommandProbe:
    """The kubelet runs a `command` in the container, and takes the status 0. `failures`: how many in a row count."""

    command: tuple[str, ...] = setting(_word)
    period: Duration = setting(_some_time, default=Duration("10s"))
    """How often it is run, in whole seconds."""
    timeout: Duration = setting(_some_time, default=Duration("2s"))
    """How long it may take before it counts as failed."""
    failures: int = setting(_count, default=3)

    def __attrs_post_init__(self) -> None:
        if not self.command:
            raise SettingError("CommandProbe.command", self.command, "it must name a program, or nothing is asked")


ContainerProbe = HttpProbe | TcpProbe | CommandProbe
"""How the kubelet asks a container how it is."""


@value
class ExtraContainer:
    """A container of another image, or of the same, under the rules of all others: `restricted`, its root read-only.

    It runs as the user of the pod, and writes where it mounts a volume. `command` and `arguments` are those of its
    image where they are left out. `variables`: plain texts, which are public, or where their values come from.
    `mounts` name volumes of the pod, its workload's among them, such as `tmp` and `media`. `ports` are by name.
    """

    name: str = setting(dns_label)
    """What it is called in the pod, where no other has the name."""
    image: ImageReference
    resources: Resources
    command: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str | VariableSource] = {}
    variable_sets: tuple[VariableSet, ...] = ()
    """All keys of a Secret or ConfigMap as variables."""
    mounts: tuple[VolumeMount, ...] = ()
    ports: Mapping[str, int] = {}
    startup: ContainerProbe | None = None
    """What must succeed once before the other probes begin."""
    readiness: ContainerProbe | None = None
    """What must succeed before the pod gets requests, and while it does."""
    liveness: ContainerProbe | None = None
    """What restarts the container where it fails."""
    pre_stop: tuple[str, ...] = ()
    """A command that is run before the container is told to stop. It counts towards the grace period."""

    def __attrs_post_init__(self) -> None:
        refuse_names("ExtraContainer.variables", self.variables)
        for name, port in self.ports.items():
            if allowed := _port_name(name):
                raise SettingError("ExtraContainer.ports key", name, allowed)
            for check in _port:
                if allowed := check(port):
                    raise SettingError(f"ExtraContainer.ports[{name}]", port, allowed)
        refuse_repeats("ExtraContainer.ports", self.ports.values(), "a port is listened to once")
        refuse_repeats("ExtraContainer.mounts", [each.path for each in self.mounts], "a path leads to one volume")

    @property
    def watched(self) -> str | None:
        """What there is of it that only a container which goes on running may have."""
        watches = ("startup", "readiness", "liveness", "pre_stop", "ports")
        return next((each for each in watches if getattr(self, each)), None)


def refuse_repeats(where: str, given: Iterable[object], why: str) -> None:
    """Raise SettingError for what is given twice."""
    for each, times in Counter(given).items():
        if times > 1:
            raise SettingError(where, each, f"it is given {times} times, it may be given once: {why}")
