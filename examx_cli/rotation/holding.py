"""Which pods hold an older value of a secret than the driver has seen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from examx_cli.cluster import Cluster
from examx_cli.kubectl import is_forbidden
from examx_cli.processes import ProcessError
from examx_cli.rotation import statuses
from examx_cli.rotation.statuses import MountStatus, Statuses, moment
from examx_cli.rotation.taking import CLASS, Source, synced_secrets, taken
from examx_constructs.manifests import Object, ObjectId, items, mapping, text

WORKLOADS = ("Deployment", "StatefulSet")
"""The kinds of workloads whose pods are looked at."""

_ENDED = ("Succeeded", "Failed")


@dataclass(frozen=True, slots=True)
class Outdated:
    """A pod that holds an older value: its class, and since when a newer one is known."""

    workload: ObjectId
    pod: str
    secret: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of the values that pods hold. `unknown`: why nothing is; empty where it is.

    `seen`: the classes that the driver has told of. `unsettled`: those that pods have several versions of.
    """

    outdated: tuple[Outdated, ...] = ()
    seen: frozenset[str] = frozenset()
    unsettled: frozenset[str] = frozenset()
    unknown: str = ""

    def of(self, workload: ObjectId) -> list[Outdated]:
        """Return the pods of a workload that hold an older value."""
        return [each for each in self.outdated if each.workload == workload]

    def lines(self) -> Iterator[str]:
        """Yield it for people: a line for each workload and secret."""
        counted: dict[tuple[ObjectId, str], list[Outdated]] = {}
        for each in self.outdated:
            counted.setdefault((each.workload, each.secret), []).append(each)
        for (workload, secret), pods in counted.items():
            number = "1 pod holds" if len(pods) == 1 else f"{len(pods)} pods hold"
            since = max(each.since for each in pods).strftime("%Y-%m-%d %H:%M:%S %Z")
            yield f"{workload}: {number} an older value of {secret}; a newer one is known since {since}"


def look(cluster: Cluster, workloads: Mapping[ObjectId, Object], synced: Mapping[str, str]) -> Look:
    """Compare what the pods of live workloads hold with the newest that any pod of the namespace has mounted.

    Where rotation is not enabled in the driver, the newest is what the pod that started last got. A value that no pod
    has mounted yet is not known. Raises ProcessError.
    """
    found = statuses.read(cluster)
    if found.missing:
        return Look(unknown=found.missing)
    try:
        pods = cluster.kubectl.objects("get", "pods", f"--namespace={cluster.target.namespace}", "--ignore-not-found")
    except ProcessError as error:
        if is_forbidden(error):
            return Look(unknown="this identity may not read pods; its Role grants it")
        raise
    return judged(workloads, pods, found, synced)


def look_at(cluster: Cluster, rendered: Sequence[Object]) -> Look:
    """Return the same, of what runs of an environment's manifests. Raises ProcessError."""
    live = cluster.read([each for each in rendered if text(each, "kind") in (*WORKLOADS, CLASS)]).objects
    classes = [each for key, each in live.items() if key.kind == CLASS]
    workloads = {key: each for key, each in live.items() if key.kind in WORKLOADS}
    return look(cluster, workloads, synced_secrets(classes))


def judged(
    workloads: Mapping[ObjectId, Object], pods: Sequence[Object], found: Statuses, synced: Mapping[str, str]
) -> Look:
    """Return the same, of what was read."""
    alive = {text(pod, "metadata", "uid"): pod for pod in pods if _is_alive(pod)}
    mounts = [each for each in found.found if each.pod_uid in alive]
    newest = _newest(mounts)
    outdated: list[Outdated] = []
    for key, workload in workloads.items():
        for identity, pod in alive.items():
            if _is_selected(pod, workload):
                own = [each for each in mounts if each.pod_uid == identity]
                outdated += _held(key, pod, own, newest, taken(pod, synced))
    versions: dict[tuple[str, str], set[str]] = {}
    for each in mounts:
        for file, version in each.versions.items():
            versions.setdefault((each.secret_class, file), set()).add(version)
    return Look(
        outdated=tuple(outdated),
        seen=frozenset(each.secret_class for each in mounts),
        unsettled=frozenset(name for (name, _), several in versions.items() if len(several) > 1),
    )


def _newest(mounts: Iterable[MountStatus]) -> dict[tuple[str, str], tuple[str, datetime]]:
    """Return the version of each file that was mounted last, and since when it is known. Versions have no order."""
    newest: dict[tuple[str, str], tuple[str, datetime]] = {}
    for each in sorted(mounts, key=lambda mount: mount.changed):
        for file, version in each.versions.items():
            known = newest.get((each.secret_class, file))
            if known is None or known[0] != version:
                newest[each.secret_class, file] = (version, each.changed)
    return newest


def _held(
    key: ObjectId,
    pod: Object,
    mounts: Iterable[MountStatus],
    newest: Mapping[tuple[str, str], tuple[str, datetime]],
    takes: Mapping[Source, frozenset[str]],
) -> Iterator[Outdated]:
    for mount in mounts:
        since = [
            newest[mount.secret_class, file][1]
            for file, version in mount.versions.items()
            if newest[mount.secret_class, file][0] != version
        ]
        started = _first_start(pod, takes.get(Source(CLASS, mount.secret_class), frozenset()))
        # The mount is older than the container, whatever the clocks of API server and node say.
        if not since and mount.is_rotated and started is not None and started < mount.changed:
            since = [mount.changed]
        if since and started is not None:
            yield Outdated(key, text(pod, "metadata", "name"), mount.secret_class, max(since))


def _first_start(pod: Object, containers: frozenset[str]) -> datetime | None:
    """Return when the first of these containers started that runs, or has ended before others could run.

    None for none.
    """
    found = [
        moment(text(status, "state", state, "startedAt"))
        for kind, state in (
            ("containerStatuses", "running"),
            ("initContainerStatuses", "running"),
            ("initContainerStatuses", "terminated"),
        )
        for status in items(pod, "status", kind)
        if text(status, "name") in containers
    ]
    return min((each for each in found if each is not None), default=None)


def _is_alive(pod: Object) -> bool:
    return not text(pod, "metadata", "deletionTimestamp") and text(pod, "status", "phase") not in _ENDED


def _is_selected(pod: Object, workload: Object) -> bool:
    wanted = mapping(workload, "spec", "selector", "matchLabels")
    return bool(wanted) and wanted.items() <= mapping(pod, "metadata", "labels").items()
