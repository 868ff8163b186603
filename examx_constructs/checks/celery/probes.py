"""Rules on probes that ask Celery how it is."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.commands import base_name, command_lines
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.remembered import remembered
from examx_constructs.manifests.resources import Manifests

_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_ASKS_WORKERS = words("inspect status control")
_STARTS_DJANGO = words("manage.py django-admin")
_DEFAULT_TIMEOUT = 1
_DEFAULT_ANSWER = 1.0
_LEAST = 5
_ENOUGH = 10


class _Asked(NamedTuple):
    """A probe that starts the application's code, by the command that does."""

    probe: Node
    program: str
    asks_workers: bool
    waits: float
    """How long it waits for answers of workers, in seconds."""

    @property
    def timeout(self) -> int:
        """The seconds that the kubelet gives it."""
        given = self.probe["timeoutSeconds"].number
        return given or _DEFAULT_TIMEOUT


@remembered
def _asked(manifests: Manifests) -> tuple[_Asked, ...]:
    probes = (each[name] for pod in manifests.pods for each in pod.all_containers for name in _PROBES)
    found = (_read(probe, line) for probe in probes for line in command_lines(probe.at("exec", "command").texts))
    return tuple(each for each in found if each)


def _read(probe: Node, line: list[str]) -> _Asked | None:
    names = [base_name(word) for word in line]
    django = next((name for name in names if name in _STARTS_DJANGO), None)
    if django is not None:
        return _Asked(probe, django, asks_workers=False, waits=0)
    if "celery" not in names:
        return None
    rest = names[names.index("celery") + 1 :]
    asking = next((name for name in rest if name in _ASKS_WORKERS), None)
    if asking is None:
        return None
    return _Asked(probe, f"celery {asking}", asks_workers=True, waits=_waits(line))


def _waits(line: list[str]) -> float:
    """Return the option `--timeout` of celery inspect: how long it waits for answers."""
    found = re.search(r"(?:^| )(?:-t|--timeout)[ =]?(\d+(?:\.\d+)?)\b", " ".join(line))
    return float(found[1]) if found else _DEFAULT_ANSWER


@rule("Celery 5.6 celery/bin/control.py; Kubernetes API core/v1 Probe, timeoutSeconds")
def celery_probe_has_time(manifests: Manifests) -> Iterator[Finding]:
    """A probe that starts the application's code has the time for it: 5 seconds at the least, and that for answers too.

    `celery inspect ping` imports the application, connects to the broker and waits a second for answers. The default
    timeout of a probe is one second in all: healthy workers are killed, the sooner the busier their node is.
    """
    for asked in _asked(manifests):
        least = max(_LEAST, asked.waits + 1)
        if asked.timeout < least:
            given = asked.probe["timeoutSeconds"]
            yield finding(
                given,
                f"{max(_ENOUGH, 2 * asked.waits):g} or more, {least:g} at the least",
                f"{asked.program} starts the application first, and the probe fails while all is well",
                value=None if given.present else f"missing, so {_DEFAULT_TIMEOUT}",
            )


@rule("Celery 5 user guide, Monitoring and Management Guide, Workers", severity=Severity.WARNING)
def celery_liveness_spares_broker(manifests: Manifests) -> Iterator[Finding]:
    """A liveness probe of a worker does not go by the broker: when that is away, all workers would be restarted.

    `celery inspect ping` starts a second process of the application each time, and asks through the broker. A file that
    the worker touches while it lives (signals `heartbeat_sent` and `worker_ready`) says the same and costs nothing.
    """
    for asked in _asked(manifests):
        if asked.asks_workers and asked.probe.path.endswith("livenessProbe"):
            yield finding(
                asked.probe.at("exec", "command"),
                "a check of the worker itself, such as the age of a file that it touches",
                "it starts the application each time, and restarts every worker when the broker is away",
                value=asked.program,
            )
