"""Rules on objects that are there twice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.resources import CLUSTER_SCOPED, Manifests, Resource

_Key = tuple[object, ...]


@rule("Kubernetes documentation, Object Names and IDs")
def object_exists_once(manifests: Manifests) -> Iterator[Finding]:
    """An object of one kind, namespace and name is defined once: of two, whichever is applied last wins.

    A cluster-scoped object in two files is the business of the next rule.
    """
    first: dict[_Key, Resource] = {}
    for resource in manifests:
        if not resource.name or _is_shared(resource):
            continue
        other = first.setdefault(_key(resource), resource)
        if other is not resource and not (_is_cluster_scoped(resource) and resource.root.file != other.root.file):
            place = f" in {other.root.file}" if other.root.file else ""
            yield finding(
                resource.metadata["name"],
                f"a name that no other {resource.kind} of the namespace has; one is defined{place} already",
                "whichever is applied last wins",
            )


@rule("Kubernetes documentation, Not all objects are in a namespace; spec section 1")
def environments_do_not_collide(manifests: Manifests) -> Iterator[Finding]:
    """Two environments of one cluster do not define the same cluster-scoped object.

    A PersistentVolume, StorageClass, ClusterRole or Namespace has no namespace that would keep two apart: each
    environment would overwrite the other's, and removing one removes it for both. Each file counts as an environment.
    """
    by_file: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in manifests:
        if _is_cluster_scoped(resource) and not _is_shared(resource):
            by_file[resource.root.file or ""].append(resource)
    together = Collisions()
    for file, resources in by_file.items():
        yield from together.findings(file, resources)


class Collisions:
    """What environments define more than one of in one cluster; namespaced objects as well.

    It takes one environment after the other and keeps the names of their objects alone: there may be hundreds.
    """

    def __init__(self) -> None:
        self._first: dict[_Key, str] = {}

    def add(self, environment: str, objects: Iterable[Resource]) -> list[Finding]:
        """The objects of this environment that one before it defines too."""
        return [environments_do_not_collide.named(found) for found in self.findings(environment, objects)]

    def findings(self, environment: str, objects: Iterable[Resource]) -> Iterator[Finding]:
        """The same, without the rule that they break."""
        for resource in objects:
            other = self._first.setdefault(_key(resource), environment)
            if other != environment and resource.name:
                cluster = f"cluster {resource.scope.cluster}" if resource.scope.cluster else "the cluster"
                yield finding(
                    resource.metadata["name"],
                    f"a name of its own in {cluster}; {other} defines it as well as {environment}",
                    "each would overwrite the other's, and removing one removes it for both",
                )


def collisions(environments: Mapping[str, Manifests]) -> list[Finding]:
    """What these environments, by their names, define more than one of in one cluster."""
    together = Collisions()
    return [finding for name, manifests in environments.items() for finding in together.add(name, manifests)]


def _key(resource: Resource) -> _Key:
    return resource.scope, resource.unit, resource.group, resource.kind, resource.name


def _is_cluster_scoped(resource: Resource) -> bool:
    return resource.kind in CLUSTER_SCOPED


def _is_shared(resource: Resource) -> bool:
    """Whether it is a Namespace of no named cluster: repeating one beside each part of an application is customary."""
    return resource.kind == "Namespace" and not resource.scope.cluster
