"""Rules on what an object says that it is: its kind, and the version of the API that defines it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.apis import Served, served_groups, served_kinds
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.manifests.versions import Versions

_GUIDE = "Kubernetes documentation, Deprecated API Migration Guide; kubernetes/api v0.37, prerelease-lifecycle"
_ALIKE = 0.88
_ADD_ONS: Mapping[str, frozenset[str]] = {
    "ScaledObject": words("keda.sh/v1alpha1"),
    "ScaledJob": words("keda.sh/v1alpha1"),
    "TriggerAuthentication": words("keda.sh/v1alpha1"),
    "ClusterTriggerAuthentication": words("keda.sh/v1alpha1"),
    "SecretProviderClass": words("secrets-store.csi.x-k8s.io/v1 secrets-store.csi.x-k8s.io/v1alpha1"),
    "TargetGroupBinding": words("elbv2.k8s.aws/v1beta1 eks.amazonaws.com/v1"),
    "IngressClassParams": words("elbv2.k8s.aws/v1beta1 eks.amazonaws.com/v1"),
}
"""Kinds of this field's add-ons that no other project has: KEDA 2, Secrets Store CSI driver 1.6, AWS controllers."""
_WHOLE = "keda.sh"
"""The group whose kinds the table has all; the others have some that nobody writes."""
_ADD_ON_GROUPS = {each.partition("/")[0] for versions in _ADD_ONS.values() for each in versions}
_TAKEN = frozenset({"autoscaling.k8s.io"})
"""Groups that look made up and are not: the Vertical Pod Autoscaler's."""
_UNREAD = "no server knows it: the object is refused, or no controller ever looks at it"


@rule(_GUIDE)
def api_version_is_served(manifests: Manifests) -> Iterator[Finding]:
    """The API version of an object is one that the cluster serves: one that was removed is refused.

    The version of Kubernetes is that by which rules judge. Alpha versions are left alone: a cluster may turn them on.
    """
    defined = _Definitions(manifests)
    for resource in manifests:
        known = [each for each in served_kinds().get(resource.kind, ()) if each.group == resource.group]
        given = _version(resource)
        if not known or resource in defined:
            continue
        now = [each for each in known if each.is_served(resource.versions)]
        same = next((each for each in known if each.version == given), None)
        if same is not None and not same.is_served(resource.versions):
            yield finding(
                resource.root["apiVersion"],
                _instead(resource.kind, now, resource.versions),
                _why(same, resource.versions),
            )
        elif same is None and not ("alpha" in given or is_placeholder(given)):
            allowed = _instead(resource.kind, now, resource.versions)
            yield finding(resource.root["apiVersion"], allowed, f"{resource.kind} has no such version: it is refused")


def _version(resource: Resource) -> str:
    return resource.root["apiVersion"].text.rpartition("/")[2]


def _instead(kind: str, now: Iterable[Served], versions: Versions) -> str:
    """Return what to write: what the cluster serves in the group, or in another one that took the kind over."""
    elsewhere = (each for each in served_kinds()[kind] if each.is_served(versions))
    found = [each.api_version for each in now] or [each.api_version for each in elsewhere]
    return " or ".join(dict.fromkeys(found)) or f"nothing: there is no {kind} any more"


def _why(served: Served, versions: Versions) -> str:
    if served.until and versions.kubernetes_has(served.until):
        return f"Kubernetes serves it no more since {served.until}"
    return f"Kubernetes serves it from {served.since} on, and here is {versions.kubernetes}"


@rule("Kubernetes v1.34 API reference; KEDA 2.17, Secrets Store CSI driver 1.6, AWS Load Balancer Controller 2.17 CRDs")
def kind_is_known(manifests: Manifests) -> Iterator[Finding]:
    """An object's kind and API group are those of something, not of something that is spelt nearly so.

    Kinds that no rule knows are left alone: who adds one to a cluster defines it. What is found is a known kind in a
    group of Kubernetes that lacks it, or in one that only looks like its own. So is a kind that is near to a known one.
    """
    defined = _Definitions(manifests)
    for resource in manifests:
        given = resource.root["apiVersion"].text
        if is_placeholder(given) or is_placeholder(resource.kind) or resource in defined:
            continue
        if resource.group in served_groups():
            if not any(each.group == resource.group for each in served_kinds().get(resource.kind, ())):
                yield from _of_kubernetes(resource, resource.versions)
        elif resource.kind in _ADD_ONS:
            if given not in _ADD_ONS[resource.kind]:
                yield finding(resource.root["apiVersion"], " or ".join(sorted(_ADD_ONS[resource.kind])), _UNREAD)
        elif resource.group in _ADD_ON_GROUPS:
            meant = _slip(resource.kind, _ADD_ONS)
            if meant or resource.group == _WHOLE:
                yield finding(resource.root["kind"], meant or ", ".join(sorted(_of_group(_WHOLE))), _UNREAD)
        else:
            yield from _of_no_group(resource, resource.versions)


def _of_kubernetes(resource: Resource, versions: Versions) -> Iterator[Finding]:
    """Yield a kind that a group of Kubernetes does not have."""
    if resource.kind in served_kinds() or resource.kind in _ADD_ONS:
        yield finding(
            resource.root["apiVersion"], _homes(resource.kind, versions), f"{_group(resource)} has no {resource.kind}"
        )
    elif meant := _kind_like(resource.kind):
        yield finding(
            resource.root["kind"], f"{meant} of {_homes(meant, versions)}", f"there is no kind {resource.kind}"
        )
    elif resource.group and "." not in resource.group:
        # A custom resource cannot be in a group without a dot (apiextensions validation of spec.group).
        kinds = sorted(
            kind for kind, served in served_kinds().items() if any(each.group == resource.group for each in served)
        )
        yield finding(resource.root["kind"], ", ".join(kinds), f"{_group(resource)} has no {resource.kind}")


def _of_no_group(resource: Resource, versions: Versions) -> Iterator[Finding]:
    """Yield a group that is none of Kubernetes' own, and of no add-on that is known here."""
    meant = resource.kind if resource.kind in served_kinds() else _kind_like(resource.kind)
    looks_own = "." not in resource.group or _is_near_group(resource.group, meant)
    if meant and looks_own:
        yield finding(
            resource.root["apiVersion"],
            f"{_homes(meant, versions)}, for a {meant}",
            f"there is no group {resource.group}",
        )


def _of_group(group: str) -> list[str]:
    return [kind for kind, versions in _ADD_ONS.items() if any(each.startswith(f"{group}/") for each in versions)]


def _is_near_group(group: str, kind: str) -> bool:
    """Return whether a group is one of a kind's own but for a slip, or one of `k8s.io` that nobody has."""
    of_kind = {each.group for each in served_kinds().get(kind, ())} - {""}
    made_up = {f"{each.partition('.')[0]}.k8s.io" for each in of_kind}
    return group in made_up - _TAKEN or bool(_slip(group, of_kind))


def _homes(kind: str, versions: Versions) -> str:
    if kind in _ADD_ONS:
        return " or ".join(sorted(_ADD_ONS[kind]))
    return _instead(kind, (), versions)


def _group(resource: Resource) -> str:
    return resource.group or "the core group"


@lru_cache(maxsize=1024)
def _kind_like(given: str) -> str:
    """Return the kind of Kubernetes that was meant; kinds of operators come in thousands."""
    return _slip(given, served_kinds())


def _slip(given: str, known: Iterable[str]) -> str:
    """Return the name that was meant: another case, a plural, or a letter more, less, or in the wrong place."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - what is sound needs none

    names = sorted(known)
    for name in names:
        if name != given and given.lower().removesuffix("s") == name.lower().removesuffix("s"):
            return name
    alike = (name for name in names if name != given and SequenceMatcher(None, given, name).ratio() >= _ALIKE)
    return next(alike, "")


class _Definitions:
    """The kinds that the set itself brings to the cluster, by a definition of each or by an API server of a group."""

    def __init__(self, manifests: Manifests) -> None:
        self._kinds = {
            (each.spec["group"].text, each.spec.at("names", "kind").text)
            for each in manifests.kind("CustomResourceDefinition")
        }
        self._groups = {each.spec["group"].text for each in manifests.kind("APIService")}

    def __contains__(self, resource: Resource) -> bool:
        return resource.group in self._groups or (resource.group, resource.kind) in self._kinds
