"""The servers of a Redis that is rendered here: which pods they are, and how one is asked something.

Nothing of Redis is reached from outside of a cluster, so its servers are asked where they run. `cli.sh` of their pods
logs in by the password that the pod has, and none leaves it. It takes the right to run a program there (create
pods/exec).
"""

from collections.abc import Iterator, Sequence

from examx_constructs.manifests import Object, at, items, mapping, text
from examx_constructs.settings.redis import REDIS_PORT

CLI = "/etc/redis/cli.sh"
"""redis-cli of a pod, logged in."""


def stateful_sets(rendered: Sequence[Object]) -> list[tuple[Object, str]]:
    """Return the StatefulSets of servers, each with the container that is one."""
    return [(each, name) for each in rendered if text(each, "kind") == "StatefulSet" for name in _servers(each)]


def running(sets: Sequence[tuple[Object, str]], pods: Sequence[Object]) -> Iterator[tuple[str, str]]:
    """Yield the pods in which a server runs now, each with its container."""
    for pod in pods:
        owners = {text(each, "name") for each in items(pod, "metadata", "ownerReferences")}
        for stateful, container in sets:
            alive = not text(pod, "metadata", "deletionTimestamp") and _runs(pod, container)
            if text(stateful, "metadata", "name") in owners and alive:
                yield text(pod, "metadata", "name"), container


def _servers(stateful: Object) -> Iterator[str]:
    for container in items(stateful, "spec", "template", "spec", "containers"):
        ports = {at(each, "containerPort") for each in items(container, "ports")}
        mounts = {text(each, "mountPath") for each in items(container, "volumeMounts")}
        if REDIS_PORT in ports and CLI.rpartition("/")[0] in mounts:
            yield text(container, "name")


def _runs(pod: Object, container: str) -> bool:
    return any(
        text(each, "name") == container and mapping(each, "state", "running")
        for each in items(pod, "status", "containerStatuses")
    )
