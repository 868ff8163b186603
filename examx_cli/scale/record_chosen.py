"""Which autoscaler of an environment is recorded."""

from collections.abc import Sequence
from pathlib import Path

from examx_cli import output
from examx_cli.deploy.checkout import cluster_of, working_tree
from examx_cli.errors import CommandError
from examx_cli.project import Project, known_environment
from examx_cli.scale.live import live
from examx_cli.scale.record_pods import Pods
from examx_cli.scale.record_scaled import Scaled
from examx_cli.scale.refusals import told
from examx_cli.scale.targets import Chosen, chosen, environment
from examx_constructs.manifests.versions import UNASKED


def rendered(name: str, queue: str | None) -> Scaled:
    """Return that of the checkout. Raises CommandError where the queue is not one."""
    known_environment(name)
    with told():
        found = _one(chosen(environment(name), queue))
    return Scaled(found.autoscaler, name, found.scaling.versions)


def running(of: Scaled, context: str | None) -> Scaled | None:
    """Return the same as the cluster has it; None, with a warning, where that does not tell. Raises Refusal."""
    try:
        with told():
            found = _one(chosen(live(of.environment, context, UNASKED), of.queue))
    except CommandError as error:
        output.warning(f"only the list is recorded, and a replay is not possible: {error}")
        return None
    here = working_tree(Project.around(Path.cwd()), of.environment)
    return Scaled(found.autoscaler, of.environment, found.scaling.versions, cluster_of(here, context))


def in_pods(name: str, context: str | None, queue: str) -> Pods:
    """Return the environment's own Redis, which is asked in its pods. Raises CommandError where it has none."""
    here = working_tree(Project.around(Path.cwd()), name)
    source = Pods(cluster_of(here, context), here.manifests, queue)
    source.check()
    return source


def _one(found: Sequence[Chosen]) -> Chosen:
    counted = {each.scaling.queue: each for each in found if each.scaling.queue}
    if len(counted) != 1:
        raise CommandError(f"--queue is missing; allowed: one of {', '.join(counted)}; a file holds one list")
    return next(iter(counted.values()))
