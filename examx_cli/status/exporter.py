"""What the exporter of queue metrics tells: how old the oldest task of each list is, and how fast the list grows.

It is asked in its own pod, as servers of Redis are. NetworkPolicies let nobody but Prometheus in, and a program in the
pod needs no way in. Who may run none there asks by the API server's proxy, to that one port (DutyAccess). Where
policies are enforced, the API server is not let in either, and the line says what was tried.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from examx_cli.deploy.diagnosis.family import PODS
from examx_cli.deploy.diagnosis.reader import last_line
from examx_cli.errors import CommandError
from examx_cli.kubectl import is_forbidden
from examx_cli.processes import ProcessError
from examx_cli.status.in_pods import said_in
from examx_cli.status.reading import Reading
from examx_cli.status.values import Unread
from examx_constructs.manifests import Object, items, mapping, text
from examx_constructs.settings.queue_exporter import (
    GROWTH,
    OLDEST_AGE,
    QUEUE_EXPORTER_CONTAINER,
    QUEUE_EXPORTER_NAME,
    QUEUE_EXPORTER_PORT,
    QUEUE_EXPORTER_PORT_NAME,
    UP,
)

NO_EXPORTER = "the environment has no exporter of queue metrics (Monitoring.queues), and KEDA looks at no task"
_SECONDS = 5
_ASK = (
    "import urllib.request as asked; "
    f"print(asked.urlopen('http://127.0.0.1:{QUEUE_EXPORTER_PORT}/metrics', timeout={_SECONDS}).read().decode())"
)
_LINE = re.compile(r'(?P<name>\w+)\{(?:queue="(?P<queue>[^"]*)",)?[^}]*\} (?P<value>-?[0-9.e+-]+)')


@dataclass(frozen=True, slots=True)
class Told:
    """What it tells of the lists: `ages` of the oldest tasks in seconds, and `rates` in tasks a minute."""

    ages: Mapping[str, float]
    rates: Mapping[str, float]


def exporter(reading: Reading) -> Told | Unread:
    """Ask it once."""
    if not any(text(each, "metadata", "name") == QUEUE_EXPORTER_NAME for each in reading.rendered):
        return Unread(NO_EXPORTER)
    pods = reading.objects(PODS)
    if isinstance(pods, Unread):
        return pods
    running = [each for each in pods if _runs(each)]
    if not running:
        return Unread(f"no pod of {QUEUE_EXPORTER_NAME} runs")
    page = _asked(reading, text(running[0], "metadata", "name"))
    return page if isinstance(page, Unread) else read(page)


def read(page: str) -> Told | Unread:
    """Read what it answers to a scrape."""
    found = [_LINE.fullmatch(line.strip()) for line in page.splitlines()]
    figures = {(each["name"], each["queue"]): float(each["value"]) for each in found if each}
    match figures.get((UP, None)):
        case None:
            return Unread(f"{QUEUE_EXPORTER_NAME} answers without {UP}")
        case 1:
            return Told(_of(figures, OLDEST_AGE), _of(figures, GROWTH))
        case _:
            return Unread(f"{QUEUE_EXPORTER_NAME} cannot read Redis ({UP} is 0): its log says why")


def _of(figures: Mapping[tuple[str, str | None], float], metric: str) -> dict[str, float]:
    return {queue: value for (name, queue), value in figures.items() if name == metric and queue is not None}


def _runs(pod: Object) -> bool:
    running = any(mapping(each, "state", "running") for each in items(pod, "status", "containerStatuses"))
    named = text(pod, "metadata", "labels", "app") == QUEUE_EXPORTER_NAME
    return named and running and not text(pod, "metadata", "deletionTimestamp")


def _asked(reading: Reading, pod: str) -> str | Unread:
    answer = said_in(reading, pod, QUEUE_EXPORTER_CONTAINER, "python", "-c", _ASK)
    return _by_the_api_server(reading, pod) if answer is None else answer


def _by_the_api_server(reading: Reading, pod: str) -> str | Unread:
    service = f"{QUEUE_EXPORTER_NAME}:{QUEUE_EXPORTER_PORT_NAME}"
    path = f"/api/v1/namespaces/{reading.cluster.target.namespace}/services/{service}/proxy/metrics"
    try:
        return reading.cluster.kubectl.run("get", f"--raw={path}", f"--request-timeout={_SECONDS}s")
    except ProcessError as error:
        if is_forbidden(error):
            return Unread(
                f"this identity may neither run a program in {pod} (create pods/exec) nor ask the exporter by the API "
                f"server (get services/proxy of {service})"
            )
        said = last_line(error)
    except CommandError as error:
        said = str(error)
    return Unread(
        f"{service} does not answer the API server ({said}), which NetworkPolicies keep out where they are "
        f"enforced; who may run a program in {pod} (create pods/exec) is told"
    )
