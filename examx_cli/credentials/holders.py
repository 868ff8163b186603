"""The pods that hold a password since their start: as a variable, which never changes while a container runs."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from examx_cli.rotation.statuses import moment
from examx_constructs.manifests import Node, Object, items, text
from examx_constructs.manifests.references import variable_references

_ENDED = ("Succeeded", "Failed")


def holders(pods: Iterable[Object], secret: str, key: str, changed: datetime) -> list[str]:
    """Return the pods with a container that took this key as a variable and started before it was changed.

    The start is by the node's clock and the change by the API server's: who starts within the same second counts.
    """
    return [text(pod, "metadata", "name") for pod in pods if any(each <= changed for each in _starts(pod, secret, key))]


def _starts(pod: Object, secret: str, key: str) -> Iterator[datetime]:
    if text(pod, "metadata", "deletionTimestamp") or text(pod, "status", "phase") in _ENDED:
        return
    taking = {
        text(each, "name")
        for kind in ("initContainers", "containers")
        for each in items(pod, "spec", kind)
        if _takes(each, secret, key)
    }
    for kind in ("initContainerStatuses", "containerStatuses"):
        for status in items(pod, "status", kind):
            started = moment(text(status, "state", "running", "startedAt"))
            if text(status, "name") in taking and started is not None:
                yield started


def _takes(container: object, secret: str, key: str) -> bool:
    return any(
        (each.kind, each.name.text) == ("Secret", secret) and key in ({one.text for one in each.keys} or {key})
        for each in variable_references(Node.of(container))
    )
