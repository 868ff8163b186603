"""`examx scale`: what autoscalers do, computed without a cluster."""

import typer

from examx_cli.commands.scale.compare import compare
from examx_cli.commands.scale.record import record_list
from examx_cli.commands.scale.replay import replay
from examx_cli.commands.scale.simulate import simulate
from examx_cli.commands.scale.tune import tune

scale = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Say what autoscalers do with a workload, without a cluster: waits, pods and hours.",
)

scale.command("simulate")(simulate)
scale.command("compare")(compare)
scale.command("replay")(replay)
scale.command("record")(record_list)
scale.command("tune")(tune)
