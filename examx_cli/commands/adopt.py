"""`examx adopt`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import objects, output
from examx_cli.adopt import report
from examx_cli.adopt.plan import Plan, against_cluster, against_files
from examx_cli.commands.arguments import Context, EnvironmentName
from examx_cli.deploy.checkout import cluster_of, working_tree
from examx_cli.errors import REFUSED, CommandError, Refusal
from examx_cli.project import Project
from examx_constructs.checks import Manifests, check


class Format(StrEnum):
    """For whom the plan is."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def adopt(
    environment: EnvironmentName,
    *,
    context: Context = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Plan against a manifest, or a folder of them, in the place of the cluster.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="Text for people, Markdown for a page, or JSON.")] = Format.TEXT,
    remove: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND/NAME",
            help="An object of others that shall go at the end; can be repeated.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Take over a namespace that somebody else applied: with kubectl, Helm, Argo CD, or by hand.

    Says object by object what would become of it, what stands in the way, and in which steps it would be done. Nothing
    is touched.

        examx adopt dev --against ../deployment/overlays/dev.yaml
        examx adopt dev --remove Deployment/celery-old-worker
    """
    project = Project.around(Path.cwd())
    if against is not None:
        if context is not None:
            raise CommandError("--context is of a cluster, and --against names manifests: give one of them")
        plan = against_files(against, objects.read(project.manifests(environment)), remove or [])
        _show(environment, plan, format)
        return
    version = working_tree(project, environment)
    if found := check(Manifests.of(version.manifests, f"dist/{environment}.k8s.yaml")):
        raise Refusal("nothing was planned; these manifests would break:\n" + "\n".join(f"  {each}" for each in found))
    cluster = cluster_of(version, context)
    with output.waiting(f"Looking at {cluster.target.namespace} ..."):
        plan = against_cluster(cluster, version.manifests, remove or [])
    _show(environment, plan, format)


def _show(environment: str, plan: Plan, format: Format) -> None:
    match format:
        case Format.TEXT:
            output.say(report.as_text(environment, plan))
        case Format.MARKDOWN:
            output.say(report.as_markdown(environment, plan))
        case Format.JSON:
            output.say_json(report.as_json(environment, plan))
    if plan.refusals:
        raise typer.Exit(REFUSED)
