"""Rules on the Pod Security Standards: the namespaces that enforce one, and their pods.

What a standard refuses depends on its version, which `pod-security.kubernetes.io/enforce-version` of the namespace
says; without one, it is that of the cluster.
"""

from collections import defaultdict
from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.pods import baseline as pod_baseline
from examx_constructs.checks.pods import restricted as pod_restricted
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.manifests.versions import KUBERNETES, Versions
from examx_constructs.settings.naming import APP_LABEL, CLUSTER_ANNOTATION, GUESTS_ANNOTATION

ENFORCE_LABEL = "pod-security.kubernetes.io/enforce"

_STANDARDS = ("privileged", "baseline", "restricted")
_MINOR = regex(r"v1\.(\d{1,3})")
_REFUSED = "the namespace enforces the {} standard, and its pods would be refused"
_FOR_GUESTS_ONLY = "baseline is enforced for the guests of the namespace, and for no other pod"


@rule("Kubernetes documentation, Pod Security Standards")
def namespace_is_restricted(manifests: Manifests) -> Iterator[Finding]:
    """A namespace of this project (one with `examx.ai/cluster`) enforces `restricted`, or `baseline` for its guests."""
    for space in manifests.kind("Namespace"):
        enforced = space.metadata.at("labels", ENFORCE_LABEL)
        for_guests = enforced.text == "baseline" and bool(space.annotations[GUESTS_ANNOTATION].text)
        if space.annotations[CLUSTER_ANNOTATION].present and enforced.text != "restricted" and not for_guests:
            yield finding(
                enforced,
                f"restricted, or baseline beside the annotation {GUESTS_ANNOTATION}",
                "any pod could run as root, without a word for whom",
            )


@rule("Kubernetes documentation, Pod Security Standards, Restricted; pod-security-admission v0.37")
def pod_meets_restricted_standard(manifests: Manifests) -> Iterator[Finding]:
    """The pods of a namespace that enforces `restricted` meet that standard.

    Otherwise the workload can be applied, and no pod of it ever starts. Where `baseline` is enforced for guests
    (`examx.ai/guests`), all other pods meet `restricted` none the less. It is a warning where the Namespace is there
    more than once, with different standards: which one holds is not told.
    """
    spaces = _Spaces(manifests)
    for pod in manifests.pods:
        space = spaces.of(pod)
        if space is not None and (why := _why_restricted(manifests, space, pod)):
            for node, allowed, value in pod_restricted.breaches(pod, _version(space)):
                yield finding(node, allowed, why, value=value, severity=spaces.weight(space))


@rule("Kubernetes documentation, Pod Security Standards, Baseline; pod-security-admission v0.37")
def pod_meets_baseline_standard(manifests: Manifests) -> Iterator[Finding]:
    """The pods of a namespace that enforces `baseline` meet that standard: others are refused, and never start."""
    spaces = _Spaces(manifests)
    for pod in manifests.pods:
        space = spaces.of(pod)
        if space is None or _enforced(space) != "baseline" or _why_restricted(manifests, space, pod):
            continue
        for node, allowed, value in pod_baseline.breaches(pod, _version(space)):
            why = _REFUSED.format("baseline")
            yield finding(node, allowed, why, value=value, severity=spaces.weight(space))


class _Spaces:
    """The Namespaces of a set, which may define one more than once: an overlay adds to it, or says otherwise."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self._named: defaultdict[tuple[str, str], list[Resource]] = defaultdict(list)
        for each in manifests.kind("Namespace"):
            self._named[each.scope.cluster, each.name].append(each)

    def of(self, pod: Pod) -> Resource | None:
        """Return the Namespace of a pod, as it is defined with the strictest standard."""
        resource = self._manifests.resource_of(pod.template)
        named = self._named.get((resource.scope.cluster, resource.scope.namespace), ())
        return max((each for each in named if self._manifests.meet(resource, each)), key=_strictness, default=None)

    def weight(self, space: Resource) -> Severity:
        """Return how much a breach weighs: which standard holds is not told where another file says another."""
        named = self._named[space.scope.cluster, space.name]
        differs = any(_enforced(each) not in ("", _enforced(space)) for each in named)
        return Severity.WARNING if differs else Severity.ERROR


def _strictness(space: Resource) -> int:
    return _STANDARDS.index(_enforced(space)) if _enforced(space) in _STANDARDS else -1


def _enforced(space: Resource) -> str:
    return space.metadata.at("labels", ENFORCE_LABEL).text


def _version(space: Resource) -> Versions:
    """Return the version of the standard: `latest`, or none, is the cluster's.

    An older one is near to the oldest known.
    """
    asked = _MINOR.fullmatch(space.metadata.at("labels", f"{ENFORCE_LABEL}-version").text)
    if asked is None:
        return space.versions
    minor = min(max(int(asked[1]), _minor(KUBERNETES[0])), _minor(space.versions.kubernetes))
    return Versions(f"1.{minor}", space.versions.keda)


def _minor(version: str) -> int:
    return int(version.partition(".")[2])


def _why_restricted(manifests: Manifests, space: Resource, pod: Pod) -> str | None:
    if _enforced(space) == "restricted":
        return _REFUSED.format("restricted")
    guests = manifests.listed_on_namespace(GUESTS_ANNOTATION, manifests.scope_of(pod.template))
    for_guests = _enforced(space) == "baseline" and guests
    return _FOR_GUESTS_ONLY if for_guests and pod.labels.get(APP_LABEL) not in guests else None
