"""Arguments and options that several commands have."""

from typing import Annotated

import typer

from examx_cli.errors import CommandError
from examx_cli.project import known_environment
from examx_constructs.environments import ENVIRONMENTS


def _known(name: str) -> str:
    try:
        return known_environment(name)
    except CommandError as error:
        raise typer.BadParameter(str(error)) from error


EnvironmentName = Annotated[
    str,
    typer.Argument(
        metavar="ENV",
        help=f"The environment: {', '.join(ENVIRONMENTS)}.",
        callback=_known,
        autocompletion=lambda: [*ENVIRONMENTS],
    ),
]
Context = Annotated[
    str | None,
    typer.Option(help="The context of kubeconfig to use; it must lead to the environment's cluster.", metavar="NAME"),
]
Timeout = Annotated[str, typer.Option(help="How long to wait for all rollouts: 90s, 30m, 1h.", metavar="DURATION")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
