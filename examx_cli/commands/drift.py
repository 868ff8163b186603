"""`examx drift`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import Context, EnvironmentName
from examx_cli.commands.diff import Format
from examx_cli.deploy.checkout import Version, at_commit, cluster_of, working_tree
from examx_cli.deploy.history import History
from examx_cli.diff import document, markdown, text
from examx_cli.diff.live import compare_with_cluster
from examx_cli.diff.sources import Comparison
from examx_cli.errors import REFUSED, CommandError
from examx_cli.project import Project
from examx_cli.restart.report import outdated
from examx_cli.rotation.holding import look_at

_SHORT_COMMIT = 10


def drift(
    environment: EnvironmentName,
    *,
    context: Context = None,
    format: Annotated[Format, typer.Option(help="Text for people, Markdown, or JSON.")] = Format.TEXT,
) -> None:
    """Say what of an environment runs otherwise than it was deployed. Exit status 1 where something does.

    The live objects are compared with the manifests of the commit that was deployed last and worked. Where the cluster
    knows of none, or this checkout lacks it, those of the checkout count. What somebody changed by hand shows, with who
    it was, as the API server knows them. What controllers put in and an apply leaves, such as a sidecar, is listed and
    is no drift. `examx apply` takes all of it back.

    It changes nothing. An identity that may read and not change anything is enough. The fields of the manifests are
    compared then, and what is in their lists beside them.

        examx drift prod
        examx drift dev --format json
    """
    project = Project.around(Path.cwd())
    here = working_tree(project, environment)
    cluster = cluster_of(here, context)
    with output.waiting(f"asking the cluster of {environment}"):
        version = _deployed(project, environment, here, History.of(cluster))
        difference = compare_with_cluster(cluster, version.manifests)
        values = look_at(cluster, version.manifests)
    against = f"what runs in {cluster.target.namespace} of {cluster.target.cluster}"
    compared = [
        Comparison(f"{environment} as of {version.commit[:_SHORT_COMMIT] or 'this checkout'}", against, difference)
    ]
    match format:
        case Format.TEXT:
            output.show(text.report(compared))
        case Format.MARKDOWN:
            output.say(markdown.report(compared))
        case _:
            told = {**document.report(compared), "outdated": outdated(values), "outdated_unknown": values.unknown}
            output.say(json.dumps(told, indent=2, ensure_ascii=False, default=str))
    held = [f"{line}; `examx restart {environment}` gives it to them" for line in values.lines()]
    for line in held:
        output.warning(line)
    if values.unknown:
        output.note(f"whether pods hold an older value of a secret is not known: {values.unknown}")
    output.publish({"report": "\n".join([*([difference.summary()] if difference.has_drifted else []), *held])})
    if difference.has_drifted or held:
        raise typer.Exit(REFUSED)


def _deployed(project: Project, environment: str, here: Version, history: History) -> Version:
    """Return what was deployed last and worked, as far as it is known here."""
    if history.begun is not None:
        output.warning(f"a deployment of {history.begun.commit[:_SHORT_COMMIT]} was begun and has not ended well")
    if not history.good or history.good[0].commit in ("", here.commit):
        return here
    try:
        return at_commit(project, environment, history.good[0].commit)
    except CommandError:
        output.warning(f"this checkout lacks {history.good[0].commit[:_SHORT_COMMIT]}, which was deployed last")
        return here
