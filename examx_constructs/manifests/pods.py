"""What is inside a workload: its pod template, containers, volumes and environment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from examx_constructs._regex import regex
from examx_constructs.manifests.fields import Object, mapping, text
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import ObjectId
from examx_constructs.manifests.remembered import remembered

TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Rollout": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "ScaledJob": ("spec", "jobTargetRef", "template"),
    "PodTemplate": ("template",),
    "Pod": (),
}
"""The workload kinds, and where each keeps its pod template. Of a PodTemplate, something else makes the pods."""

DEFAULT_GRACE_PERIOD = 30

_SLEEP = regex(r"\bsleep\s+(\d+(?:\.\d+)?)([smhd]?)\b")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, eq=False)
class Pod:
    """The pod template of a workload."""

    template: Node
    owner: Node

    @classmethod
    def of(cls, workload: Object) -> "Pod | None":
        """Return the pod template of a workload that came without manifests; None for what starts no pods."""
        path, owner = TEMPLATES.get(text(workload, "kind")), Node.of(workload)
        return None if path is None else cls(owner.at(*path), owner)

    @property
    def workload(self) -> ObjectId:
        """The workload that makes the pods."""
        return self.template.object_id

    @cached_property
    def spec(self) -> Node:
        """The pod's `spec`."""
        return self.template["spec"]

    @cached_property
    def labels(self) -> dict[str, str]:
        """The pod's labels."""
        return self.template.at("metadata", "labels").labels

    @cached_property
    def containers(self) -> list[Node]:
        """The containers that run as long as the pod: the ordinary ones and the native sidecars."""
        sidecars = [each for each in self.spec["initContainers"] if each["restartPolicy"].text == "Always"]
        return [*self.spec["containers"], *sidecars]

    @cached_property
    def all_containers(self) -> list[Node]:
        """Every container, those that only initialise included."""
        return [*self.spec["containers"], *self.spec["initContainers"]]

    @cached_property
    def claim_names(self) -> set[str]:
        """The names of the volume claim templates."""
        return {each.at("metadata", "name").text for each in self.owner.at("spec", "volumeClaimTemplates")} - {""}

    @cached_property
    def volume_names(self) -> set[str]:
        """The volumes that a container can mount, those of volume claim templates included."""
        return self.claim_names | {volume["name"].text for volume in self.spec["volumes"]}

    @property
    def grace_period(self) -> int:
        """The seconds between SIGTERM and SIGKILL."""
        given = self.spec["terminationGracePeriodSeconds"].number
        return DEFAULT_GRACE_PERIOD if given is None else given


def template_of(workload: Object) -> Object:
    """Return the pod template of a workload as plain data; empty for what starts no pods."""
    path = TEMPLATES.get(text(workload, "kind"))
    return {} if path is None else mapping(workload, *path)


def pod_labels(workload: Object) -> dict[str, str]:
    """Return the labels of a workload's pods."""
    return Node.of(mapping(template_of(workload), "metadata", "labels")).labels


def pre_stop(container: Node) -> Iterator[tuple[Node, float]]:
    """Yield the pause before SIGTERM, where the container has one: its place and its seconds."""
    hook = container.at("lifecycle", "preStop")
    sleep = hook.at("sleep", "seconds")
    if sleep.number is not None:
        yield sleep, sleep.number
    command = hook.at("exec", "command")
    for number, unit in _SLEEP.findall(" ".join(command.texts)):
        yield command, float(number) * _SECONDS[unit]


@remembered
def environment(container: Node) -> dict[str, str]:
    """Return the variables with a literal value."""
    return {each["name"].text: each["value"].text for each in container["env"] if isinstance(each["value"].value, str)}


@remembered
def arguments(container: Node) -> list[str]:
    """Return the command line, as far as the manifest states it."""
    return [*container["command"].texts, *container["args"].texts]
