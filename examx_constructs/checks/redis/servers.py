"""Rules on Redis servers inside the cluster."""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.house import weight_of_advice
from examx_constructs.checks.objects.mounted_files import scripts
from examx_constructs.manifests.commands import base_name
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod, arguments
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.manifests.scaling import owners

_SERVERS = frozenset({"redis-server", "valkey-server", "keydb-server"})
_IMAGES = frozenset({"redis", "valkey", "keydb", "redis-stack-server"})
_REPLICATION = ("replicaof", "slaveof", "sentinel", "cluster-enabled")
_VARIABLE = regex(r"REPLICA|SENTINEL|CLUSTER|MASTER|SLAVE")
# What a user may call, its keys and its channels (Redis documentation, ACL).
_OF_USERS = "+~%&"


_SERVES: "WeakKeyDictionary[Manifests, dict[Node, bool]]" = WeakKeyDictionary()


def is_server(manifests: Manifests, pod: Pod, container: Node) -> bool:
    """Return whether a container runs a Redis server.

    What tells is its command, a mounted script that it runs, or its image.
    """
    known = _SERVES.setdefault(manifests, {})
    if container not in known:
        known[container] = _is_server(manifests, pod, container)
    return known[container]


def _is_server(manifests: Manifests, pod: Pod, container: Node) -> bool:
    argv = arguments(container)
    if any(base_name(word) in _SERVERS for part in argv for word in part.split()):
        return not any("sentinel" in word for word in argv)
    if any(_starts_server(script.text) for script in scripts(manifests, pod, container)):
        return True
    image = base_name(container["image"].text).partition("@")[0].partition(":")[0]
    return image in _IMAGES and not container["command"].present


def _starts_server(script: str) -> bool:
    lines = [line.split() for line in script.splitlines() if "sentinel" not in line]
    return any(base_name(word) in _SERVERS for line in lines for word in line if not line[0].startswith("#"))


def _servers(manifests: Manifests) -> Iterator[Pod]:
    """Yield the workloads whose main container is Redis. A Redis beside an application is that pod's own cache."""
    for pod in manifests.pods:
        if any(is_server(manifests, pod, container) for container in list(pod.spec["containers"])[:1]):
            yield pod


def _replicates(pod: Pod) -> bool:
    """Return whether what a pod runs sets it up, or a variable tells its image to (Bitnami: REDIS_REPLICATION_MODE)."""
    return any(
        any(map(_speaks_of_replication, arguments(container)))
        or any(_VARIABLE.search(variable["name"].text) for variable in container["env"])
        for container in pod.all_containers
    )


def _mentions_replication(manifests: Manifests, scope: Scope) -> bool:
    texts = (value.text for each in manifests.in_scope("ConfigMap", scope) for _, value in each.root["data"].entries())
    return any(map(_replicates, manifests.pods_in(scope))) or any(map(_speaks_of_replication, texts))


def _speaks_of_replication(text: str) -> bool:
    """Return whether something sets it up; who may, in the rules of users, and what is remarked does not."""
    lowered = text.lower()
    if not any(each in lowered for each in _REPLICATION):
        return False
    lines = (line.split() for line in lowered.splitlines() if not line.lstrip().startswith("#"))
    words = (word for line in lines for word in line if word[0] not in _OF_USERS)
    return any(each in word for word in words for each in _REPLICATION)


@rule("Redis documentation, Replication; spec section 5")
def redis_is_not_multiplied(manifests: Manifests) -> Iterator[Finding]:
    """Redis servers are not multiplied without replication.

    Several pods of one Deployment behind one Service are unrelated databases. A task written to one is never read from
    another, and scaling in deletes data. A StatefulSet may scale where replication, Sentinel or a cluster is set up.
    """
    for pod in _servers(manifests):
        if pod.workload.kind == "Deployment" and not _replicates(pod):
            yield from _multiplied(manifests, pod)
        if pod.workload.kind == "StatefulSet" and not _mentions_replication(
            manifests, manifests.scope_of(pod.template)
        ):
            # What sets replication up may be in a file or a program that no manifest shows.
            yield from _multiplied(manifests, pod, weight_of_advice(manifests, pod.template))


def _multiplied(manifests: Manifests, pod: Pod, severity: Severity = Severity.ERROR) -> Iterator[Finding]:
    replicas = pod.owner.at("spec", "replicas")
    if replicas.number is not None and replicas.number > 1:
        why = "each pod would be a database of its own, and tasks would vanish between them"
        yield finding(replicas, "1", why, severity=severity)
    yield from _autoscaled(manifests, pod)


def _autoscaled(manifests: Manifests, pod: Pod) -> Iterator[Finding]:
    for owner in owners(manifests, pod):
        yield finding(
            owner.target["name"],
            "anything but a Redis server without replication",
            "each pod would be a database of its own, and scaling in would delete one",
        )
