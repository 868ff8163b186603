"""`examx adopt`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output, reading
from examx_cli.adopt import report, running
from examx_cli.adopt.adoption import Pace
from examx_cli.adopt.plan import Plan, against_files
from examx_cli.commands.arguments import Context, EnvironmentName
from examx_cli.deploy.checkout import cluster_of, working_tree
from examx_cli.deploy.rules import refuse_broken, refuse_unpinned
from examx_cli.errors import REFUSED, CommandError
from examx_cli.project import Project, manifests_path
from examx_constructs.settings import Duration


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
    format: Annotated[Format, typer.Option(help="The plan as text for people, as Markdown, or as JSON.")] = Format.TEXT,
    remove: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND/NAME",
            help="An object of others that shall go at the end; can be repeated.",
            show_default=False,
        ),
    ] = None,
    execute: Annotated[bool, typer.Option("--execute", help="Do it, or go on with it.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take it back, from whichever step.")] = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="Delete the record of an adoption that is done: no --undo after that.")
    ] = False,
    until: Annotated[
        str | None,
        typer.Option(metavar="STEP", help="With --execute: stop after this step of the plan.", show_default=False),
    ] = None,
    timeout: Annotated[
        str, typer.Option(metavar="DURATION", help="How long to wait for each workload: 90s, 30m, 1h.")
    ] = "30m",
    drain_timeout: Annotated[
        str, typer.Option(metavar="DURATION", help="How long to wait until the old Redis is empty, where it moves.")
    ] = "1h",
    deregistration: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION",
            help="How long old pods still serve after the switch; by default as long as the load balancer needs.",
            show_default=False,
        ),
    ] = None,
    settle: Annotated[
        str, typer.Option(metavar="DURATION", help="How long nodes get to learn of changed network policies.")
    ] = "10s",
) -> None:
    """Take over a namespace that somebody else applied: with kubectl, Helm, Argo CD, or by hand.

    Says object by object what becomes of it, what is in the way, and in which steps it is done. Nothing is touched
    without --execute, and nothing as long as something is in the way.

    With --execute the old pods serve until the new ones are ready, workers of one queue overlap, beat never runs twice.
    It can be stopped at any point; the same command goes on. What there was is kept in the Secret examx-adoption of the
    namespace, and --undo brings it back.

        examx adopt dev --against ../deployment/overlays/dev.yaml
        examx adopt dev --remove Deployment/celery-old-worker
        examx adopt dev --execute
        examx adopt dev --undo
        examx adopt dev --finish
    """
    if sum((against is not None, execute, undo, finish)) > 1:
        raise CommandError("--against, --execute, --undo and --finish exclude each other: give one of them")
    if until is not None and not execute:
        raise CommandError("--until is of --execute: give both")
    project, named = Project.around(Path.cwd()), remove or []
    if against is not None:
        if context is not None:
            raise CommandError("--context is of a cluster, and --against names manifests: give one of them")
        show(environment, against_files(against, reading.read(project.manifests(environment)), named), format)
        return
    pace = Pace(
        timeout=Duration(timeout).seconds,
        drain_timeout=Duration(drain_timeout).seconds,
        deregistration=Duration(deregistration).seconds if deregistration is not None else None,
        settle=Duration(settle).seconds,
    )
    version = working_tree(project, environment)
    refuse_broken(version, manifests_path(environment))
    if not undo:
        refuse_unpinned(environment, version)
    run = running.Run(environment, cluster_of(version, context), version, named, pace)
    if execute:
        run.execute(until)
    elif undo:
        run.undo()
    elif finish:
        run.finish()
    else:
        plan, begun = run.plan()
        show(environment, plan, format, begun)


def show(environment: str, plan: Plan, format: Format, begun: tuple[str, ...] = ()) -> None:
    """Print a plan. Ends with status 1 where something is in the way."""
    match format:
        case Format.TEXT:
            output.say(report.as_text(environment, plan, begun))
        case Format.MARKDOWN:
            output.say(report.as_markdown(environment, plan, begun))
        case Format.JSON:
            output.say_json(report.as_json(environment, plan, begun))
    if plan.refusals and not begun:
        raise typer.Exit(REFUSED)
