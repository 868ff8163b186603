"""Preconditions of the cluster itself: its version, its nodes, and the kinds that it knows."""

from collections.abc import Iterator

from examx_cli.doctor import questions
from examx_cli.doctor.component import as_named, version_of
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_cli.schemas.kubernetes import VERSIONS
from examx_constructs.manifests import Object, items, mapping, pod_labels, selects, text

TOPIC = "cluster"
_OLDEST, _NEWEST = (version_of(each) for each in (VERSIONS[0], VERSIONS[-1]))
_ARCHITECTURE, _HOST = "kubernetes.io/arch", "kubernetes.io/hostname"


@precondition(
    TOPIC,
    f"Kubernetes {VERSIONS[0]} to {VERSIONS[-1]}",
    breaks="the manifests are checked against these versions: an older one refuses or ignores fields of theirs",
    mend="aws eks update-cluster-version --name CLUSTER --kubernetes-version VERSION",
)
def version(_needs: Needs, seen: Seen) -> Found:
    """The API server's version is one that the manifests are checked against."""
    said = text(seen.version(), "gitVersion")
    found = version_of(said)
    if found is None or _OLDEST is None or _NEWEST is None:
        return unsure(f"the API server does not say its version: {said!r}")
    if found[:2] < _OLDEST[:2]:
        return lacking(f"it is {said}")
    if found[:2] > _NEWEST[:2]:
        return unsure(f"it is {said}, and nobody has tried that")
    return good(f"it is {said}")


@precondition(
    TOPIC,
    "the Kubernetes that the environment names",
    breaks="rules and simulations judge by another version: what this one refuses or ignores is not told",
    mend="set cluster_versions of ENVIRONMENT, synthesise, and see what the rules say; or upgrade the cluster",
)
def named_version(needs: Needs, seen: Seen) -> Found | None:
    """The API server is of the minor version by which the environment's manifests are judged."""
    said = text(seen.version(), "gitVersion")
    found = version_of(said)
    return found and as_named(found, said, needs.versions.kubernetes)


_BRINGS = {
    "keda.sh": "KEDA",
    "secrets-store.csi.x-k8s.io": "the Secrets Store CSI driver",
    "monitoring.coreos.com": "the Prometheus operator",
}


@precondition(
    TOPIC,
    "kinds of others (CRDs)",
    when=lambda needs: bool(needs.custom_kinds),
    breaks="`examx apply` stops: the cluster does not know what it is given",
    mend="install what brings them: docs/cluster.md, Set up once",
)
def kinds(needs: Needs, seen: Seen) -> Found:
    """Every kind that the manifests use, in the version that they use, is known."""
    wanted = sorted(needs.custom_kinds.items())
    lost = [
        f"{kind} of {version} ({_BRINGS.get(version.partition('/')[0], 'its CRD')})"
        for version, names in wanted
        for kind in sorted(names - seen.kinds(version))
    ]
    if lost:
        return lacking(f"not known: {', '.join(lost)}")
    return good(", ".join(kind for _, names in wanted for kind in sorted(names)))


@precondition(
    TOPIC,
    "nodes of the pods' architecture",
    when=lambda needs: bool(_architectures(needs)),
    breaks="no pod of the application starts: its image is of one architecture",
    mend="aws eks create-nodegroup --cluster-name CLUSTER --ami-type AL2023_ARM_64_STANDARD, with its other options",
)
def architecture(needs: Needs, seen: Seen) -> Found:
    """There is a node, ready and open to pods, of each architecture that pods ask for."""
    open_nodes = _open_nodes(seen)
    for wanted in sorted(_architectures(needs)):
        fit = [each for each in open_nodes if text(each, "metadata", "labels", _ARCHITECTURE) == wanted]
        if not fit:
            return lacking(f"none of {len(open_nodes)} ready nodes is {wanted}")
    return good(f"{', '.join(sorted(_architectures(needs)))}: {len(open_nodes)} nodes are ready")


def _architectures(needs: Needs) -> set[str]:
    found = {text(each, "spec", "nodeSelector", _ARCHITECTURE) for each in needs.templates()}
    return found - {""}


def _open_nodes(seen: Seen) -> list[Object]:
    return [
        each
        for each in seen.objects(questions.NODES)
        if not mapping(each, "spec").get("unschedulable")
        and any(text(one, "type") == "Ready" and text(one, "status") == "True" for one in _conditions(each))
    ]


def _conditions(item: Object) -> Iterator[object]:
    yield from items(item, "status", "conditions")


@precondition(
    TOPIC,
    "a node for each pod that must be alone",
    when=lambda needs: _most_apart(needs)[1] > 1,
    breaks="pods wait for ever: of three Sentinels on two nodes one stays Pending, and no majority outlives a node",
    mend="aws eks update-nodegroup-config --cluster-name CLUSTER --nodegroup-name NAME --scaling-config minSize=3",
)
def spread(needs: Needs, seen: Seen) -> Found:
    """There are as many nodes as the largest group of pods that may not share one."""
    name, wanted = _most_apart(needs)
    architectures = _architectures(needs)
    fit = [
        each
        for each in _open_nodes(seen)
        if not architectures or text(each, "metadata", "labels", _ARCHITECTURE) in architectures
    ]
    hosts = {text(each, "metadata", "labels", _HOST) or text(each, "metadata", "name") for each in fit}
    zones = {text(each, "metadata", "labels", "topology.kubernetes.io/zone") for each in fit} - {""}
    said = f"{wanted} pods of {name}, {len(hosts)} nodes in {len(zones)} zones"
    return good(said) if len(hosts) >= wanted else lacking(said)


def _most_apart(needs: Needs) -> tuple[str, int]:
    """Return the workload with the most pods that must each have a node of their own, and how many."""
    most = ("", 0)
    for each in needs.of_kind("StatefulSet", "Deployment"):
        replicas = mapping(each, "spec").get("replicas")
        terms = items(
            each,
            "spec", "template", "spec", "affinity", "podAntiAffinity",
            "requiredDuringSchedulingIgnoredDuringExecution",
        )  # fmt: skip
        alone = any(
            text(term, "topologyKey") == _HOST and selects(mapping(term, "labelSelector"), pod_labels(each))
            for term in terms
        )
        if alone and isinstance(replicas, int) and replicas > most[1]:
            most = (text(each, "metadata", "name"), replicas)
    return most
