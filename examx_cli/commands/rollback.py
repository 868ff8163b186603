"""`examx rollback`."""

from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.apply import report
from examx_cli.commands.arguments import Context, EnvironmentName, Json, Timeout
from examx_cli.deploy.deployment import rehearse
from examx_cli.deploy.going_back import Earlier, Wish, earlier, go_back
from examx_cli.deploy.rules import Despite
from examx_cli.diff import behaviour, markdown
from examx_cli.diff.live import compare_with_cluster
from examx_cli.diff.sources import Comparison, Sides
from examx_cli.git import Repository
from examx_cli.project import Project
from examx_cli.scale.foretold import foretold
from examx_constructs.settings import Duration


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
    leaving: Annotated[
        str | None, typer.Option("--from", metavar="REV", help="Only where this release runs; else do nothing.")
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
    wish = Wish(to, Despite.read(despite or ()), None if leaving is None else Repository(project.root).commit(leaving))
    found = earlier(project, environment, wish, context)
    version = found.version
    output.publish({"commit": version.commit, "image": version.image})
    if show:
        _show(environment, found)
        return
    if dry_run:
        report(rehearse(found.cluster, version.manifests), json=json, would="would be ")
        return
    report(go_back(found, Duration(timeout)), json=json)
    output.note(f"say so on the main branch too: `examx release {environment} --image {version.image}`")


def _show(environment: str, found: Earlier) -> None:
    """Write down what would change, and which rules it breaks."""
    version, cluster = found.version, found.cluster
    with output.waiting(f"asking the cluster of {environment}"):
        difference = compare_with_cluster(cluster, version.manifests)

    def sides() -> Sides:
        return [*cluster.read(version.manifests).objects.values()], version.manifests

    against = f"what runs in {cluster.target.namespace} of {cluster.target.cluster}"
    compared = foretold(Comparison(environment, against, difference, sides=sides))
    output.publish(behaviour.published(compared))
    output.say(f"Back to `{version.commit}`, image `{version.image}`\n")
    for line in found.broken:
        output.say(f"- breaks, and may: {markdown.code(line)}\n")
    output.say(markdown.report([compared]))
