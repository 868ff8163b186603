"""`examx scale`: what autoscalers do, computed without a cluster."""

import typer

from examx_cli.lazy import Lazy, LazyGroup

_HOME = "examx_cli.commands.scale"


COMMANDS = {
    "simulate": Lazy(
        f"{_HOME}.simulate:simulate",
        "Say what an autoscaler makes of a workload: waits, pods and hours, computed without a cluster.",
    ),
    "compare": Lazy(
        f"{_HOME}.compare:compare",
        "Say what a change of scaling figures does to waits and pod hours: dist/ of the checkout against a commit.",
    ),
    "replay": Lazy(
        f"{_HOME}.replay:replay",
        "Hold the model against what a cluster did: it is given the recorded queue, and has to find the replicas.",
    ),
    "record": Lazy(
        f"{_HOME}.record:record_list",
        "Write down what comes to a list, as a file that `simulate`, `compare` and `tune` take with `--arrivals`.",
    ),
    "tune": Lazy(
        f"{_HOME}.tune:tune",
        "Search the figures of a queue that hold a wait at the fewest pod hours, and say what to write where.",
    ),
}
"""Each command by what is typed."""


class _Scaling(LazyGroup):
    """The group of them."""

    waiting = COMMANDS


scale = typer.Typer(
    cls=_Scaling,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Say what autoscalers do with a workload, without a cluster: waits, pods and hours.",
)
