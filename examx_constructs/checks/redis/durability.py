"""A rule on Redis servers that hold the tasks of Celery."""

import re
from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.house import weight_of_advice
from examx_constructs.checks.redis.memory import configuration
from examx_constructs.checks.redis.servers import is_server
from examx_constructs.manifests.commands import celery_commands
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.manifests.scaling import redis_triggers, scaled_objects

_EVICTS = regex(r"(?:^[ \t]*|--)maxmemory-policy[ \t=]+[\"']?allkeys-\w+", re.IGNORECASE | re.MULTILINE)
_FORGETS = regex(r"(?:^[ \t]*|--)appendonly[ \t=]+[\"']?no\b", re.IGNORECASE | re.MULTILINE)


@rule("Redis documentation, Key eviction and Persistence; Celery 5 user guide, Using Redis, Caveats, Key eviction")
def broker_keeps_its_tasks(manifests: Manifests) -> Iterator[Finding]:
    """A Redis server that holds tasks evicts none of them, and writes them to the volume that it has.

    With `allkeys-…` a full server throws the longest queue away as if it were a cache. With a volume and without the
    append-only file, what was accepted since the last snapshot is lost with the pod. Looked at are servers beside
    Celery workers or what scales by lists. Outside of this project's namespaces it is a warning: one may be a cache.
    """
    brokers: dict[Scope, bool] = {}
    for pod in manifests.pods:
        scope = manifests.scope_of(pod.template)
        for container in list(pod.spec["containers"])[:1]:
            if not is_server(manifests, pod, container):
                continue
            if scope not in brokers:
                brokers[scope] = _has_queues(manifests, scope)
            if brokers[scope]:
                yield from _lost(manifests, pod, container)


def _has_queues(manifests: Manifests, scope: Scope) -> bool:
    workers = (
        celery.command == "worker"
        for pod in manifests.pods_in(scope)
        for container in pod.containers
        for celery in celery_commands(container)
    )
    return any(workers) or any(each.scope == scope and any(redis_triggers(each)) for each in scaled_objects(manifests))


def _lost(manifests: Manifests, pod: Pod, container: Node) -> Iterator[Finding]:
    for place, text in configuration(manifests, pod, container):
        wrong = [(_EVICTS, "noeviction", "a full server would throw queued tasks away")]
        if _has_volume(pod, container):
            wrong.append((_FORGETS, "yes", "accepted tasks would be on the volume only now and then"))
        for pattern, allowed, why in wrong:
            if found := pattern.search(text):
                yield finding(
                    place,
                    allowed,
                    why,
                    value=" ".join(found[0].split()).removeprefix("--"),
                    severity=weight_of_advice(manifests, container),
                )


def _has_volume(pod: Pod, container: Node) -> bool:
    claims = {volume["name"].text for volume in pod.spec["volumes"] if volume["persistentVolumeClaim"].present}
    return any(mount["name"].text in claims | pod.claim_names for mount in container["volumeMounts"])
