"""Rules on claims that one node, or one pod, has at a time: ReadWriteOnce and ReadWriteOncePod.

The attach-detach controller refuses to attach such a volume to a second node ("Multi-Attach error"), and the scheduler
keeps a second pod of a ReadWriteOncePod claim waiting (Kubernetes v1.34, pkg/controller/volume/attachdetach and
pkg/scheduler/framework/plugins/volumerestrictions). What is not attached at all, such as NFS and EFS, is not held to
ReadWriteOnce. A volume on a node's disk keeps its pods on that node.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.storage.claims import bound, class_of, unbound
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.manifests.scaling import KEDA_HIGHEST, autoscalers

_SOURCE = "Kubernetes documentation, Persistent Volumes, Access Modes"
_BY_POD = "ReadWriteOncePod"
_EXCLUSIVE = words("ReadWriteOnce ReadWriteOncePod")
_HOSTNAME = "kubernetes.io/hostname"
# CSI drivers and provisioners whose volumes are mounted without being attached, or never leave their node.
_NOT_ATTACHED = regex(
    r"efs|nfs|smb|cifs|file\.csi|azure-?file|cephfs|gluster|local|host-?path|lustre|fsx|juicefs|\bs3", re.IGNORECASE
)
_NOT_ATTACHED_VOLUMES = words("nfs hostPath local cephfs glusterfs azureFile")
_DEFAULT = "25%"


@dataclass(frozen=True, slots=True, eq=False)
class _Use:
    """A pod template that mounts an exclusive claim of the set, and the field that names the claim."""

    pod: Pod
    name: Node
    claim: Resource

    @property
    def by_pod(self) -> bool:
        """Whether one pod alone may have it, wherever it runs."""
        return _BY_POD in self.claim.spec["accessModes"].texts

    @property
    def mode(self) -> str:
        """The access mode."""
        return _BY_POD if self.by_pod else "ReadWriteOnce"

    @property
    def stays_on_one_node(self) -> bool:
        """Whether something keeps all pods that use it on one node, which is enough for ReadWriteOnce."""
        return not self.by_pod and _is_pinned(self.pod)


def _uses(manifests: Manifests) -> Iterator[_Use]:
    # Of the volumes of a class one is as good as another: people put a claim's own beside it.
    backing = {claim.root: volumes[0] for claim, volumes in unbound(manifests)}
    backing |= {claim.root: volume for claim, volume in bound(manifests)}
    for pod in manifests.pods:
        for volume in pod.spec["volumes"]:
            name = volume.at("persistentVolumeClaim", "claimName")
            claim = manifests.find("PersistentVolumeClaim", name.text, manifests.scope_of(pod.template))
            if claim is None:
                continue
            use, modes = _Use(pod, name, claim), set(claim.spec["accessModes"].texts)
            exclusive = bool(modes) and modes <= _EXCLUSIVE
            if exclusive and (use.by_pod or _is_attached(manifests, claim, backing.get(claim.root))):
                yield use


def _is_attached(manifests: Manifests, claim: Resource, volume: Resource | None) -> bool:
    """Return whether a volume is attached to one node at a time, as far as the manifests tell; most kinds are."""
    if volume is not None:
        driver = volume.spec.at("csi", "driver").text
        kinds = {key for key, _ in volume.spec.entries()}
        return not (_NOT_ATTACHED.search(driver) or kinds & _NOT_ATTACHED_VOLUMES)
    name = class_of(claim).text
    storage = manifests.find("StorageClass", name, Scope(claim.scope.cluster, "", "", claim.scope.unit))
    return not _NOT_ATTACHED.search(name if storage is None else storage.root["provisioner"].text)


def _is_pinned(pod: Pod) -> bool:
    affinity = pod.spec["affinity"]
    together = affinity.at("podAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    nodes = affinity.at("nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    keys = {each["key"].text for term in nodes["nodeSelectorTerms"] for each in term["matchExpressions"]}
    return (
        bool(pod.spec["nodeName"].text)
        or pod.spec["nodeSelector"].has(_HOSTNAME)
        or _HOSTNAME in keys
        or any(each["topologyKey"].text == _HOSTNAME for each in together)
    )


@rule(f"{_SOURCE}; Kubernetes documentation, Deployments, Strategy")
def claim_is_free_when_pod_is_replaced(manifests: Manifests) -> Iterator[Finding]:
    """A Deployment on a claim that one node, or one pod, has at a time removes the old pod before it starts a new one.

    With a rolling update the new pod waits for the volume of the old. The old one is only removed when the new one is
    ready. That it goes well where both come onto one node is luck, and two servers then write the same files.
    """
    for use in _uses(manifests):
        strategy = use.pod.owner.at("spec", "strategy")
        if use.pod.workload.kind != "Deployment" or strategy["type"].text == "Recreate" or use.stays_on_one_node:
            continue
        replicas = use.pod.owner.at("spec", "replicas").number
        count = 1 if replicas is None else replicas
        if count == 1 and _surge(strategy.at("rollingUpdate", "maxSurge"), count):
            yield finding(
                strategy["type"],
                "Recreate, or RollingUpdate with maxSurge 0 and maxUnavailable 1",
                f"{use.claim.id.qualified} is {use.mode}: the new pod waits for the volume of the old one, which waits "
                "for the new one",
            )


def _surge(given: Node, replicas: int) -> int:
    """Return how many pods a rolling update adds; a percentage rounds up."""
    text = given.text or ("" if given.present else _DEFAULT)
    share = re.fullmatch(r"(\d+)%", text)
    return math.ceil(int(share[1]) * replicas / 100) if share else given.number or 0


@rule(_SOURCE)
def claim_is_shared_only_if_it_may_be(manifests: Manifests) -> Iterator[Finding]:
    """A claim that one node, or one pod, has at a time is not mounted by several pods.

    Those of one workload are an error: replicas go to different nodes. Two workloads get a warning, for they may be
    meant to meet on one node; with ReadWriteOncePod the second pod never starts.
    """
    most = _most_replicas(manifests)
    first: dict[Node, _Use] = {}
    for use in _uses(manifests):
        scope = manifests.scope_of(use.pod.template)
        count = most.get((use.pod.workload.kind, use.pod.workload.name, scope), 0) or _own_replicas(use.pod)
        if (count is None or count > 1) and not use.stays_on_one_node:
            many = "a pod on each node" if count is None else f"{count} pods"
            yield finding(
                use.name,
                "a claim that is ReadWriteMany, one pod, or a StatefulSet with volumeClaimTemplates",
                f"it is {use.mode}, and {many} of {use.pod.workload} would share it: one gets it, the others wait",
            )
        other = first.setdefault(use.claim.root, use)
        if other.pod is not use.pod and not use.stays_on_one_node:
            yield finding(
                use.name,
                "a claim that is ReadWriteMany, or one for each workload",
                f"it is {use.mode}, and {other.pod.workload} mounts it too",
                severity=Severity.ERROR if use.by_pod else Severity.WARNING,
            )


def _most_replicas(manifests: Manifests) -> dict[tuple[str, str, Scope], int]:
    """Return the most pods that autoscalers give to a workload."""
    found: defaultdict[tuple[str, str, Scope], int] = defaultdict(int)
    for each in autoscalers(manifests):
        key = (each.target_kind, each.target_name, each.scope)
        found[key] = max(found[key], each.maximum or 0)
    return found


def _own_replicas(pod: Pod) -> int | None:
    """Return how many pods a workload asks for at a time; None where it runs one on each node."""
    spec = pod.owner["spec"]
    match pod.workload.kind:
        case "DaemonSet":
            return None
        case "Job":
            number = spec["parallelism"].number
        case "CronJob":
            number = spec.at("jobTemplate", "spec", "parallelism").number
        case "ScaledJob":
            number = spec["maxReplicaCount"].number or KEDA_HIGHEST
        case "Pod":
            number = 1
        case _:
            number = spec["replicas"].number
    return 1 if number is None else number
