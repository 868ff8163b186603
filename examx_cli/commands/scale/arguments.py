"""Options that the commands on scaling share, and what they mean together."""

from pathlib import Path
from typing import Annotated

import typer

from examx_cli.scale import amounts
from examx_cli.scale.simulating import Surroundings
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.manifests.versions import PINNED, Versions
from examx_constructs.scaling import ClusterModel, Nodes, Prices

Targets = Annotated[
    list[str],
    typer.Argument(
        metavar="ENV|PATH...",
        help=f"An environment ({', '.join(ENVIRONMENTS)}), or files and folders of manifests, `-` for standard input.",
        autocompletion=lambda: [*ENVIRONMENTS],
    ),
]
Queue = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The list, the autoscaler or the workload; else all that count tasks."),
]
OneQueue = Annotated[str, typer.Option("--queue", metavar="NAME", help="The list, the autoscaler or the workload.")]
Task = Annotated[
    str | None, typer.Option(metavar="TIME", help="How long a task takes: 8s; or MEDIAN..P95, such as 8s..40s.")
]
Burst = Annotated[int | None, typer.Option(metavar="TASKS", help="So many tasks at once.", min=1)]
Over = Annotated[str, typer.Option(metavar="TIME", help="The burst comes evenly over this time.")]
At = Annotated[str, typer.Option(metavar="TIME", help="When the burst comes, and when the ramp begins.")]
Ramp = Annotated[
    str | None, typer.Option(metavar="FIRST..LAST/TIME", help="From one rate to another, in tasks a second: 1..10/5m.")
]
Daily = Annotated[int | None, typer.Option(metavar="TASKS", help="So many tasks along the curve of a day.", min=1)]
ExamDay = Annotated[
    int | None, typer.Option(metavar="STUDENTS", help="An exam of so many students, at 9 of each zone.", min=1)
]
Zones = Annotated[str, typer.Option(metavar="HOURS", help="How far each zone is behind the first: 0,1.5,5.")]
Arrivals = Annotated[
    Path | None,
    typer.Option(metavar="CSV", help="What was recorded: columns arrival (duration), t arrivals, or t list_len."),
]
Seed = Annotated[int, typer.Option(metavar="NUMBER", help="Another one draws other times; the same one the same.")]
Concurrency = Annotated[
    int | None,
    typer.Option(metavar="TASKS", help="Tasks at once in a pod; else what its command says.", min=1),
]
PodStart = Annotated[
    str, typer.Option(metavar="TIME", help="From a pod's place on a node to a worker that takes tasks.")
]
Room = Annotated[
    int | None, typer.Option(metavar="PODS", help="As many fit on the nodes that there are; else any number.", min=0)
]
NodeDelay = Annotated[str, typer.Option(metavar="TIME", help="Until a node that was ordered takes pods.")]
Start = Annotated[
    str | None,
    typer.Option(metavar="MOMENT", help="The time of the day at which it begins: 2026-11-30T08:30+05:30."),
]
PriceFile = Annotated[
    Path | None, typer.Option("--prices", metavar="FILE", help="cpu_hour and gib_hour, for what it costs.")
]
Cluster = Annotated[
    bool, typer.Option("--cluster", help="The environment as its cluster has it now, as kubectl reads it.")
]
KubernetesVersion = Annotated[str, typer.Option(metavar="VERSION", help="The Kubernetes that it runs on.")]
KedaVersion = Annotated[str, typer.Option(metavar="VERSION", help="The KEDA that scales.")]

POD_START = "20s"
NODE_DELAY = "60s"


def versions(kubernetes: str = PINNED.kubernetes, keda: str = PINNED.keda) -> Versions:
    """What runs it. Raises SettingError."""
    return Versions(kubernetes, keda)


def surroundings(
    of: Versions,
    *,
    pod_start: str = POD_START,
    room: int | None = None,
    node_delay: str = NODE_DELAY,
    start: str | None = None,
    prices: Path | None = None,
) -> Surroundings:
    """What a run meets beside its tasks. Raises CommandError and ScalingError."""
    usual = ClusterModel().start
    takes = amounts.seconds("--pod-start", pod_start, zero=True)
    cluster = ClusterModel(
        start=min(usual, takes),
        ready=max(takes - usual, 0.0),
        nodes=Nodes(room=room, delay=amounts.seconds("--node-delay", node_delay, zero=True)),
        versions=of,
    )
    return Surroundings(
        cluster,
        prices=Prices.read(prices) if prices else None,
        start=amounts.moment("--start", start) if start else None,
    )
