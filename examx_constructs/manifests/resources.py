"""A set of rendered Kubernetes objects, with the look-ups that rules need.

An object belongs to a scope: the cluster and the namespace in which it meets other objects. The cluster comes from the
annotation `examx.ai/cluster` of its Namespace object; without one, all objects share one unnamed cluster. An object
that names no namespace goes where its folder is applied to, so each folder is a scope of its own. `dev/web.yaml` and
`prod/web.yaml` do not meet. Nor do folders when one is applied instead of the other, see `together`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from examx_constructs.manifests.clusters import Clusters
from examx_constructs.manifests.fields import Object
from examx_constructs.manifests.node import Node, Origin
from examx_constructs.manifests.object_id import CLUSTER_SCOPED, ObjectId
from examx_constructs.manifests.pods import TEMPLATES, Pod
from examx_constructs.manifests.together import Document, alternatives
from examx_constructs.manifests.unread import Unread
from examx_constructs.manifests.versions import PINNED, UNASKED, Asked, Versions

# Kinds whose name another API group uses for something else (Knative has a Service, Istio a Gateway).
_GROUPS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("ConfigMap", "Namespace", "PersistentVolume", "PersistentVolumeClaim", "Pod"), frozenset({""})),
    **dict.fromkeys(("Secret", "Service", "ServiceAccount", "LimitRange", "PodTemplate"), frozenset({""})),
    **dict.fromkeys(("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet"), frozenset({"apps", "extensions"})),
    **dict.fromkeys(("Ingress", "NetworkPolicy"), frozenset({"networking.k8s.io", "extensions"})),
    **dict.fromkeys(("Job", "CronJob"), frozenset({"batch"})),
    **dict.fromkeys(("ScaledObject", "TriggerAuthentication"), frozenset({"keda.sh"})),
    **dict.fromkeys(("Role", "RoleBinding"), frozenset({"rbac.authorization.k8s.io"})),
    "HorizontalPodAutoscaler": frozenset({"autoscaling"}),
    "PodDisruptionBudget": frozenset({"policy"}),
    "SecretProviderClass": frozenset({"secrets-store.csi.x-k8s.io"}),
    "StorageClass": frozenset({"storage.k8s.io"}),
}

# Custom resources of other groups may have an operator that makes pods, Secrets and Services nobody sees here.
_GROUPS_WITHOUT_OPERATOR_PODS = frozenset(
    {"keda.sh", "secrets-store.csi.x-k8s.io", "cert-manager.io", "external-secrets.io", "elbv2.k8s.aws", "bitnami.com"}
)
_KINDS_WITHOUT_OPERATOR_PODS = frozenset({"ServiceMonitor", "PodMonitor", "PrometheusRule", "VirtualService"})

# Static pods, and add-ons that the provider of a cluster installs, are in no manifest.
_NAMESPACES_OF_THE_CLUSTER = ("kube-", "openshift-")


class Scope(NamedTuple):
    """Where names are unique and selectors reach."""

    cluster: str
    folder: str
    namespace: str
    unit: str = ""
    """Of what is applied instead of something else: what it is applied with."""

    @property
    def everywhere(self) -> "Scope":
        """The same with all alternatives."""
        return self._replace(unit="") if self.unit else self


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One object of the set, seen through its root node."""

    root: Node
    group: str
    scope: Scope
    document: Document
    versions: Versions
    """Of the Kubernetes and the KEDA that it is judged by: those of its cluster."""

    @property
    def complete(self) -> bool:
        """Whether nothing adds to it before it is applied."""
        return self.document.complete

    @property
    def unit(self) -> str:
        """What it is applied with."""
        return self.document.applied_with

    @property
    def id(self) -> ObjectId:
        """Kind, namespace and name."""
        return self.root.object_id

    @property
    def kind(self) -> str:
        """`Deployment`, say; empty where it says none."""
        return self.root.object_id.kind

    @property
    def name(self) -> str:
        """The name; empty where it has none."""
        return self.root.object_id.name

    @property
    def spec(self) -> Node:
        """What is asked for; absent for kinds that keep it elsewhere."""
        return self.root["spec"]

    @property
    def metadata(self) -> Node:
        """Name, namespace, labels and annotations."""
        return self.root["metadata"]

    @property
    def annotations(self) -> Node:
        """What programs keep beside the object, as texts."""
        return self.metadata["annotations"]


class Manifests:
    """An immutable set of objects.

    `documents` are what was read. `versions`: what they are judged by, whatever they say themselves. `unread` are
    documents that could not be read; `passed_over` is how many files were no manifests.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        versions: Versions | Asked = UNASKED,
        unread: Iterable[Unread] = (),
        passed_over: int = 0,
    ) -> None:
        self.asked = Asked.of(versions)
        """The versions that all are judged by, whatever they say of their clusters."""
        self.unread = tuple(unread)
        """The files that should hold objects, and cannot be read."""
        self.passed_over = passed_over
        """How many files hold no objects, and were not meant to."""
        given = tuple(documents)
        clusters = Clusters(given, self.asked)
        self._alternatives = alternatives(given)
        self._resources = tuple(_resource(document, clusters, self._alternatives) for document in given)
        # A repository may have a thousand folders with one namespace.
        self._pods_met: dict[Scope, tuple[Pod, ...]] = {}

    @classmethod
    def of(
        cls, objects: Iterable[Object], file: str | None = None, versions: Versions | Asked = UNASKED
    ) -> "Manifests":
        """Return the set of these plain objects.

        `versions`: what they are judged by, whatever they say of their cluster.
        """
        documents = (Document(each, file, origin=Origin(number)) for number, each in enumerate(objects))
        return cls(documents, versions)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._resources)

    def __len__(self) -> int:
        return len(self._resources)

    @property
    def versions(self) -> Versions:
        """What a set of one cluster is judged by: the versions of its first object; of none, what is asked for."""
        first = next(iter(self._resources), None)
        return self.asked.over(PINNED) if first is None else first.versions

    def kind(self, *kinds: str) -> Iterator[Resource]:
        """Yield the objects of these kinds."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    def find(self, kind: str, name: str, scope: Scope) -> Resource | None:
        """Return the object of that kind and name in that scope."""
        found = self.named(kind, name, scope)
        return next((each for each in reversed(found) if each.scope == scope), found[0] if found else None)

    def named(self, kind: str, name: str, scope: Scope) -> list[Resource]:
        """Return the objects of that kind and name in that scope: several, where files are ways to choose from."""
        return [each for each in self._named.get((kind, name, scope.everywhere), ()) if self._meets(each, scope)]

    def names(self, kind: str, scope: Scope) -> set[str]:
        """Return the names of that kind which an object of this scope can mean.

        Those without a namespace may go anywhere.
        """
        return {each.name for each in (*self.in_scope(kind, scope), *self._without_namespace.get(kind, ()))}

    def in_scope(self, kind: str, scope: Scope) -> list[Resource]:
        """Return the objects of that kind in that scope."""
        if not self._alternatives:
            return self._by_scope.get((kind, scope), [])
        return [each for each in self._everywhere.get((kind, scope.everywhere), []) if self._meets(each, scope)]

    def _meets(self, resource: Resource, scope: Scope) -> bool:
        """Return whether an object is not applied instead of those of a scope."""
        return resource.unit not in self.instead_of(scope)

    def instead_of(self, scope: Scope) -> frozenset[str]:
        """Return the units that are applied instead of the one of a scope."""
        return self._alternatives.get(scope.unit, frozenset())

    def meet(self, one: Resource, other: Resource) -> bool:
        """Return whether two objects can be in one cluster: neither is applied instead of the other."""
        return self._meets(other, one.scope)

    def namespace_of(self, resource: Resource) -> Resource | None:
        """Return the Namespace object of this object's namespace."""
        cluster, namespace = resource.scope.cluster, resource.scope.namespace
        return self.find("Namespace", namespace, Scope(cluster, "", "")) if namespace else None

    def listed_on_namespace(self, annotation: str, scope: Scope) -> set[str]:
        """Return the names, separated by commas, that an annotation of the scope's Namespace holds."""
        namespace = self.find("Namespace", scope.namespace, Scope(scope.cluster, "", ""))
        text = namespace.annotations[annotation].text if namespace else ""
        return {name.strip() for name in text.split(",")} - {""}

    @cached_property
    def pods(self) -> tuple[Pod, ...]:
        """The pod templates of all workloads."""
        return tuple(
            Pod(each.root.at(*path), each.root) for kind, path in TEMPLATES.items() for each in self.kind(kind)
        )

    def pods_in(self, scope: Scope) -> tuple[Pod, ...]:
        """Return the pod templates of one scope."""
        if not self._alternatives:
            return self._pods_by_scope.get(scope, ())
        found = self._pods_met.get(scope)
        if found is None:
            units = self._pods_by_unit.get(scope.everywhere, {})
            there = [each for unit in units.keys() - self.instead_of(scope) for each in units[unit]]
            found = self._pods_met[scope] = tuple(pod for _, pod in sorted(there, key=itemgetter(0)))
        return found

    def pod_of(self, kind: str, name: str, scope: Scope) -> Pod | None:
        """Return the pod template of one workload."""
        named = self._pods_by_name.get((kind, name, scope.everywhere), ())
        return next((pod for pod in named if self._meets(self.resource_of(pod.template), scope)), None)

    def scope_of(self, node: Node) -> Scope:
        """Return the scope of the object that a node belongs to."""
        return self.resource_of(node).scope

    def versions_of(self, node: Node) -> Versions:
        """Return the versions that the object of a node is judged by."""
        return self.resource_of(node).versions

    def resource_of(self, node: Node) -> Resource:
        """Return the object that a node belongs to."""
        # The nodes of an object have one home in common, and to find that takes a quarter of the time.
        found = self._by_home.get(id(node.home))
        return self._by_id[node.home] if found is None else found

    def shows_all_pods(self, scope: Scope) -> bool:
        """Return whether the set shows workloads of the scope, and nothing that could make further pods unseen."""
        unseen = scope in self._scopes_with_operators or scope.namespace.startswith(_NAMESPACES_OF_THE_CLUSTER)
        return not unseen and bool(self.pods_in(scope))

    @cached_property
    def _pods_by_name(self) -> dict[tuple[str, str, Scope], list[Pod]]:
        index: defaultdict[tuple[str, str, Scope], list[Pod]] = defaultdict(list)
        for pod in self.pods:
            index[pod.workload.kind, pod.workload.name, self.scope_of(pod.template).everywhere].append(pod)
        return dict(index)

    @cached_property
    def _by_kind(self) -> dict[str, list[Resource]]:
        index: defaultdict[str, list[Resource]] = defaultdict(list)
        for each in self._resources:
            known = each.group in _GROUPS.get(each.kind, {each.group})
            index[each.kind if known else f"{each.kind}.{each.group}"].append(each)
        return dict(index)

    @cached_property
    def _named(self) -> dict[tuple[str, str, Scope], list[Resource]]:
        index: defaultdict[tuple[str, str, Scope], list[Resource]] = defaultdict(list)
        for kind, group in self._by_kind.items():
            for each in group:
                index[kind, each.name, each.scope.everywhere].append(each)
        return dict(index)

    @cached_property
    def _by_id(self) -> dict[tuple[ObjectId, str | None, Origin], Resource]:
        return {each.root.home: each for each in self._resources}

    @cached_property
    def _by_home(self) -> dict[int, Resource]:
        return {id(each.root.home): each for each in self._resources}

    @cached_property
    def _by_scope(self) -> dict[tuple[str, Scope], list[Resource]]:
        index: defaultdict[tuple[str, Scope], list[Resource]] = defaultdict(list)
        for kind, group in self._by_kind.items():
            for each in group:
                index[kind, each.scope].append(each)
        return dict(index)

    @cached_property
    def _everywhere(self) -> dict[tuple[str, Scope], list[Resource]]:
        """The same with all alternatives in one."""
        index: defaultdict[tuple[str, Scope], list[Resource]] = defaultdict(list)
        for (kind, scope), group in self._by_scope.items():
            index[kind, scope.everywhere] += group
        return dict(index)

    @cached_property
    def _pods_by_unit(self) -> dict[Scope, dict[str, list[tuple[int, Pod]]]]:
        """The pods of all alternatives of a scope, by what they are applied with; the number is their place."""
        index: defaultdict[Scope, defaultdict[str, list[tuple[int, Pod]]]] = defaultdict(lambda: defaultdict(list))
        for number, pod in enumerate(self.pods):
            resource = self.resource_of(pod.template)
            index[resource.scope.everywhere][resource.unit].append((number, pod))
        return {scope: dict(units) for scope, units in index.items()}

    @cached_property
    def _without_namespace(self) -> dict[str, list[Resource]]:
        return {kind: [each for each in group if not each.scope.namespace] for kind, group in self._by_kind.items()}

    @cached_property
    def _pods_by_scope(self) -> dict[Scope, tuple[Pod, ...]]:
        index: defaultdict[Scope, list[Pod]] = defaultdict(list)
        for pod in self.pods:
            index[self.scope_of(pod.template)].append(pod)
        return {scope: tuple(pods) for scope, pods in index.items()}

    @cached_property
    def _scopes_with_operators(self) -> set[Scope]:
        return {each.scope for each in self._resources if _may_make_pods(each)}


def _resource(document: Document, clusters: Clusters, alternatives: Mapping[str, frozenset[str]]) -> Resource:
    object_id = ObjectId.of(document.content)
    root = Node(object_id, document.file, "", document.content, document.origin)
    group, slash, _ = root["apiVersion"].text.rpartition("/")
    local = not object_id.namespace and object_id.kind not in CLUSTER_SCOPED
    unit = document.applied_with if document.applied_with in alternatives else ""
    cluster, versions = clusters.of(object_id, document.file)
    scope = Scope(cluster, document.meets_in if local else "", object_id.namespace, unit)
    return Resource(root, group if slash else "", scope, document, versions)


def _may_make_pods(resource: Resource) -> bool:
    built_in = "." not in resource.group or resource.group.endswith(".k8s.io")
    return not (
        built_in or resource.group in _GROUPS_WITHOUT_OPERATOR_PODS or resource.kind in _KINDS_WITHOUT_OPERATOR_PODS
    )
