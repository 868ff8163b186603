"""The triggers of ScaledObjects, by the names that their numbers have in the API of external metrics."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from examx_constructs.manifests import Object, items, text
from examx_constructs.manifests.scaling import REDIS_TRIGGERS, RESOURCE_TRIGGERS, autoscaler_of


@dataclass(frozen=True, slots=True)
class Source:
    """A number that KEDA gives an HPA: its metric's name, whose it is, and the list that it counts, if it is one."""

    metric: str
    scaled_object: str
    worker: str
    kind: str
    queue: str

    def __str__(self) -> str:
        """Return it as people say it."""
        return f"queue {self.queue}" if self.queue else f"{self.kind} trigger"


def sources(scaled: Iterable[Object]) -> Iterator[tuple[str, str]]:
    """Return what each metric counts, in words, by the metric's name."""
    return ((each.metric, str(each)) for one in scaled for each in of(one))


def of(scaled: Object) -> Iterator[Source]:
    """Yield the numbers of a ScaledObject. KEDA lists their names in the order of its triggers, without CPU and memory.

    Source: KEDA 2.17.2, controllers/keda/hpa.go, `getScaledObjectMetricSpecs`, `status.externalMetricNames`.
    """
    scaler = autoscaler_of(scaled)
    outside = [each for each in scaler.triggers if each["type"].text not in RESOURCE_TRIGGERS]
    names = items(scaled, "status", "externalMetricNames")
    for trigger, name in zip(outside, names, strict=False):
        kind = trigger["type"].text
        queue = trigger["metadata"]["listName"].text if kind in REDIS_TRIGGERS else ""
        if isinstance(name, str):
            yield Source(name, text(scaled, "metadata", "name"), scaler.target_name, kind, queue)
