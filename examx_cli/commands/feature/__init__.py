"""`examx feature`: an environment of its own for a branch, for a while."""

import typer

from examx_cli.lazy import Lazy, LazyGroup

_HOME = "examx_cli.commands.feature"


COMMANDS = {
    "up": Lazy(
        f"{_HOME}.up:up",
        "Give a branch its environment, or bring the one that it has up to date, and wait until it runs.",
    ),
    "list": Lazy(
        f"{_HOME}.list:list_features",
        "List the feature environments of the cluster: whose each is, where, until when, and whether it runs.",
    ),
    "show": Lazy(f"{_HOME}.show:show", "Show one environment: its address, its figures, and what runs in it."),
    "extend": Lazy(
        f"{_HOME}.extend:extend",
        "Let an environment live for so long from now; never shorter than it would without. No pod is restarted.",
    ),
    "down": Lazy(
        f"{_HOME}.down:down",
        "Remove environments with all that is in them, media and queued tasks included, and wait until they are gone.",
    ),
    "reap": Lazy(
        f"{_HOME}.reap:reap", "Remove all environments whose time is over, and volumes that others left behind."
    ),
    "tag": Lazy(
        f"{_HOME}.tag:tag", "Print the tag for an image of a branch that is built now: slug, time in UTC, commit."
    ),
}
"""Each command by what is typed."""


class _Features(LazyGroup):
    """The group of them."""

    waiting = COMMANDS


feature = typer.Typer(
    cls=_Features,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Give a branch an environment of its own for a while, look at those there are, and remove them.",
)
