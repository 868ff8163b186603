"""Where the two sides of a comparison come from: the checkout, a commit, a cluster."""

from dataclasses import dataclass

from examx_cli import objects
from examx_cli.cluster import Cluster, Target
from examx_cli.diff.difference import Difference, compare
from examx_cli.diff.live import compare_with_cluster
from examx_cli.git import Repository
from examx_cli.kubectl import Kubectl
from examx_cli.project import Project, manifests_path

CLUSTER = "cluster"
"""What stands in the place of a commit when the cluster is meant."""

_SHORT_COMMIT = 10


@dataclass(frozen=True, slots=True)
class Comparison:
    """One environment: what its manifests in the checkout would change, against what."""

    environment: str
    against: str
    difference: Difference


def against_commit(project: Project, environment: str, revision: str) -> Comparison:
    """Against the manifests of a commit. All is new where the commit has none. Raises CommandError."""
    repository = Repository(project.root)
    commit = repository.commit(revision)
    path = manifests_path(environment)
    earlier = repository.show(commit, path)
    before = objects.parse(earlier, f"{path} of {revision}") if earlier is not None else []
    name = f"{revision} ({commit[:_SHORT_COMMIT]})"
    return Comparison(
        environment,
        name if earlier is not None else f"{name}, which has no {path}",
        compare(before, objects.read(project.manifests(environment))),
    )


def against_cluster(project: Project, environment: str, kubectl: Kubectl) -> Comparison:
    """Against what runs in its cluster. Raises Refusal where kubectl leads to another one, and CommandError."""
    wanted = objects.read(project.manifests(environment))
    cluster = Cluster(kubectl, Target.of(wanted))
    cluster.check_identity()
    name = f"what runs in {cluster.target.namespace} of {cluster.target.cluster}"
    return Comparison(environment, name, compare_with_cluster(cluster, wanted))
