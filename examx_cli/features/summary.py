"""What one wants to know of an environment first: whose it is, where, until when, and whether it runs."""

from examx_cli.features.existing import Existing
from examx_cli.features.registry import image_of
from examx_constructs.features.feature import rfc3339
from examx_constructs.manifests import Object, at


def summary(environment: Existing, backend: Object | None) -> dict[str, object]:
    """Return what one wants to know of an environment first, for a machine."""
    return {
        "name": environment.name,
        "branch": environment.branch,
        "owner": environment.owner,
        "url": environment.url,
        "namespace": environment.namespace,
        "created": rfc3339(environment.created),
        "expires": rfc3339(environment.expires) if environment.expires else None,
        "env": "custom" if environment.env_secret else "default",
        "image": image_of(backend) or None,
        "state": state(environment, backend),
    }


def state(environment: Existing, backend: Object | None) -> str:
    """Return whether it can be used: by the backend, which is what people look at; workers sleep."""
    if environment.ending:
        return "being removed"
    if backend is None:
        return "incomplete"
    return "ready" if pods(backend)["ready"] else "not ready"


def pods(workload: Object) -> dict[str, int]:
    """Return how many pods of a workload are ready, and how many are wanted."""
    numbers = {"ready": at(workload, "status", "readyReplicas"), "wanted": at(workload, "spec", "replicas")}
    return {name: number if isinstance(number, int) else 0 for name, number in numbers.items()}
