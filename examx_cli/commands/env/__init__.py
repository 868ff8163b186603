"""`examx env`: the environments at a glance, and one whole."""

import typer

from examx_cli.commands.env.list import list_environments
from examx_cli.commands.env.show import show_environment

env = typer.Typer(no_args_is_help=True, help="Look at the environments: all of them, or one whole.")

env.command("list")(list_environments)
env.command("show")(show_environment)
