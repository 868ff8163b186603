"""Rules on the memory of Redis servers inside the cluster."""

import re
import shlex
from collections.abc import Iterator

from examx_constructs import settings
from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.objects.mounted_files import mounted_files
from examx_constructs.checks.redis.servers import is_server
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests
from examx_constructs.settings.refusal import SettingError

# In a line of redis.conf, or as an option of a command line.
_MAXMEMORY = regex(
    r"(?:^[ \t]*|--)maxmemory[ \t=]+[\"']?(?P<number>\d{1,18})(?P<unit>[kmg]b?|b)?\b", re.IGNORECASE | re.MULTILINE
)
_NO_SNAPSHOTS = regex(r"(?:^[ \t]*|--)save[ \t=]+[\"']{2,}", re.IGNORECASE | re.MULTILINE)
_EVICTS = regex(r"(?:^[ \t]*|--)maxmemory-policy[ \t=]+[\"']?(?:allkeys|volatile)", re.IGNORECASE | re.MULTILINE)
_APPENDS = regex(r"(?:^[ \t]*|--)appendonly[ \t=]+[\"']?yes", re.IGNORECASE | re.MULTILINE)
_REPLICATES = regex(r"\b(?:replicaof|slaveof|sentinel|cluster-enabled)\b", re.IGNORECASE)
_UNITS = {"": 1, "b": 1, "k": 10**3, "kb": 2**10, "m": 10**6, "mb": 2**20, "g": 10**9, "gb": 2**30}
_MEBIBYTE = 2**20


@rule("Kubernetes documentation, Node-pressure Eviction; Redis documentation, Redis administration, Memory")
def redis_memory_fits_request(manifests: Manifests) -> Iterator[Finding]:
    """What a Redis server may keep fits into the memory that it requests, twice where it forks to write the data.

    A node that runs out of memory ends first what uses more than it requests. While a fork writes the data to disk or
    to a replica, pages that change are there twice. A server forks for snapshots, which are on unless `save ""` turns
    them off, for the append-only file, and for replicas. One that evicts what it keeps is a cache, and counted once.
    """
    for pod in manifests.pods:
        for container in pod.containers:
            request = _request(container)
            if request is not None and is_server(manifests, pod, container):
                yield from _too_much(manifests, pod, container, request)


def _too_much(manifests: Manifests, pod: Pod, container: Node, request: "settings.Quantity") -> Iterator[Finding]:
    places = list(configuration(manifests, pod, container))
    texts = [text for _, text in places]
    forks = _forks(texts)
    most = int(request.amount) // (2 if forks else 1)
    for place, text in places:
        for found in _MAXMEMORY.finditer(text):
            if int(found["number"]) * _UNITS[(found["unit"] or "").lower()] > most:
                share = "half of the" if forks else "the"
                why = "a fork that writes the data doubles what changes meanwhile, and a" if forks else "a"
                yield finding(
                    place,
                    f"at most {most // _MEBIBYTE}mb, {share} {request} that {pod.workload.qualified} requests",
                    f"{why} node evicts first what uses more than it requests",
                    value=" ".join(found[0].split()).removeprefix("--"),
                )


def configuration(manifests: Manifests, pod: Pod, container: Node) -> Iterator[tuple[Node, str]]:
    """Yield where the server is told what to do: its command line, variables with options, and mounted files."""
    for field in ("command", "args"):
        yield container[field], shlex.join(container[field].texts)
    for variable in container["env"]:
        yield variable["value"], variable["value"].text
    for _, content in mounted_files(manifests, pod, container):
        yield content, content.text


def _forks(texts: list[str]) -> bool:
    if any(_EVICTS.search(text) for text in texts):
        return False
    snapshots = not any(_NO_SNAPSHOTS.search(text) for text in texts)
    return snapshots or any(_APPENDS.search(text) or _REPLICATES.search(text) for text in texts)


def _request(container: Node) -> "settings.Quantity | None":
    """Return the memory that a container requests; a limit alone is also the request."""
    resources = container["resources"]
    given = next(
        (each for each in (resources.at("requests", "memory"), resources.at("limits", "memory")) if each.present), None
    )
    try:
        return settings.Quantity(str(given.value)) if given else None
    except SettingError:
        return None
