"""Rules on objects that are there twice."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.resources import CLUSTER_SCOPED, Manifests, Resource
from examx_constructs.settings.naming import CLUSTER_ANNOTATION

_Key = tuple[object, ...]
_FEWEST_COMMON = 3


@rule("Kubernetes documentation, Object Names and IDs")
def object_exists_once(manifests: Manifests) -> Iterator[Finding]:
    """An object of one kind, namespace and name is defined once: of two, whichever is applied last wins.

    A cluster-scoped object in two files is the business of the next rule. Between files that have most of their objects
    in common, such as the versions of an installation, it is a warning. One of them is applied.
    """
    first: dict[_Key, Resource] = {}
    copies = _Copies(manifests)
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
                severity=copies.weight(resource, other.root.file),
            )


@rule("Kubernetes documentation, Not all objects are in a namespace; spec section 1")
def environments_do_not_collide(manifests: Manifests) -> Iterator[Finding]:
    """Two environments of one cluster do not define the same cluster-scoped object.

    A PersistentVolume, StorageClass, ClusterRole or Namespace has no namespace that would keep two apart. Each
    environment would overwrite the other's, and removing one removes it for both. Each file counts as an environment.
    Between files that have most of their objects in common it is a warning: one of them is applied.
    """
    copies = _Copies(manifests)
    by_file: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in manifests:
        if _is_cluster_scoped(resource) and not _is_shared(resource):
            by_file[resource.root.file or ""].append(resource)
    together = Collisions()
    for file, resources in by_file.items():
        yield from together.findings(file, resources, copies.weight)


class _Copies:
    """The files of a set that say the same, all in all: versions and variants, and one is applied.

    Never so in a namespace of this project, or beside one: two environments with the same names are a mistake there.
    """

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests

    def weight(self, resource: Resource, other: str | None) -> Severity:
        """Return how much it weighs that an object is in another file as well."""
        file = resource.root.file or ""
        return Severity.WARNING if self._are_copies(frozenset((file, other or ""))) else Severity.ERROR

    @cached_property
    def _names(self) -> dict[str, set[_Key]]:
        names: defaultdict[str, set[_Key]] = defaultdict(set)
        for each in self._manifests:
            names[each.root.file or ""].add(_key(each))
        return names

    @cached_property
    def _has_house(self) -> bool:
        return any(each.annotations[CLUSTER_ANNOTATION].present for each in self._manifests.kind("Namespace"))

    @lru_cache(maxsize=4096)  # noqa: B019 - it lives as long as the rule that asks
    def _are_copies(self, files: frozenset[str]) -> bool:
        if len(files) < 2 or self._has_house:  # noqa: PLR2004 - two files
            return False
        one, other = (self._names[file] for file in files)
        common = len(one & other)
        return common >= _FEWEST_COMMON and 2 * common >= min(len(one), len(other))


class Collisions:
    """What environments define more than one of in one cluster; namespaced objects as well.

    It takes one environment after the other and keeps the names of their objects alone: there may be hundreds.
    """

    def __init__(self) -> None:
        self._first: dict[_Key, str] = {}

    def add(self, environment: str, objects: Iterable[Resource]) -> list[Finding]:
        """Return the objects of this environment that one before it defines too."""
        return [environments_do_not_collide.named(found) for found in self.findings(environment, objects)]

    def findings(
        self,
        environment: str,
        objects: Iterable[Resource],
        weight: Callable[[Resource, str], Severity] = lambda _, __: Severity.ERROR,
    ) -> Iterator[Finding]:
        """Yield the same, without the rule that they break.

        `weight` says how much it weighs, by the other environment.
        """
        for resource in objects:
            other = self._first.setdefault(_key(resource), environment)
            if other != environment and resource.name:
                cluster = f"cluster {resource.scope.cluster}" if resource.scope.cluster else "the cluster"
                yield finding(
                    resource.metadata["name"],
                    f"a name of its own in {cluster}; {other} defines it as well as {environment}",
                    "each would overwrite the other's, and removing one removes it for both",
                    severity=weight(resource, other),
                )


def collisions(environments: Mapping[str, Manifests]) -> list[Finding]:
    """Return what these environments, by their names, define more than one of in one cluster.

    `environments` are their manifests, by their names.
    """
    together = Collisions()
    return [finding for name, manifests in environments.items() for finding in together.add(name, manifests)]


def _key(resource: Resource) -> _Key:
    return resource.scope, resource.unit, resource.group, resource.kind, resource.name


def _is_cluster_scoped(resource: Resource) -> bool:
    return resource.kind in CLUSTER_SCOPED


def _is_shared(resource: Resource) -> bool:
    """Return whether it may be in several places.

    A Namespace of no named cluster does: repeating one beside each part of an application is customary. What has a
    status and no spec is nothing to apply, but what a test waits for (kuttl, Chainsaw). Nor is a
    CustomResourceDefinition without the names of its kind, which the API server would refuse: it is a patch, such as
    kubebuilder's `cainjection_in_*.yaml`.
    """
    awaited = resource.root["status"].present and not resource.spec.present
    patch = resource.kind == "CustomResourceDefinition" and not resource.spec["names"].present
    return awaited or patch or (resource.kind == "Namespace" and not resource.scope.cluster)
