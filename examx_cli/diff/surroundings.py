"""The other objects around one that changes: who scales a workload, which pods read a ConfigMap."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from examx_constructs.manifests import Object, ObjectId, at, items, mapping, text

_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"})
_AUTOSCALERS = {
    "HorizontalPodAutoscaler": ("minReplicas", "maxReplicas"),
    "ScaledObject": ("minReplicaCount", "maxReplicaCount"),
}


@dataclass(frozen=True, slots=True)
class Workload:
    """What starts pods."""

    key: ObjectId
    item: Object

    @property
    def template(self) -> Object:
        """The template of its pods."""
        if self.key.kind == "CronJob":
            return mapping(self.item, "spec", "jobTemplate", "spec", "template")
        return mapping(self.item, "spec", "template")

    @property
    def labels(self) -> Object:
        """The labels of its pods."""
        return mapping(self.template, "metadata", "labels")

    def needs(self) -> set[tuple[str, str]]:
        """The objects that its pods name, by kind and name: without them a new pod does not start."""
        return set(_references(mapping(self.template, "spec")))

    def claims(self) -> set[str]:
        """The claims, its own or shared ones, that a container mounts."""
        pod = mapping(self.template, "spec")
        claims = {
            text(each, "name"): text(each, "persistentVolumeClaim", "claimName") for each in items(pod, "volumes")
        }
        own = {name: name for each in items(self.item, "spec", "volumeClaimTemplates") if (name := _name(each))}
        mounted = {text(mount, "name") for each in _containers(pod) for mount in items(each, "volumeMounts")}
        return {claim for volume, claim in {**claims, **own}.items() if claim and volume in mounted}


def _name(item: object) -> str:
    return text(item, "metadata", "name")


def _containers(pod: Object) -> list[object]:
    return [*items(pod, "initContainers"), *items(pod, "containers")]


def _references(pod: Object) -> Iterator[tuple[str, str]]:
    for kind, name in _all_references(pod):
        if name:
            yield kind, name


def _all_references(pod: Object) -> Iterator[tuple[str, str]]:
    yield "ServiceAccount", text(pod, "serviceAccountName")
    for volume in items(pod, "volumes"):
        yield "PersistentVolumeClaim", text(volume, "persistentVolumeClaim", "claimName")
        yield "SecretProviderClass", text(volume, "csi", "volumeAttributes", "secretProviderClass")
        for source in (volume, *items(volume, "projected", "sources")):
            yield "ConfigMap", text(source, "configMap", "name")
            yield "Secret", text(source, "secret", "secretName") or text(source, "secret", "name")
    for container in _containers(pod):
        for source in items(container, "envFrom"):
            yield "ConfigMap", text(source, "configMapRef", "name")
            yield "Secret", text(source, "secretRef", "name")
        for variable in items(container, "env"):
            yield "ConfigMap", text(variable, "valueFrom", "configMapKeyRef", "name")
            yield "Secret", text(variable, "valueFrom", "secretKeyRef", "name")


class Surroundings:
    """All objects of one side of a comparison, with the look-ups that judging a change needs."""

    def __init__(self, objects: Iterable[Object]) -> None:
        self._objects = {ObjectId.of(each): each for each in objects}

    def find(self, kind: str, name: str, namespace: str = "") -> Object | None:
        """The object of that kind and name."""
        return next(
            (
                item
                for key, item in self._objects.items()
                if (key.kind, key.name, key.namespace) == (kind, name, namespace)
            ),
            None,
        )

    def of_kind(self, kind: str, namespace: str = "") -> list[Object]:
        """The objects of a kind in a namespace."""
        return [item for key, item in self._objects.items() if (key.kind, key.namespace) == (kind, namespace)]

    def workload(self, key: ObjectId) -> Workload | None:
        """What starts pods under that key."""
        item = self._objects.get(key)
        return Workload(key, item) if item is not None and key.kind in _WORKLOADS else None

    def workloads(self, namespace: str) -> list[Workload]:
        """What starts pods in a namespace."""
        found = (self.workload(key) for key in self._objects if key.namespace == namespace)
        return [each for each in found if each is not None]

    def readers(self, key: ObjectId) -> list[Workload]:
        """The workloads whose pods need an object to start."""
        return [each for each in self.workloads(key.namespace) if (key.kind, key.name) in each.needs()]

    def selected(self, namespace: str, labels: Object) -> list[Workload]:
        """The workloads whose pods have these labels."""
        return [each for each in self.workloads(namespace) if labels.items() <= each.labels.items()]

    def autoscaler(self, key: ObjectId) -> "Autoscaler | None":
        """What decides how many pods a workload has."""
        for kind in _AUTOSCALERS:
            for item in self.of_kind(kind, key.namespace):
                target = mapping(item, "spec", "scaleTargetRef")
                # A ScaledObject that names no kind means a Deployment.
                if (target.get("kind", "Deployment"), target.get("name")) == (key.kind, key.name):
                    return Autoscaler(item)
        return None

    def pods(self, workload: Workload) -> str:
        """How many pods a workload has, in words: `1 pod`, `2 to 20 pods`."""
        if (scaler := self.autoscaler(workload.key)) is not None:
            return scaler.range
        if workload.key.kind == "DaemonSet":
            return "a pod on each node"
        return counted(at(workload.item, "spec", "replicas"))


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """A HorizontalPodAutoscaler, or a ScaledObject, of which KEDA makes one."""

    item: Object

    @property
    def key(self) -> ObjectId:
        """Which one."""
        return ObjectId.of(self.item)

    @property
    def target(self) -> str:
        """The name of the workload that it scales."""
        return text(self.item, "spec", "scaleTargetRef", "name")

    @property
    def range(self) -> str:
        """Between how many pods it may choose."""
        least_field, most_field = _AUTOSCALERS[self.key.kind]
        # What is left out: Kubernetes' least is 1, KEDA's 0; KEDA's most is 100.
        least = at(self.item, "spec", least_field)
        least = (0 if self.key.kind == "ScaledObject" else 1) if least is None else least
        most = at(self.item, "spec", most_field)
        most = 100 if most is None else most
        return counted(most) if least == most else f"{least} to {most} pods"


def counted(replicas: object) -> str:
    """A number of pods in words; Kubernetes makes one where none is given."""
    number = 1 if replicas is None else replicas
    return f"{number} pod" if number == 1 else f"{number} pods"


def named(workloads: Sequence[Workload]) -> str:
    """The names of workloads, for a sentence."""
    return ", ".join(each.key.name for each in workloads)
