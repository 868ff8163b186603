"""`examx rollback`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.cluster import Cluster
from examx_cli.commands.apply import report
from examx_cli.commands.arguments import Context, EnvironmentName, Json, Timeout
from examx_cli.deploy import history
from examx_cli.deploy.checkout import Version, at_commit, cluster_of, earlier_commits, working_tree
from examx_cli.deploy.deployment import Options, deploy, rehearse
from examx_cli.deploy.history import History
from examx_cli.deploy.main_branch import MAIN, MainBranch
from examx_cli.deploy.rules import Despite, refuse_broken, refuse_image
from examx_cli.diff import behaviour, markdown
from examx_cli.diff.live import compare_with_cluster
from examx_cli.diff.sources import Comparison, Sides
from examx_cli.errors import CommandError
from examx_cli.git import Repository
from examx_cli.images import current_image
from examx_cli.project import Project, manifests_path
from examx_cli.scale.foretold import foretold
from examx_constructs.settings import Duration

_SHORT_COMMIT = 10


def rollback(
    environment: EnvironmentName,
    *,
    to: Annotated[
        str | None, typer.Option(metavar="REV", help="A commit of main; else the last release that worked.")
    ] = None,
    despite: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="A rule of today that the old manifests may break; may be repeated."),
    ] = None,
    context: Context = None,
    timeout: Timeout = "30m",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Only read, and write what would change as Markdown, for its reviewers.")
    ] = False,
    json: Json = False,
) -> None:
    """Go back to an earlier release of an environment: its manifests as they were, applied as `examx apply` does.

    Without `--to` it is the newest release that is known to have worked and is not what runs; the cluster remembers
    them. Where it remembers none, the commit before the last that changed dist/ is taken. In any case it must be what
    origin's main branch was, as this checkout fetched it. It must keep to the rules of today on manifests and images.
    Manifests from before a rule may break it: `--despite RULE` is for that, and for those who have read what the rule
    says.

    The main branch still names the image that was taken back: the last line says how to set it right.

        examx rollback stg
        examx rollback prod --to 3f2c1ab --context prod-admin
        examx rollback prod --show
    """
    project = Project.around(Path.cwd())
    accepted = Despite.read(despite or ())
    version = _version(project, environment, to, context)
    refuse_image(environment, version, current_image(project.images, environment))
    commit = version.commit[:_SHORT_COMMIT]
    broken = refuse_broken(version, f"{commit}:{manifests_path(environment)}", accepted)
    for line in broken:
        output.warning(f"these manifests break a rule that they may break this time: {line}")
    output.note(f"{environment} goes back to {commit}, image {version.image}")
    cluster = cluster_of(version, context)
    output.publish({"commit": version.commit, "image": version.image})
    if show:
        _show(environment, cluster, version, broken)
        return
    if dry_run:
        report(rehearse(cluster, version.manifests), json=json, would="would be ")
        return
    done = deploy(cluster, version.manifests, version.entry(), Options(Duration(timeout), run_jobs=False))
    report(done, json=json)
    output.note(f"say so on the main branch too: `examx release {environment} --image {version.image}`")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A revision to go back to, and who says so."""

    revision: str
    named_by: str


def _version(project: Project, environment: str, to: str | None, context: str | None) -> Version:
    """Return what to go back to. Raises CommandError where none is known, and Refusal for what main never was."""
    repository = Repository(project.root)
    main = MainBranch.of(repository)
    if to is not None:
        wanted = _Wanted(to, "what --to names")
    else:
        cluster = cluster_of(working_tree(project, environment), context)
        wanted = _previous(project, environment, History.of(cluster))
    version = at_commit(project, environment, main.commit(repository, wanted.revision))
    main.check(version.commit, wanted.named_by)
    return version


def _previous(project: Project, environment: str, past: History) -> _Wanted:
    if (entry := past.previous()) is not None:
        # All who deploy may write it, so what it says stays on one line.
        output.note(" ".join(f"deployed {entry.time} by {entry.by}".split()))
        return _Wanted(entry.commit, f"the last release that worked, as the ConfigMap {history.NAME} says,")
    commits = earlier_commits(project, environment, MAIN)
    if len(commits) <= 1:
        raise CommandError(
            f"no earlier release of {environment} is known, neither to the cluster nor to this checkout's history "
            "(is it a shallow clone?); name one with --to"
        )
    return _Wanted(commits[1], "the commit before")


def _show(environment: str, cluster: Cluster, version: Version, broken: list[str]) -> None:
    """Write down what would change, and which rules it breaks."""
    with output.waiting(f"asking the cluster of {environment}"):
        difference = compare_with_cluster(cluster, version.manifests)
    against = f"what runs in {cluster.target.namespace} of {cluster.target.cluster}"

    def sides() -> Sides:
        return [*cluster.read(version.manifests).objects.values()], version.manifests

    compared = foretold(Comparison(environment, against, difference, sides=sides))
    output.publish(behaviour.published(compared))
    output.say(f"Back to `{version.commit}`, image `{version.image}`\n")
    for line in broken:
        output.say(f"- breaks, and may: {markdown.code(line)}\n")
    output.say(markdown.report([compared]))
