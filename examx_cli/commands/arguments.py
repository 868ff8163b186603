"""Arguments and options that several commands have."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from examx_cli.errors import CommandError
from examx_cli.project import known_environment
from examx_constructs.environments import ENVIRONMENTS

if TYPE_CHECKING:
    from examx_constructs.scaling.prices import Prices


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
PricesFile = Annotated[
    Path | None,
    typer.Option("--prices", help="What a requested CPU and GiB cost: currency, cpu_hour, gib_hour.", metavar="FILE"),
]


def read_prices(file: Path | None) -> "Prices | None":
    """Read the prices of a file, where one is named. Raises ScalingError, which names the file."""
    if file is None:
        return None
    from examx_constructs.scaling.prices import Prices  # noqa: PLC0415 - comes with a simulator

    return Prices.read(file)
