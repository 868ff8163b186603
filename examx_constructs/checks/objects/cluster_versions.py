"""A rule on what Namespaces say of the versions of their cluster, by which all other rules judge."""

from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.clusters import known_version
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.versions import KEDA, KUBERNETES, PINNED
from examx_constructs.settings.naming import KEDA_VERSION_ANNOTATION, KUBERNETES_VERSION_ANNOTATION

_ANNOTATIONS = (
    (KUBERNETES_VERSION_ANNOTATION, "Kubernetes", KUBERNETES, PINNED.kubernetes),
    (KEDA_VERSION_ANNOTATION, "KEDA", KEDA, PINNED.keda),
)


@rule("ClusterVersions in examx_constructs/settings")
def cluster_versions_are_known(manifests: Manifests) -> Iterator[Finding]:
    """Versions that Namespaces name (`examx.ai/kubernetes-version`, `examx.ai/keda-version`) are known, and agree.

    Rules judge what is in a namespace by them, and so does a simulation. One that they do not know counts as none.
    Namespaces of one cluster (`examx.ai/cluster`) name the same: it runs one of each.
    """
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for space in manifests.kind("Namespace"):
        for annotation, program, known, usual in _ANNOTATIONS:
            given = space.annotations[annotation]
            version = known_version(given, program, known)
            if given.present and not version:
                why = f"rules know no other {program}, and judge by {usual}"
                yield finding(given, f"{known[0]} to {known[-1]}, in quotes", why)
            elif version and space.scope.cluster:
                other, said = first.setdefault((space.scope.cluster, annotation), (space.name, version))
                if said != version:
                    allowed = f"{said}, as Namespace {other} has it"
                    yield finding(given, allowed, f"cluster {space.scope.cluster} runs one {program}")
