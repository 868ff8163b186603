"""`examx watch`."""

from pathlib import Path
from typing import Annotated

import typer
from attrs import evolve

from examx_cli import output
from examx_cli.commands.arguments import Context, EnvironmentName, Json, Timeout
from examx_cli.credential import Credential
from examx_cli.deploy.checkout import cluster_of, working_tree
from examx_cli.errors import REFUSED, UNUSABLE, CommandError
from examx_cli.project import Project
from examx_cli.prometheus import TOKEN_VARIABLE, Prometheus
from examx_cli.scale.standard import values
from examx_cli.slack import telling
from examx_cli.slack.outcome import WATCH
from examx_cli.watching import words
from examx_cli.watching.figures import Kind
from examx_cli.watching.verdicts import Verdict
from examx_cli.watching.watched import Watch
from examx_constructs.settings import Duration, Environment

_STATUS = {Verdict.QUIET: 0, Verdict.MOVED: REFUSED, Verdict.UNKNOWN: UNUSABLE}
_ANSWER_SECONDS = 30.0


def watch(
    environment: EnvironmentName,
    *,
    prometheus: Annotated[str, typer.Option(metavar="URL", help="The Prometheus to ask: https://HOST.")],
    after: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION",
            help="How long to watch, and how much before is looked at; else the environment's bounds say it.",
            show_default=False,
        ),
    ] = None,
    rollback_on: Annotated[
        str,
        typer.Option(metavar="KINDS", help="Take the release back where one of these moved: errors,latency,waits."),
    ] = "",
    slack: Annotated[bool, typer.Option("--slack", help=f"Tell Slack, by the webhook in {telling.WEBHOOK}.")] = False,
    token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"A bearer token; else the variable {TOKEN_VARIABLE}.")
    ] = None,
    context: Context = None,
    timeout: Timeout = "30m",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say whether it would be taken back, and do not.")] = False,
    json: Json = False,
) -> None:
    """Watch what a deployment did: errors, latency and waits after it, against those before it.

    Run it after `examx apply`. It waits, and asks Prometheus for the time before the deployment and for as much after
    the rollout. It names each figure that rose beyond the environment's `DeploymentBounds`, with the query. What
    cannot be measured, or is of too few requests, is said, and never taken for good.

    With `--rollback-on` it goes back to the last release that worked, as `examx rollback` does, where a named figure
    moved. It never does so without data, nor where another release was deployed meanwhile.

        examx watch prod --prometheus https://prometheus.example.com
        examx watch stg --prometheus http://localhost:9090 --rollback-on errors

    Exit status 0 means that all figures are within their bounds, 1 that one moved. With 2 none moved, but one could not
    be measured, or another release was deployed meanwhile. Ctrl-C while it waits changes nothing.
    """
    kinds = _kinds(rollback_on)
    timeout_of_rollouts = Duration(timeout)
    project = Project.around(Path.cwd())
    server = Prometheus(prometheus, Credential(TOKEN_VARIABLE, token_file), _ANSWER_SECONDS)
    watched = Watch(_with_window(values(environment), after), server, slack)
    server.check()
    with watched.failures_told(WATCH):
        found = watched.found(cluster_of(working_tree(project, environment), context), kinds)
    output.publish(words.outputs(found))
    if json:
        output.say_json(words.document(found))
    else:
        output.say("\n".join([f"{environment}: {found.title}", *words.lines(found.report)]))
    watched.tell(found.outcome())
    if found.goes_back and not dry_run:
        with watched.failures_told("rollback"):
            watched.go_back(found, project, context, timeout_of_rollouts)
    raise typer.Exit(_STATUS[found.report.verdict])


def _kinds(given: str) -> frozenset[Kind]:
    """Read what --rollback-on names. Raises CommandError."""
    names = [each.strip() for each in given.split(",")] if given else []
    for name in names:
        if name not in set(Kind):
            raise CommandError(f'--rollback-on names "{name}"; allowed: {", ".join(Kind)}, with commas between')
    return frozenset(map(Kind, names))


def _with_window(environment: Environment, after: str | None) -> Environment:
    """Give the environment the window that --after names. Raises SettingError."""
    if after is None:
        return environment
    bounds = evolve(environment.deployment_bounds, window=Duration(after))
    return evolve(environment, deployment_bounds=bounds)
