"""What keeps a pod from a Pod Security Standard: a place, and what may be there."""

from typing import NamedTuple

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.versions import Versions


class Breach(NamedTuple):
    """A place that breaks the standard, what may be there, and what to show of it where that is not its value."""

    node: Node
    allowed: str
    value: str | None = None


def contexts(pod: Pod) -> list[Node]:
    """Return the security contexts of a pod: its own, and those of all its containers."""
    return [pod.spec["securityContext"], *(each["securityContext"] for each in containers(pod))]


def containers(pod: Pod) -> list[Node]:
    """Return every container, as the admission controller visits them."""
    return [*pod.all_containers, *pod.spec["ephemeralContainers"]]


def has_own_users(pod: Pod, versions: Versions) -> bool:
    """Return whether root in the pod is nobody on the node (`hostUsers: false`).

    1.35 and later relax some checks then.
    """
    return versions.kubernetes_has("1.35") and pod.spec["hostUsers"].value is False


def is_windows(pod: Pod) -> bool:
    """Return whether the pod says that it runs on Windows, where Linux' privileges mean nothing (1.25 and later)."""
    return pod.spec.at("os", "name").text == "windows"
