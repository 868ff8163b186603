"""Going back to an earlier release: which one, whether it may be, and how it is applied."""

from dataclasses import dataclass, field

from examx_cli import output
from examx_cli.cluster import Cluster
from examx_cli.deploy import history
from examx_cli.deploy.checkout import Version, at_commit, cluster_of, earlier_commits, working_tree
from examx_cli.deploy.deployment import Done, Options, deploy
from examx_cli.deploy.history import History
from examx_cli.deploy.main_branch import MAIN, MainBranch
from examx_cli.deploy.rules import Despite, refuse_broken, refuse_image
from examx_cli.errors import CommandError
from examx_cli.git import Repository
from examx_cli.images import current_image
from examx_cli.project import Project, manifests_path
from examx_constructs.settings import Duration

_SHORT_COMMIT = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be gone back to: a revision of main, or None for the last release that worked.

    `despite` are rules of today that it may break. `leaving` is a commit: only where that release runs, anything is
    done.
    """

    to: str | None = None
    despite: Despite = field(default_factory=Despite)
    leaving: str | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A release that may be gone back to: where, and which rules of today it breaks and may."""

    version: Version
    cluster: Cluster
    broken: tuple[str, ...]
    leaving: str | None


def earlier(project: Project, environment: str, wish: Wish, context: str | None) -> Earlier:
    """Find what to go back to, and make sure of it.

    Raises CommandError where none is known. Raises Refusal for what main never was and for what breaks a rule of
    today. Raises it too where another release runs than the one that is to be left.
    """
    version = _version(project, environment, wish, context)
    refuse_image(environment, version, current_image(project.images, environment))
    commit = version.commit[:_SHORT_COMMIT]
    broken = refuse_broken(version, f"{commit}:{manifests_path(environment)}", wish.despite)
    for line in broken:
        output.warning(f"these manifests break a rule that they may break this time: {line}")
    output.note(f"{environment} goes back to {commit}, image {version.image}")
    cluster = cluster_of(version, context)
    if wish.leaving is not None:
        History.of(cluster).require(wish.leaving)
    return Earlier(version, cluster, tuple(broken), wish.leaving)


def go_back(to: Earlier, timeout: Duration) -> Done:
    """Apply it, as `examx apply` does, but for what runs before a rollout. Raises as `deploy` does."""
    options = Options(timeout, run_jobs=False, leaving=to.leaving)
    return deploy(to.cluster, to.version.manifests, to.version.entry(), options)


@dataclass(frozen=True, slots=True)
class _Named:
    """A revision to go back to, and who says so."""

    revision: str
    by: str


def _version(project: Project, environment: str, wish: Wish, context: str | None) -> Version:
    repository = Repository(project.root)
    main = MainBranch.of(repository)
    if wish.to is not None:
        wanted = _Named(wish.to, "what --to names")
    else:
        cluster = cluster_of(working_tree(project, environment), context)
        wanted = _previous(project, environment, History.of(cluster))
    version = at_commit(project, environment, main.commit(repository, wanted.revision))
    main.check(version.commit, wanted.by)
    return version


def _previous(project: Project, environment: str, past: History) -> _Named:
    if (entry := past.previous()) is not None:
        # All who deploy may write it, so what it says stays on one line.
        output.note(" ".join(f"deployed {entry.time} by {entry.by}".split()))
        return _Named(entry.commit, f"the last release that worked, as the ConfigMap {history.NAME} says,")
    commits = earlier_commits(project, environment, MAIN)
    if len(commits) <= 1:
        raise CommandError(
            f"no earlier release of {environment} is known, neither to the cluster nor to this checkout's history "
            "(is it a shallow clone?); name one with --to"
        )
    return _Named(commits[1], "the commit before")
