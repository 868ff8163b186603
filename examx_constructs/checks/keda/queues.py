"""Rules on the queues that triggers count: that the target drains them, and that nothing else counts them."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.keda.values import is_open
from examx_constructs.manifests.commands import celery_commands
from examx_constructs.manifests.keda import Triggered, all_triggers
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import REDIS_TRIGGERS

_QUEUE_KEYS = {**dict.fromkeys(REDIS_TRIGGERS, "listName"), "rabbitmq": "queueName", "aws-sqs-queue": "queueURL"}
"""The key that names the queue, by the type of the trigger; Celery has a transport for each of them."""
_SERVER_KEYS = (
    *("address", "addresses", "addressFromEnv", "addressesFromEnv", "host", "hosts", "hostFromEnv", "hostsFromEnv"),
    *("port", "ports", "portFromEnv", "portsFromEnv", "databaseIndex", "sentinelMaster", "vhostName"),
)
_PRIORITY = regex(r"(?:\x06\x16|[:|#])\d")
"""What kombu puts behind a queue's name for the list of a priority: `sep`, and one of `priority_steps`."""
_PREFIX_ENDS = tuple(":_.-/}|#")


class _Counted(NamedTuple):
    """The queue that a trigger counts: where it is, its name, and whether that is a regular expression."""

    node: Node
    name: str
    is_pattern: bool


def _counted(trigger: Node) -> _Counted | None:
    key = _QUEUE_KEYS.get(trigger["type"].text)
    if key is None:
        return None
    node, pattern = trigger.at("metadata", key), trigger.at("metadata", "useRegex")
    name = node.text.strip()
    if key == "queueURL" and "/" in name:
        name = _path(name).rpartition("/")[2]
    return _Counted(node, name, pattern.text.strip() in ("1", "t", "T", "TRUE", "true", "True")) if name else None


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return url


@rule("Celery 5 user guide, Routing Tasks and Workers Guide, Queues; KEDA 2.17 Redis Lists, RabbitMQ and SQS scalers")
def queue_is_drained_by_target(manifests: Manifests) -> Iterator[Finding]:
    """The queue that a trigger counts is one that its own target drains.

    Otherwise a growing queue starts workers that never take from it. A worker without -Q drains what its application
    says, so it is left alone. The lists of a queue's priorities belong to the queue (kombu 5.6, transport/redis.py). A
    name that only ends in that of a queue is a warning: the application may put a prefix before all of them
    (`global_keyprefix`, `queue_name_prefix`).
    """
    for scaled, trigger in all_triggers(manifests):
        counted, pod = _counted(trigger), scaled.pod(manifests)
        queues = _drained_by(pod) if pod and counted and not is_open(counted.node.text) else None
        if counted and queues and not any(_is_of(counted, queue) for queue in queues):
            prefixed = any(_has_prefix(counted.name, queue) for queue in queues)
            yield finding(
                counted.node,
                f"a queue that {scaled.target} drains: {', '.join(sorted(queues))}",
                "workers would be started for a queue that they never take from",
                severity=Severity.WARNING if prefixed else Severity.ERROR,
            )


def _drained_by(pod: Pod) -> frozenset[str] | None:
    """Return the queues that a workload drains, or None where that cannot be told."""
    workers = [each for container in pod.containers for each in celery_commands(container) if each.command == "worker"]
    if not all(each.names_queues and each.queues for each in workers):
        return None
    return frozenset[str]().union(*(each.queues for each in workers)) or None


def _is_of(counted: _Counted, queue: str) -> bool:
    if counted.is_pattern:
        return _may_match(counted.name, queue)
    behind = counted.name.removeprefix(queue)
    return counted.name == queue or (behind != counted.name and _PRIORITY.fullmatch(behind) is not None)


def _may_match(pattern: str, queue: str) -> bool:
    """Return whether a regular expression of RabbitMQ's may match; it is searched for, and one that is too odd may."""
    if not _SIMPLE.fullmatch(pattern) or pattern.count("*") + pattern.count("+") > _MOST_REPEATS:
        return True
    try:
        return re.search(pattern, queue) is not None
    except re.error:
        return True


_SIMPLE = regex(r"\^?(?:[\w-]|\.[*+]?|\\\.){1,100}\$?")
"""An expression without groups and choices: cheap to try, whatever is in a manifest."""
_MOST_REPEATS = 3


def _has_prefix(name: str, queue: str) -> bool:
    before = name.removesuffix(queue)
    return before != name and before.endswith(_PREFIX_ENDS)


@rule("KEDA 2.17 Redis Lists and RabbitMQ scalers")
def queue_has_one_scaler(manifests: Manifests) -> Iterator[Finding]:
    """A queue is counted by one ScaledObject of a namespace: two would each start workers for the same tasks."""
    seen: dict[tuple[object, ...], Triggered] = {}
    for scaled, trigger in all_triggers(manifests):
        counted = _counted(trigger)
        if counted is None or is_open(counted.node.text):
            continue
        metadata = trigger["metadata"]
        server = [metadata[key].text for key in _SERVER_KEYS]
        login = trigger.at("authenticationRef", "name").text
        first = seen.setdefault((scaled.scope, trigger["type"].text, *server, login, counted.node.text), scaled)
        if first is not scaled and first.id != scaled.id:
            yield finding(
                counted.node,
                f"a list that no other ScaledObject counts; {first.id.qualified} does",
                "both would start workers for the same tasks",
            )
