"""What scales a workload: HorizontalPodAutoscalers and ScaledObjects, seen alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from weakref import WeakKeyDictionary

from examx_constructs.manifests.fields import Object
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import ObjectId
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.remembered import remembered
from examx_constructs.manifests.resources import Manifests, Resource, Scope

TRANSFER_ANNOTATION = "scaledobject.keda.sh/transfer-hpa-ownership"
OWNER_LABEL = "scaledobject.keda.sh/name"
"""What KEDA puts on the HPA that it makes: the name of the ScaledObject."""
PAUSED_ANNOTATIONS = ("autoscaling.keda.sh/paused", "autoscaling.keda.sh/paused-replicas")
"""Each of them makes KEDA delete its HPA; the first one does not while it says false."""
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_GROUP_OF_WORKLOADS = "apps"
RESOURCE_TRIGGERS = frozenset({"cpu", "memory"})
REDIS_TRIGGERS = frozenset({"redis", "redis-cluster", "redis-sentinel"})
KEDA_HIGHEST = 100
KEDA_COOLDOWN = 300


@dataclass(frozen=True, slots=True, eq=False)
class Autoscaler:
    """An HPA or a ScaledObject: what it scales, and between which numbers of replicas."""

    resource: Resource
    low: Node
    high: Node

    @property
    def id(self) -> ObjectId:
        """The autoscaler itself."""
        return self.resource.id

    @property
    def scope(self) -> Scope:
        """The scope of the autoscaler, and so of its target."""
        return self.resource.scope

    @property
    def is_keda(self) -> bool:
        """Whether KEDA makes the HPA."""
        return self.resource.kind == "ScaledObject"

    @property
    def target(self) -> Node:
        """The reference to what is scaled."""
        return self.resource.spec["scaleTargetRef"]

    @property
    def target_kind(self) -> str:
        """The kind of the target; KEDA's default is a Deployment."""
        return self.target["kind"].text or ("Deployment" if self.is_keda else "")

    @property
    def target_group(self) -> str:
        """The API group of the target; KEDA's default is that of a Deployment."""
        version = self.target["apiVersion"].text
        return version.rpartition("/")[0] if version or not self.is_keda else _GROUP_OF_WORKLOADS

    @property
    def target_name(self) -> str:
        """What the scaled workload is called."""
        return self.target["name"].text

    @property
    def minimum(self) -> int:
        """The fewest replicas, the default applied."""
        return (0 if self.is_keda else 1) if self.low.number is None else self.low.number

    @property
    def floor(self) -> int:
        """The fewest replicas that there ever are: none when a ScaledObject has an idle count."""
        return 0 if self.resource.spec["idleReplicaCount"].number == 0 else self.minimum

    @property
    def maximum(self) -> int | None:
        """The most replicas; an HPA has no default."""
        return KEDA_HIGHEST if self.high.number is None and self.is_keda else self.high.number

    @property
    def triggers(self) -> list[Node]:
        """The triggers of a ScaledObject."""
        return list(self.resource.spec["triggers"])

    @property
    def behavior(self) -> Node:
        """How fast it scales."""
        spec = self.resource.spec
        return spec.at("advanced", "horizontalPodAutoscalerConfig", "behavior") if self.is_keda else spec["behavior"]

    @property
    def hpa_name(self) -> str:
        """The name of the HPA: its own, or that of the one that KEDA makes."""
        given = self.resource.spec.at("advanced", "horizontalPodAutoscalerConfig", "name").text
        return (given or f"keda-hpa-{self.id.name}") if self.is_keda else self.id.name

    @property
    def is_paused(self) -> bool:
        """Whether KEDA has no HPA for it, because an annotation says so (KEDA 2.17, NeedToBePausedByAnnotation)."""
        paused, at_a_number = (self.resource.annotations[name] for name in PAUSED_ANNOTATIONS)
        return self.is_keda and (at_a_number.present or (paused.present and paused.text not in _FALSE))

    @property
    def is_made_by_keda(self) -> bool:
        """Whether it is the HPA that KEDA made of a ScaledObject, as a copy of a cluster shows it."""
        owners = self.resource.metadata["ownerReferences"]
        labelled = self.resource.metadata["labels"][OWNER_LABEL].present
        return not self.is_keda and (labelled or any(each["kind"].text == "ScaledObject" for each in owners))

    def adopts(self, other: "Autoscaler") -> bool:
        """Return whether this ScaledObject takes over that HPA instead of making its own."""
        transfers = self.resource.annotations[TRANSFER_ANNOTATION].text == "true"
        adopted = self.resource.spec.at("advanced", "horizontalPodAutoscalerConfig", "name").text
        return self.is_keda and not other.is_keda and transfers and adopted == other.id.name


AUTOSCALERS = ("HorizontalPodAutoscaler", "ScaledObject")
"""The kinds that scale."""


def autoscaler_of(item: Object) -> Autoscaler:
    """Return an autoscaler that came without manifests."""
    (resource,) = Manifests.of([item])
    return _scaled_object(resource) if resource.kind == "ScaledObject" else _hpa(resource)


@remembered
def autoscalers(manifests: Manifests) -> tuple[Autoscaler, ...]:
    """Return every autoscaler of the set."""
    return (*map(_hpa, manifests.kind("HorizontalPodAutoscaler")), *scaled_objects(manifests))


@remembered
def scaled_objects(manifests: Manifests) -> tuple[Autoscaler, ...]:
    """Return every ScaledObject of the set."""
    return tuple(map(_scaled_object, manifests.kind("ScaledObject")))


def _hpa(resource: Resource) -> Autoscaler:
    return Autoscaler(resource, resource.spec["minReplicas"], resource.spec["maxReplicas"])


def _scaled_object(resource: Resource) -> Autoscaler:
    return Autoscaler(resource, resource.spec["minReplicaCount"], resource.spec["maxReplicaCount"])


def target_pod(manifests: Manifests, autoscaler: Autoscaler) -> Pod | None:
    """Return the pod template that an autoscaler multiplies, where the set has it."""
    return manifests.pod_of(autoscaler.target_kind, autoscaler.target_name, autoscaler.scope)


def owners(manifests: Manifests, pod: Pod) -> list[Autoscaler]:
    """Return the autoscalers of a workload."""
    by_target = _BY_TARGET.get(manifests)
    if by_target is None:
        by_target = _BY_TARGET[manifests] = _by_target(manifests)
    scope = manifests.scope_of(pod.template)
    named = by_target.get((scope.everywhere, pod.workload.kind, pod.workload.name), {})
    there = [each for unit in named.keys() - manifests.instead_of(scope) for each in named[unit]]
    return [each for _, each in sorted(there, key=itemgetter(0))]


def _by_target(manifests: Manifests) -> "_ByTarget":
    """Return the autoscalers of each target by their units, looked up once for all the workloads of a set."""
    index: _ByTarget = {}
    for number, each in enumerate(autoscalers(manifests)):
        units = index.setdefault((each.scope.everywhere, each.target_kind, each.target_name), {})
        units.setdefault(each.resource.unit, []).append((number, each))
    return index


_ByTarget = dict[tuple[Scope, str, str], dict[str, list[tuple[int, Autoscaler]]]]
_BY_TARGET: WeakKeyDictionary[Manifests, _ByTarget] = WeakKeyDictionary()


def fewest_replicas(manifests: Manifests, pod: Pod) -> int:
    """Return how many replicas a workload is sure to have: what its autoscaler keeps, else what it asks for itself."""
    floors = [each.floor for each in owners(manifests, pod)]
    replicas = pod.owner.at("spec", "replicas").number
    return min(floors) if floors else 1 if replicas is None else replicas


def redis_triggers(scaler: Autoscaler) -> Iterator[Node]:
    """Return the triggers that count a Redis list."""
    return (trigger for trigger in scaler.triggers if trigger["type"].text in REDIS_TRIGGERS)
