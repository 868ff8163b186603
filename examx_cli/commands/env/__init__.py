"""`examx env`: the environments at a glance, and one whole."""

import typer

from examx_cli.lazy import Lazy, LazyGroup

_HOME = "examx_cli.commands.env"


COMMANDS = {
    "list": Lazy(
        f"{_HOME}.list:list_environments",
        "List the environments: where each runs, which image, how many pods, and what they request of nodes in all.",
    ),
    "show": Lazy(
        f"{_HOME}.show:show_environment",
        "Show every setting of an environment, and the line that one would edit to change it.",
    ),
}
"""Each command by what is typed."""


class _Environments(LazyGroup):
    """The group of them."""

    waiting = COMMANDS


env = typer.Typer(cls=_Environments, no_args_is_help=True, help="Look at the environments: all of them, or one whole.")
