"""Where the two sides of a comparison come from: the checkout, a commit, a cluster."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from examx_cli import reading
from examx_cli.asked import AskedChange
from examx_cli.cluster import Cluster, Target
from examx_cli.comparison.difference import Action, Difference, compare
from examx_cli.comparison.forecast import NOTHING_FORETOLD, Forecast
from examx_cli.diff.live import compare_with_cluster, running
from examx_cli.errors import CommandError
from examx_cli.git import Repository
from examx_cli.kubectl import Kubectl
from examx_cli.project import Project, manifests_path
from examx_constructs.manifests import Object

CLUSTER = "cluster"
"""What is in the place of a commit when the cluster is meant."""
DEPLOYED = "deployed"
"""What is there when the release is meant that was deployed last and worked, as the cluster remembers it."""

_SHORT_COMMIT = 10
MOST_BYTES = 4 << 20
"""The largest manifests of a commit that are compared: some twenty times those of prod."""
_FILES = ("100644", "100755")


Sides = tuple[Sequence[Object], Sequence[Object]]
"""The objects before and after."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One environment: what its manifests in the checkout would change, against what.

    `forecast` is what that does to waits and pod hours, and `asked` what to the sums of all requests, if anything.
    `sides` gives the objects that both are made of.
    """

    environment: str
    against: str
    difference: Difference
    forecast: Forecast = NOTHING_FORETOLD
    asked: AskedChange | None = None
    sides: Callable[[], Sides] | None = field(default=None, compare=False, repr=False)
    is_new: bool = False
    """Whether the other side has nothing of it."""

    @property
    def title(self) -> str:
        """What is compared with what, in words."""
        if self.is_new:
            return f"{self.environment}, new: {self.against} has nothing of it"
        return f"{self.environment}, against {self.against}"


def against_commit(project: Project, environment: str, revision: str, of: str | None = None) -> Comparison:
    """Return the checkout's manifests, or those `of` a commit, against those of a commit. Raises CommandError.

    All is new where `revision` has none, and all goes where `of` has none.
    """
    repository = Repository(project.root)
    commit = repository.commit(revision)
    path = manifests_path(environment)
    earlier = repository.show(commit, path)
    before = reading.parse(earlier, f"{path} of {revision}") if earlier is not None else []
    after = _manifests(repository, of, path) if of is not None else reading.read(project.manifests(environment))
    name = f"{revision} ({commit[:_SHORT_COMMIT]})"
    return Comparison(environment, name, compare(before, after), sides=lambda: (before, after), is_new=earlier is None)


def _manifests(repository: Repository, revision: str, path: str) -> list[Object]:
    """Return the manifests of a commit that anybody may have made: a file of a size that can be ours, never a link."""
    commit = repository.commit(revision)
    entry = repository.git("ls-tree", "--long", commit, "--", path).split()
    if not entry:
        return []
    mode, size, most = entry[0], entry[3], f"{MOST_BYTES >> 20} MiB"
    if mode not in _FILES or int(size) > MOST_BYTES:
        raise CommandError(
            f"{path} of {revision[:_SHORT_COMMIT]} is not compared: it must be a file of at most {most}, "
            f"and has mode {mode} and {size} bytes"
        )
    return reading.parse(
        repository.git("cat-file", "blob", f"{commit}:{path}"), f"{path} of {revision[:_SHORT_COMMIT]}"
    )


def against_cluster(project: Project, environment: str, kubectl: Kubectl) -> Comparison:
    """Compare with what runs in its cluster. Raises Refusal where kubectl leads to another one, and CommandError."""
    wanted = reading.read(project.manifests(environment))
    cluster = Cluster(kubectl, Target.of(wanted))
    cluster.check_identity()
    name = f"what runs in {cluster.target.namespace} of {cluster.target.cluster}"
    difference = compare_with_cluster(cluster, wanted)
    added = [change for change in difference.changes if change.action is Action.ADDED]
    return Comparison(
        environment,
        name,
        difference,
        sides=cache(lambda: (running(cluster, wanted), wanted)),
        is_new=len(added) == len(wanted),
    )
