"""The other objects around one that changes: who scales a workload, which pods read a ConfigMap."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from examx_constructs.manifests import TEMPLATES, Object, ObjectId, Pod, at, pod_labels, template_of
from examx_constructs.manifests.references import pod_references
from examx_constructs.manifests.scaling import AUTOSCALERS, Autoscaler, autoscaler_of

_WORKLOADS = TEMPLATES.keys() - {"Pod", "PodTemplate"}


@dataclass(frozen=True, slots=True)
class Workload:
    """What starts pods."""

    key: ObjectId
    item: Object

    @property
    def template(self) -> Object:
        """The template of its pods."""
        return template_of(self.item)

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of its pods."""
        return pod_labels(self.item)

    def needs(self) -> set[tuple[str, str]]:
        """Return the objects that its pods name, by kind and name: without them a new pod does not start."""
        pod = Pod.of(self.item)
        named = {(each.kind, each.name.text) for each in pod_references(pod)} if pod else set[tuple[str, str]]()
        return {(kind, name) for kind, name in named if name}

    def claims(self) -> set[str]:
        """Return the claims, its own or shared ones, that a container mounts."""
        pod = Pod.of(self.item)
        if pod is None:
            return set()
        claims = {each["name"].text: each.at("persistentVolumeClaim", "claimName").text for each in pod.spec["volumes"]}
        own = {name: name for name in pod.claim_names}
        mounted = {mount["name"].text for each in pod.all_containers for mount in each["volumeMounts"]}
        return {claim for volume, claim in {**claims, **own}.items() if claim and volume in mounted}


class Surroundings:
    """All objects of one side of a comparison, with the look-ups that judging a change needs."""

    def __init__(self, objects: Iterable[Object]) -> None:
        self._objects = {ObjectId.of(each): each for each in objects}

    def find(self, kind: str, name: str, namespace: str = "") -> Object | None:
        """Return the object of that kind and name."""
        return next(
            (
                item
                for key, item in self._objects.items()
                if (key.kind, key.name, key.namespace) == (kind, name, namespace)
            ),
            None,
        )

    def of_kind(self, kind: str, namespace: str = "") -> list[Object]:
        """Return the objects of a kind in a namespace."""
        return [item for key, item in self._objects.items() if (key.kind, key.namespace) == (kind, namespace)]

    def workload(self, key: ObjectId) -> Workload | None:
        """Return what starts pods under that key."""
        item = self._objects.get(key)
        return Workload(key, item) if item is not None and key.kind in _WORKLOADS else None

    def workloads(self, namespace: str) -> list[Workload]:
        """Return what starts pods in a namespace."""
        found = (self.workload(key) for key in self._objects if key.namespace == namespace)
        return [each for each in found if each is not None]

    def readers(self, key: ObjectId) -> list[Workload]:
        """Return the workloads whose pods need an object to start."""
        return [each for each in self.workloads(key.namespace) if (key.kind, key.name) in each.needs()]

    def selected(self, namespace: str, labels: Object) -> list[Workload]:
        """Return the workloads whose pods have these labels."""
        return [each for each in self.workloads(namespace) if labels.items() <= each.labels.items()]

    def autoscaler(self, key: ObjectId) -> Autoscaler | None:
        """Return what decides how many pods a workload has."""
        scalers = (autoscaler_of(item) for kind in AUTOSCALERS for item in self.of_kind(kind, key.namespace))
        return next((each for each in scalers if (each.target_kind, each.target_name) == (key.kind, key.name)), None)

    def pods(self, workload: Workload) -> str:
        """Return how many pods a workload has, in words: `1 pod`, `2 to 20 pods`."""
        if (scaler := self.autoscaler(workload.key)) is not None:
            return pod_range(scaler)
        if workload.key.kind == "DaemonSet":
            return "a pod on each node"
        return counted(at(workload.item, "spec", "replicas"))


def pod_range(scaler: Autoscaler) -> str:
    """Say in words between how many pods an autoscaler may choose, in words."""
    return counted(scaler.minimum) if scaler.minimum == scaler.maximum else f"{scaler.minimum} to {scaler.maximum} pods"


def counted(replicas: object) -> str:
    """Return a number of pods in words; Kubernetes makes one where none is given."""
    number = 1 if replicas is None else replicas
    return f"{number} pod" if number == 1 else f"{number} pods"


def named(workloads: Sequence[Workload]) -> str:
    """Return the names of workloads, for a sentence."""
    return ", ".join(each.key.name for each in workloads)
