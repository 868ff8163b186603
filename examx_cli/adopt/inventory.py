"""What is in a namespace before it is taken over: every object of every kind that somebody may have put there.

What the cluster makes by itself is left out. These are objects that a controller owns, such as most pods, events,
leases, endpoints, ReplicaSets and ended Jobs. The values of Secrets are not kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from examx_cli import reading
from examx_cli.cluster import Cluster
from examx_cli.deploy.history import NAME as HISTORY
from examx_cli.errors import CommandError
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object, ObjectId, items, mapping, text
from examx_constructs.manifests.object_id import CLUSTER_SCOPED

OWN_PREFIX = "examx-adoption"
"""What the names of the objects begin with that an adoption makes for itself: its record, its Jobs, its policy."""

ASIDE_LABEL = "examx.ai/adoption"
"""On the ReplicaSets and pods of a Deployment that is being replaced: its name."""

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Pod")
AUTOSCALERS = ("HorizontalPodAutoscaler", "ScaledObject")

_LEFT_OUT = frozenset(
    {
        "bindings",
        "controllerrevisions.apps",
        "endpoints",
        "endpointslices.discovery.k8s.io",
        "events",
        "events.events.k8s.io",
        "leases.coordination.k8s.io",
        "replicasets.apps",
        "targetgroupbindings.elbv2.k8s.aws",
    }
)
_SUFFIXES = (".yaml", ".yml", ".json")
_INCOMPLETE = "unable to retrieve the complete list of server APIs"


@dataclass(frozen=True, slots=True)
class Inventory:
    """The objects of a namespace, and of the cluster those that the environment renders. `unread`: kinds not seen."""

    namespace: str
    objects: Mapping[ObjectId, Object]
    unread: Sequence[str] = field(default=())

    def of_kind(self, *kinds: str) -> list[Object]:
        """Return the objects of these kinds, in the order of the kinds."""
        return [item for kind in kinds for key, item in self.objects.items() if key.kind == kind]

    def find(self, kind: str, name: str) -> Object | None:
        """Return the object of a kind and name."""
        return next((item for key, item in self.objects.items() if (key.kind, key.name) == (kind, name)), None)

    def with_objects(self, others: Mapping[ObjectId, Object]) -> "Inventory":
        """Return the inventory with some objects as they were earlier."""
        return Inventory(self.namespace, {**self.objects, **others}, self.unread)


def read_cluster(cluster: Cluster, wanted: Sequence[Object]) -> Inventory:
    """Read everything in the environment's namespace, and what the environment renders for the cluster."""
    kinds = api_resources(cluster, "--verbs=list", "--namespaced", "-o", "name").split()
    kinds = [each for each in kinds if each not in _LEFT_OUT and not each.endswith(".metrics.k8s.io")]
    found, unread = _read_kinds(cluster, kinds)
    shared = cluster.read([each for each in wanted if ObjectId.of(each).cluster_scoped])
    unread += [str(each) for each in shared.unseen]
    return Inventory(cluster.target.namespace, _kept([*found, *shared.objects.values()]), unread)


def api_resources(cluster: Cluster, *options: str) -> str:
    """Return what `kubectl api-resources` prints, also where an API that was added to the cluster does not answer."""
    try:
        return cluster.kubectl.run("api-resources", *options)
    except ProcessError as error:
        if _INCOMPLETE not in error.said:
            raise
        return error.printed


def _read_kinds(cluster: Cluster, kinds: Sequence[str]) -> tuple[list[Object], list[str]]:
    try:
        return _get(cluster, ",".join(kinds)), []
    except ProcessError as error:
        refused = error
    found: list[Object] = []
    unread: list[str] = []
    for kind in kinds:
        try:
            found += _get(cluster, kind)
        except ProcessError:
            unread.append(kind)
    if len(unread) == len(kinds):
        raise refused
    return found, unread


def _get(cluster: Cluster, kinds: str) -> list[Object]:
    return cluster.kubectl.objects(
        "get", kinds, f"--namespace={cluster.target.namespace}", "--ignore-not-found", "--show-managed-fields"
    )


def _kept(found: Iterable[Object]) -> dict[ObjectId, Object]:
    kept: dict[ObjectId, Object] = {}
    for item in found:
        key = ObjectId.of(item)
        if not _is_made_by_the_cluster(key, item) and not is_own(key) and not _has_ended(key, item):
            # One object may be served in several groups (Ingress was); the first is as good as any.
            kept.setdefault(key, _without_values(item) if key.kind == "Secret" else item)
    return kept


def is_own(key: ObjectId) -> bool:
    """Return whether an object is one that this command keeps for itself."""
    return key.name.startswith(OWN_PREFIX) or (key.kind, key.name) == ("ConfigMap", HISTORY)


def _is_made_by_the_cluster(key: ObjectId, item: Object) -> bool:
    owners = items(item, "metadata", "ownerReferences")
    known = {("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")}
    aside = ASIDE_LABEL in mapping(item, "metadata", "labels")
    return aside or (key.kind, key.name) in known or any(mapping(each).get("controller") is True for each in owners)


def _has_ended(key: ObjectId, item: Object) -> bool:
    if key.kind == "Pod":
        return text(item, "status", "phase") in ("Succeeded", "Failed") or "deletionTimestamp" in mapping(
            item, "metadata"
        )
    conditions = items(item, "status", "conditions") if key.kind == "Job" else []
    return any(text(each, "type") in ("Complete", "Failed") and text(each, "status") == "True" for each in conditions)


def _without_values(secret: Object) -> Object:
    return {name: value for name, value in secret.items() if name not in ("data", "stringData")}


def read_files(path: Path, namespace: str) -> Inventory:
    """Return the objects of a manifest, or of all manifests below a folder, as if they ran in the namespace.

    An object without a namespace goes there; one of another namespace is left out. Raises CommandError.
    """
    if path.is_dir():
        files = [each for each in sorted(path.rglob("*")) if each.suffix in _SUFFIXES and each.stem != "kustomization"]
    else:
        files = [path]
    found = [_placed(item, namespace) for file in files for item in reading.read(file)]
    here = [each for each in found if ObjectId.of(each).namespace in ("", namespace)]
    if not here:
        raise CommandError(f"{path} holds no object of the namespace {namespace}: name a manifest or a folder of them")
    return Inventory(namespace, _kept(here))


def _placed(item: Object, namespace: str) -> Object:
    if text(item, "kind") in CLUSTER_SCOPED or text(item, "metadata", "namespace"):
        return item
    return {**item, "metadata": {**mapping(item, "metadata"), "namespace": namespace}}


def with_defaults(item: Object) -> Object:
    """Return an object with the values that mean nothing said and that only some manifests write down."""
    spec = mapping(item, "spec")
    if text(item, "kind") in ("PersistentVolume", "PersistentVolumeClaim"):
        return {**item, "spec": {"volumeMode": "Filesystem", **spec}}
    if text(item, "kind") == "ScaledObject":
        target = {"apiVersion": "apps/v1", "kind": "Deployment", **mapping(spec, "scaleTargetRef")}
        return {**item, "spec": {**spec, "scaleTargetRef": target}}
    return item
