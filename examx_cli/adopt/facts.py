"""What a workload's pod template tells: its Redis, its queues, how it stops, where its port is. Pure."""

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import cast
from urllib.parse import urlsplit

from examx_constructs.manifests import Object, at, items, mapping, template_of, text

BROKER_VARIABLES = ("REDIS_URL", "CELERY_BROKER_URL", "BROKER_URL")
"""The variables that may say where the broker is. What only a `.env` says cannot be seen."""

DEFAULT_GRACE = 30
"""terminationGracePeriodSeconds where a pod says nothing."""

_SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash", "ash", "dash")
_REDIS_PORT = 6379


def containers_of(workload: Object) -> list[Object]:
    """Return the containers of a workload's pods, without the init containers."""
    return cast("list[Object]", items(template_of(workload), "spec", "containers"))


def grace_of(workload: Object) -> int:
    """Return the seconds that a pod has between SIGTERM and SIGKILL."""
    seconds = at(template_of(workload), "spec", "terminationGracePeriodSeconds")
    return seconds if isinstance(seconds, int) else DEFAULT_GRACE


def has_pre_stop(workload: Object, port: object = None) -> bool:
    """Return whether a container waits before it stops: the one that listens on a port, where one is given."""
    return any(
        bool(mapping(each, "lifecycle", "preStop")) and (port is None or port_number(each, port) is not None)
        for each in containers_of(workload)
    )


def broker_of(workload: Object) -> frozenset[str] | None:
    """Return the addresses `host:port` of the broker that a workload's environment names; None where it names none."""
    url = _broker_url(workload)
    return _addresses(url) if url else None


def user_of(workload: Object) -> str | None:
    """Return the user that a workload logs in to its broker as.

    Empty for nobody, None where its environment names none.
    """
    url = _broker_url(workload)
    login = next((each for each in map(_login, _places(url)) if each), "") if url else None
    # A password alone is that of the user `default` (redis.io, AUTH).
    return login if login is None or not login.startswith(":") else "default"


def _login(place: str) -> str:
    name, separator, _ = place.rpartition("@")[0].partition(":")
    return name or separator


def _broker_url(workload: Object) -> str | None:
    for container in containers_of(workload):
        given = {text(each, "name"): text(each, "value") for each in items(container, "env")}
        for name in BROKER_VARIABLES:
            if given.get(name):
                return given[name]
    return None


def _places(url: str) -> list[str]:
    """Return what is between the scheme and the path of each server's URL.

    Sentinels are separated by semicolons.
    """
    # Sentinel URLs may leave the scheme out from the second on; passwords may hold $(VARIABLE).
    return [urlsplit(part if "://" in part else f"redis://{part}").netloc for part in re.split(r"[;,]", url)]


def _addresses(url: str) -> frozenset[str]:
    """Return the servers of a broker's URL."""
    found: set[str] = set()
    for place in _places(url):
        host, _, port = place.rpartition("@")[2].partition(":")
        if host:
            found.add(f"{host.lower()}:{port or _REDIS_PORT}")
    return frozenset(found)


def is_inside(address: str, namespace: str) -> bool:
    """Return whether an address `host:port` is that of a Service of a namespace."""
    labels = address.partition(":")[0].split(".")
    return len(labels) == 1 or f".{namespace}." in f".{'.'.join(labels[1:])}."


def worker_container(workload: Object) -> Object | None:
    """Return the container that runs a Celery worker."""
    return next((each for each in containers_of(workload) if "worker" in _celery(each)), None)


def is_celery(workload: Object) -> bool:
    """Return whether a workload runs Celery: a worker, or beat."""
    return any(_celery(each) for each in containers_of(workload))


def runs_beat(workload: Object) -> bool:
    """Return whether a workload sends the periodic tasks: beat itself, or a worker with `-B`."""
    return any(
        "beat" in words or ("worker" in words and bool({"-B", "--beat"} & set(words)))
        for words in map(_celery, containers_of(workload))
    )


def queues_of(workload: Object) -> list[str]:
    """Return the queues that a workload's Celery worker reads; Celery's own default where it names none."""
    container = worker_container(workload)
    if container is None:
        return []
    named = ",".join(_option(_celery(container), "-Q", "--queues"))
    return [each for each in named.split(",") if each] or ["celery"]


def application_of(container: Object) -> str:
    """Return what a Celery command gives as its application (`-A`)."""
    return next(iter(_option(_celery(container), "-A", "--app")), "")


def time_limit_of(workload: Object) -> int | None:
    """Return the longest that a worker lets a task run, where its command says so."""
    for container in containers_of(workload):
        for value in _option(_celery(container), "--time-limit", "--hard-time-limit"):
            if value.isdigit():
                return int(value)
    return None


def stops_cold(workload: Object) -> str | None:
    """Return why SIGTERM would not let a Celery worker finish its tasks; None where it does."""
    container = worker_container(workload)
    if container is None:
        return None
    remapped = [each for each in items(container, "env") if text(each, "name") == "REMAP_SIGTERM"]
    if any(text(each, "value") == "SIGQUIT" for each in remapped):
        return "REMAP_SIGTERM makes Celery stop cold"
    command = cast("Sequence[str]", items(container, "command") or items(container, "args"))
    script = str(command[-1]) if command and command[0] in _SHELLS else ""
    if script and not re.search(r"(^|[;&\n]\s*)exec\s", script):
        return "a shell starts Celery and does not pass SIGTERM on"
    return None


def port_number(container: Object, port: object) -> int | None:
    """Return the number of a container's port that is given by number or by name; None where it has no such port."""
    for each in items(container, "ports"):
        if port in (at(each, "containerPort"), text(each, "name") or None):
            return cast("int", at(each, "containerPort"))
    return None


def resolves(service: Object, workload: Object) -> dict[str, int | None]:
    """Return the port of a workload's pods that each port of a Service leads to, by its name; None where to nothing.

    A name needs a port of that name. A number leads where it says, unless the pods declare other ports alone.
    """
    found: dict[str, int | None] = {}
    for each in items(service, "spec", "ports"):
        target = at(each, "targetPort") or at(each, "port")
        numbers = [number for one in containers_of(workload) if (number := port_number(one, target)) is not None]
        silent = isinstance(target, int) and not declared(workload)
        found[text(each, "name")] = next(iter(numbers), cast("int", target) if silent else None)
    return found


def declared(workload: Object) -> set[int]:
    """Return the ports that a workload's containers say they listen on."""
    return {cast("int", at(port, "containerPort")) for each in containers_of(workload) for port in items(each, "ports")}


def _celery(container: Object) -> list[str]:
    """Return the words of a container's command where it runs Celery, those of a shell's script included; else none."""
    words = [str(each) for each in (*items(container, "command"), *items(container, "args"))]
    if words and words[0] in _SHELLS:
        words = [each for part in words[1:] for each in _split(part)]
    starts = next((at_ for at_, word in enumerate(words) if word.rpartition("/")[2] == "celery"), None)
    return words[starts:] if starts is not None else []


def _split(script: str) -> list[str]:
    try:
        return shlex.split(script)
    except ValueError:
        return script.split()


def _option(words: Sequence[str], short: str, long: str) -> Iterator[str]:
    for position, word in enumerate(words):
        if word in (short, long) and position + 1 < len(words):
            yield words[position + 1]
        elif word.startswith((f"{long}=", f"{short}=")):
            yield word.partition("=")[2]
        elif not short.startswith("--") and word.startswith(short) and len(word) > len(short):
            yield word[len(short) :]
