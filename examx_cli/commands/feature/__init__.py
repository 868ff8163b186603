"""`examx feature`: an environment of its own for a branch, for a while."""

import typer

from examx_cli.commands.feature.extend import extend
from examx_cli.commands.feature.look import list_features, show
from examx_cli.commands.feature.remove import down, reap
from examx_cli.commands.feature.tag import tag
from examx_cli.commands.feature.up import up

feature = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Give a branch an environment of its own for a while, look at those there are, and remove them.",
)

feature.command("up")(up)
feature.command("list")(list_features)
feature.command("show")(show)
feature.command("extend")(extend)
feature.command("down")(down)
feature.command("reap")(reap)
feature.command("tag")(tag)
