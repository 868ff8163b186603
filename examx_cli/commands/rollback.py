"""`examx rollback`."""

from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.apply import report
from examx_cli.commands.arguments import Context, EnvironmentName, Json, Timeout
from examx_cli.deploy.checkout import at_commit, cluster_of, earlier_commits, working_tree
from examx_cli.deploy.deployment import Options, deploy, rehearse
from examx_cli.deploy.history import History
from examx_cli.errors import CommandError
from examx_cli.project import Project
from examx_constructs.settings import Duration


def rollback(
    environment: EnvironmentName,
    *,
    to: Annotated[str | None, typer.Option(metavar="REV", help="A commit; else the last release that worked.")] = None,
    context: Context = None,
    timeout: Timeout = "30m",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    json: Json = False,
) -> None:
    """Go back to an earlier release of an environment: its manifests as they were, applied as `examx apply` does.

    Without `--to` it is the newest release that is known to have worked and is not what runs; the cluster remembers
    them. Where it remembers none, the commit before the last that changed dist/ is taken.

    The main branch still names the image that was taken back: the last line says how to set it right.

        examx rollback stg
        examx rollback prod --to 3f2c1ab --context prod-admin
    """
    project = Project.around(Path.cwd())
    cluster = cluster_of(working_tree(project, environment), context)
    version = at_commit(project, environment, to or _previous(project, environment, History.of(cluster)))
    output.note(f"{environment} goes back to {version.commit[:10]}, image {version.image}")
    if dry_run:
        report(rehearse(cluster_of(version, context), version.manifests), json=json, would="would be ")
        return
    done = deploy(cluster_of(version, context), version.manifests, version.entry(), Options(Duration(timeout)))
    output.publish({"commit": version.commit, "image": version.image})
    report(done, json=json)
    output.note(f"say so on the main branch too: `examx release {environment} --image {version.image}`")


def _previous(project: Project, environment: str, history: History) -> str:
    if (entry := history.previous()) is not None:
        output.note(f"deployed {entry.time} by {entry.by}")
        return entry.commit
    commits = earlier_commits(project, environment)
    if len(commits) <= 1:
        raise CommandError(
            f"no earlier release of {environment} is known, neither to the cluster nor to this checkout's history "
            "(is it a shallow clone?); name one with --to"
        )
    return commits[1]
