"""The autoscalers of an environment as its cluster has them now, with what they scale."""

from pathlib import Path

from examx_cli.cluster import Cluster
from examx_cli.deploy.checkout import cluster_of, working_tree
from examx_cli.errors import CommandError
from examx_cli.kubectl import is_forbidden
from examx_cli.processes import ProcessError
from examx_cli.project import Project
from examx_cli.scale.targets import Source
from examx_constructs.manifests import Asked, Manifests, Object

_KINDS = (
    "scaledobjects.keda.sh",
    "horizontalpodautoscalers.autoscaling",
    "deployments.apps",
    "statefulsets.apps",
)
_UNKNOWN_KIND = "doesn't have a resource type"


def live(name: str, context: str | None, versions: Asked) -> Source:
    """Return what runs of an environment, by the versions that the checkout says of its cluster.

    Raises CommandError where the cluster does not tell, Refusal for another cluster.
    """
    here = working_tree(Project.around(Path.cwd()), name)
    cluster = cluster_of(here, context)
    found = [each for kind in _KINDS for each in _list(cluster, kind)]
    of_cluster = Manifests.of(here.manifests, versions=versions).versions
    where = f"{name} in {cluster.target.cluster}"
    return Source(where, Manifests.of(found, f"namespace {cluster.target.namespace}", of_cluster))


def _list(cluster: Cluster, kind: str) -> list[Object]:
    namespace = cluster.target.namespace
    try:
        return cluster.kubectl.objects("get", kind, f"--namespace={namespace}", "--ignore-not-found")
    except ProcessError as error:
        # A cluster without KEDA has none of its objects.
        if _UNKNOWN_KIND in error.said:
            return []
        if is_forbidden(error):
            raise CommandError(f"this identity may not list {kind} in {namespace}, by which its pods scale") from None
        raise
