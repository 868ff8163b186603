"""What is told of a run: waits, pods, hours, and what went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from examx_cli.scale import words
from examx_constructs.scaling import Prices, Run

PERCENTILES = (0.5, 0.95, 0.99)

JsonObject = dict[str, object]


@dataclass(frozen=True, slots=True)
class Figures:
    """A run in figures; times are in seconds."""

    tasks: int
    waits: Mapping[float, float]
    """By the share of the tasks that do not exceed it."""
    longest: float
    drained: float
    """From the last task's arrival until all are done; infinity where they are not."""
    most: int
    pod_hours: float
    cpu_hours: float
    memory_hours: float
    cost: float | None
    cut: int
    """Tasks that a grace period cut."""
    unfinished: int
    span: float
    """How long the run is."""

    @classmethod
    def of(cls, run: Run, prices: Prices | None = None, *, percentiles: tuple[float, ...] = PERCENTILES) -> "Figures":
        """Return the figures of a run."""
        last = run.arrivals[-1] if len(run) else 0.0
        return cls(
            tasks=len(run),
            waits={each: float(run.wait(each)) for each in percentiles},
            longest=max(run.waits, default=0.0),
            drained=float(run.drain_time(last)),
            most=run.most_replicas,
            pod_hours=run.pod_hours,
            cpu_hours=run.cpu_hours,
            memory_hours=run.memory_hours,
            cost=run.cost(prices) if prices else None,
            cut=run.cut_tasks,
            unfinished=run.unfinished,
            span=run.until,
        )

    def document(self) -> JsonObject:
        """Return it for a machine; null is what has no end."""
        cost = {} if self.cost is None else {"cost": words.finite(self.cost)}
        return {
            "tasks": self.tasks,
            "wait_seconds": {
                **{words.percentile(each): words.finite(wait) for each, wait in self.waits.items()},
                "longest": words.finite(self.longest),
            },
            "drained_seconds": words.finite(self.drained),
            "most_pods": self.most,
            "pod_hours": words.finite(self.pod_hours),
            "cpu_hours": words.finite(self.cpu_hours),
            "memory_gib_hours": words.finite(self.memory_hours),
            **cost,
            "cut_tasks": self.cut,
            "unfinished_tasks": self.unfinished,
            "span_seconds": words.finite(self.span),
        }
