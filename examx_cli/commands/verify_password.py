"""`examx verify-password`."""

import os
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import output, password
from examx_cli.errors import CommandError, Refusal
from examx_cli.github import Run
from examx_cli.password import Password
from examx_constructs.environments import ENVIRONMENTS


def verify_password(
    environment: Annotated[
        str | None, typer.Argument(metavar="ENV", help="What is to be deployed, for the message.", show_default=False)
    ] = None,
    *,
    event: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The event of the run. Default: $GITHUB_EVENT_PATH.", show_default=False),
    ] = None,
    input: Annotated[str, typer.Option(metavar="NAME", help="The input of the event with the attempt.")] = (
        "deploy_password"
    ),
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the attempt from standard input, one line.")] = False,
    expected: Annotated[
        str, typer.Option(metavar="VARIABLE", help="The environment variable with the right password: its name.")
    ] = "DEPLOY_PASSWORD",
    min_length: Annotated[
        int, typer.Option(min=1, metavar="N", help="A right password that is shorter is a mistake: it lets nobody in.")
    ] = password.LEAST_LENGTH,
) -> None:
    """Say whether the person who started this run knows the deployment password.

    Everything but exit status 0 blocks. 1: the password is wrong or the run was started again. 2: it cannot be checked
    (none is expected, there is no attempt). Neither password is ever an argument or part of a message.

    In a workflow, with the secret in the step's `env`:

        examx verify-password prod

    At a terminal, which does not show what is typed:

        examx verify-password prod --stdin
    """
    if environment is not None and environment not in ENVIRONMENTS:
        # Not shown: a password that was given as an argument by mistake would be.
        raise CommandError(f"ENV is no environment; known are {', '.join(ENVIRONMENTS)}")
    right = password.expected(expected, min_length)
    attempt = _attempt(event, input, stdin=stdin)
    run = Run.current(os.environ)
    case = (f" for {environment}" if environment else "") + (f", from {run.actor}" if run else "")
    if run and run.attempt != 1:
        raise Refusal(f"this run was started again{case}: what was typed is of who started it first, and counts once")
    if not attempt.matches(right):
        raise Refusal(f"wrong password{case}: nothing may be deployed")
    output.say(f"password accepted{case}")


def _attempt(event: Path | None, name: str, *, stdin: bool) -> Password:
    if stdin and event:
        raise CommandError("--stdin and --event exclude each other: there is one attempt")
    if stdin:
        return password.from_stdin()
    file = event or os.environ.get("GITHUB_EVENT_PATH")
    if not file:
        raise CommandError(
            "there is no attempt: give --event FILE or --stdin; GITHUB_EVENT_PATH is set in workflows only"
        )
    return password.from_event(Path(file), name)
