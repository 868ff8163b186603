"""`examx notify`."""

import dataclasses
import os
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.errors import CommandError
from examx_cli.github import Run
from examx_cli.project import known_environment
from examx_cli.slack import telling
from examx_cli.slack.outcome import (
    LOOK_FOR_DRIFT,
    REFUSED,
    WATCH,
    Outcome,
    Status,
    outcome_of,
    read_jobs,
    started_again,
)
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.features import Slug
from examx_constructs.settings import ConfigurationError

FEATURE = "feature"
"""What means the feature environments, which are no environment of the table."""


def _known(name: str) -> str:
    try:
        return name if name == FEATURE else known_environment(name)
    except CommandError as error:
        raise typer.BadParameter(f"{error}, {FEATURE}") from error


def notify(
    environment: Annotated[
        str,
        typer.Argument(
            metavar="ENV",
            help=f"The environment: {', '.join(ENVIRONMENTS)}, or {FEATURE}.",
            callback=_known,
            autocompletion=lambda: [*ENVIRONMENTS, FEATURE],
        ),
    ],
    *,
    branch: Annotated[str, typer.Option(help="The branch of a feature environment.", show_default=False)] = "",
    results: Annotated[
        str | None, typer.Option(metavar="VARIABLE", help="The environment variable with `toJSON(needs)`: its name.")
    ] = None,
    status: Annotated[Status | None, typer.Option(help="How it ended, where no results of jobs say so.")] = None,
    image: Annotated[str, typer.Option(help="The image that was to run.", show_default=False)] = "",
    commit: Annotated[str, typer.Option(help="The commit that names it.", show_default=False)] = "",
    summary: Annotated[str, typer.Option(help="What changed, in plain lines.", show_default=False)] = "",
    scaling: Annotated[str, typer.Option(help="What becomes of waits, in plain lines.", show_default=False)] = "",
    text: Annotated[str, typer.Option(help="More to say.", show_default=False)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the message as JSON; send nothing.")] = False,
    deadline: Annotated[
        float, typer.Option(min=0.1, max=300, metavar="SECONDS", help="How long Slack may take, with all tries.")
    ] = 30,
) -> None:
    """Tell the Slack channel how a deployment ended, and in which state that leaves the environment.

    The webhook's address comes from the environment variable SLACK_WEBHOOK_URL. A Slack that is not set up, down or
    slow is a warning and exit status 0: it never fails a deployment. Only unusable arguments are an error.

    A message carries what changed since the release that ran before. Where scaling figures change, it says what becomes
    of waits. Both are the outputs `summary` and `scaling` of `examx diff ENV --against deployed`.

    `feature` means feature environments: those of the workflows cd-feat, cleanup-feat and reap-feat.

    In the last job of a workflow, with `if: always()` and `NEEDS: ${{ toJSON(needs) }}` in the step's `env`:

        examx notify prod --results NEEDS

    By hand:

        examx notify stg --status success --text "Moved to the new cluster."
    """
    outcome = _outcome(environment, results, status)
    given = {
        "image": image,
        "commit": commit,
        "summary": summary,
        "scaling": scaling,
        "text": f"{outcome.text} {text}".strip(),
    }
    outcome = dataclasses.replace(outcome, **{name: value for name, value in given.items() if value})
    run = Run.current(os.environ)
    if run and run.attempt != 1 and outcome.kind not in (LOOK_FOR_DRIFT, WATCH):
        outcome = dataclasses.replace(outcome, status=Status.REFUSED, text=started_again(run.attempt), half_way=False)
    named = _named(environment, branch)
    if dry_run:
        output.say_json(telling.payload(outcome, named))
    elif telling.tell(outcome, named, seconds=deadline):
        output.say(f"told Slack: {named}: {outcome.kind}, {outcome.status}")


def _named(environment: str, branch: str) -> str:
    """Return the name that the message has for it.

    Where what was typed can be no branch, Slack is told all the same.
    """
    try:
        return Slug.of(branch).name if branch else environment
    except ConfigurationError:
        return environment


def _outcome(environment: str, results: str | None, status: Status | None) -> Outcome:
    if status and not results:
        return Outcome(status=status, text=REFUSED if status is Status.REFUSED else "")
    if not results or status:
        raise CommandError("give either --results VARIABLE or --status: one of them says how it ended")
    if not (needs := os.environ.get(results, "")):
        raise CommandError(f"the environment variable {results}, which --results names, is unset or empty")
    return outcome_of(read_jobs(needs), environment)
