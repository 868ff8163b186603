"""Options that the commands on scaling share, and what they mean together."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from examx_cli.scale import amounts
from examx_cli.scale.refusals import refuse_idle
from examx_cli.scale.simulating import Surroundings
from examx_cli.scale.targets import Chosen
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.manifests.versions import Asked
from examx_constructs.scaling import ClusterModel, Nodes, Prices
from examx_constructs.scaling.policy import goes_by_clock

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
Concurrency = Annotated[
    int | None,
    typer.Option(metavar="TASKS", help="Tasks at once in a pod; else what its command says.", min=1),
]
PriceFile = Annotated[
    Path | None, typer.Option("--prices", metavar="FILE", help="cpu_hour and gib_hour, for what it costs.")
]
Cluster = Annotated[
    bool, typer.Option("--cluster", help="The environment as its cluster has it now, as kubectl reads it.")
]

_NODE_DELAY = "60s"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the pods meet: the options of every command that runs a workload."""

    pod_start: Annotated[
        str, typer.Option(metavar="TIME", help="From a pod's place on a node to a worker that takes tasks.")
    ] = "20s"
    room: Annotated[
        int | None,
        typer.Option(metavar="PODS", help="As many fit on the nodes that there are; else any number.", min=0),
    ] = None
    node_delay: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until a node that was ordered takes pods; else 60s.")
    ] = None
    start: Annotated[
        str | None,
        typer.Option(metavar="MOMENT", help="The time of the day at which it begins: 2026-11-30T08:30+05:30."),
    ] = None
    kubernetes_version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="The Kubernetes that it runs on; else that of its cluster.")
    ] = None
    keda_version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="The KEDA that scales; else that of its cluster.")
    ] = None

    @property
    def versions(self) -> Asked:
        """What runs it, where somebody says so. Raises SettingError."""
        return Asked(self.kubernetes_version, self.keda_version)

    def refuse_idle_start(self, found: Iterable[Chosen]) -> None:
        """Raise CommandError where no autoscaler goes by the time of the day."""
        crons = any(goes_by_clock(each.scaling.policy) for each in found)
        refuse_idle("cron triggers, and no autoscaler that is looked at has one", {"--start": self.start}, given=crons)

    def surroundings(self, prices: Path | None = None) -> Surroundings:
        """Return what a run meets beside its tasks. Raises CommandError and ScalingError."""
        refuse_idle(
            "--room: without it there is always room", {"--node-delay": self.node_delay}, given=self.room is not None
        )
        usual = ClusterModel().start
        takes = amounts.seconds("--pod-start", self.pod_start, zero=True)
        cluster = ClusterModel(
            start=min(usual, takes),
            ready=max(takes - usual, 0.0),
            nodes=Nodes(
                room=self.room, delay=amounts.seconds("--node-delay", self.node_delay or _NODE_DELAY, zero=True)
            ),
        )
        return Surroundings(
            cluster,
            prices=Prices.read(prices) if prices else None,
            start=amounts.moment("--start", self.start) if self.start else None,
        )
