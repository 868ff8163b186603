"""A rule on fields that an API server drops in silence, because what they ask for is off in its version."""

from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.versions import KUBERNETES

_HOOKED = ("lifecycle", "stopSignal")


class _Gate(NamedTuple):
    """A feature gate: its name, the first version that has it on by default, and what happens without it."""

    name: str
    since: str
    """Empty where no version that rules know has it on."""
    without: str


_STOP_SIGNAL = _Gate("ContainerStopSignals", "", "the container gets the signal that its image says, SIGTERM else")
_POD_RESOURCES = _Gate("PodLevelResources", "1.34", "the pod requests and is limited to what its containers say alone")
_RESTART_RULES = _Gate("ContainerRestartRules", "1.35", "the container restarts as the pod says")
_ENV_FILES = _Gate("EnvFiles", "1.35", "the variable has no value")
_HOST_NAME = _Gate("HostnameOverride", "1.35", "the pod has its own name as host name")
_IMAGE_VOLUME = _Gate("ImageVolume", "1.35", "the volume is an empty directory")
_OWN_USERS = _Gate("UserNamespacesSupport", "1.33", "root in the pod is root on the node")
_MAX_UNAVAILABLE = _Gate("MaxUnavailableStatefulSet", "1.35", "pods are replaced one after the other")
_VOLUME_CLASS = _Gate("VolumeAttributesClass", "1.34", "the volume has the attributes of its StorageClass")


@rule("Kubernetes v1.37 pkg/features/kube_features.go; pkg/api/pod/util.go, dropDisabledFields")
def field_is_not_dropped(manifests: Manifests) -> Iterator[Finding]:
    """A field is one that the cluster's version reads: one behind a feature gate that is off is dropped in silence.

    The object is accepted, and does what it would do without the field. Judged by what is on by default.
    """
    for pod in manifests.pods:
        for gate, node in _of_pod(pod):
            yield from _dropped(manifests, gate, node)
    for workload in manifests.kind("StatefulSet"):
        yield from _dropped(
            manifests, _MAX_UNAVAILABLE, workload.spec.at("updateStrategy", "rollingUpdate", "maxUnavailable")
        )
    for claim in manifests.kind("PersistentVolumeClaim"):
        yield from _dropped(manifests, _VOLUME_CLASS, claim.spec["volumeAttributesClassName"])


def _of_pod(pod: Pod) -> Iterator[tuple[_Gate, Node]]:
    yield _POD_RESOURCES, pod.spec["resources"]
    yield _HOST_NAME, pod.spec["hostnameOverride"]
    if pod.spec["hostUsers"].value is False:
        yield _OWN_USERS, pod.spec["hostUsers"]
    for volume in pod.spec["volumes"]:
        yield _IMAGE_VOLUME, volume["image"]
    for container in pod.all_containers:
        yield _STOP_SIGNAL, container.at(*_HOOKED)
        yield _RESTART_RULES, container["restartPolicyRules"]
        for variable in container["env"]:
            yield _ENV_FILES, variable.at("valueFrom", "fileKeyRef")


def _dropped(manifests: Manifests, gate: _Gate, node: Node) -> Iterator[Finding]:
    if not node.present:
        return
    versions = manifests.versions_of(node)
    if gate.since and versions.kubernetes_has(gate.since):
        return
    since = f"Kubernetes {gate.since} or later" if gate.since else f"no Kubernetes up to {KUBERNETES[-1]}"
    allowed = f"nothing in {versions.kubernetes}: {since} reads it by default (feature gate {gate.name})"
    yield finding(node, allowed, f"the API server drops it in silence, and {gate.without}")
