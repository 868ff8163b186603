"""The figures of a queue that a search may change, by the names that they have in an environment."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from attrs import evolve

from examx_constructs.manifests.scaling import RESOURCE_TRIGGERS
from examx_constructs.scaling import KedaPolicy
from examx_constructs.scaling.policy import Behavior, Direction, Limit
from examx_constructs.settings import Duration, Queue, Replicas, SettingError

_TIMES = frozenset({"up_window", "down_window"})


@dataclass(frozen=True, slots=True, order=True)
class Tunable:
    """What a search changes. Windows are in seconds."""

    minimum: int
    maximum: int
    per_pod: int
    """The tasks that one pod is worth: of the list, or of a backlog."""
    up_percent: int
    up_pods: int
    up_window: int
    down_window: int

    @classmethod
    def of(cls, queue: Queue) -> "Tunable":
        """Return the figures of a queue."""
        behavior = queue.behavior
        return cls(
            minimum=queue.replicas.minimum,
            maximum=queue.replicas.maximum,
            per_pod=queue.backlog.threshold if queue.backlog else queue.list_length,
            up_percent=behavior.scale_up_percent,
            up_pods=behavior.scale_up_pods,
            up_window=behavior.scale_up_window.seconds,
            down_window=behavior.scale_down_window.seconds,
        )

    def on_queue(self, queue: Queue) -> Queue:
        """Return the queue with these figures. Raises SettingError where they break a rule of the settings."""
        behavior = evolve(
            queue.behavior,
            scale_up_percent=self.up_percent,
            scale_up_pods=self.up_pods,
            scale_up_window=Duration.of(self.up_window),
            scale_down_window=Duration.of(self.down_window),
        )
        counted = (
            {"backlog": evolve(queue.backlog, threshold=self.per_pod)}
            if queue.backlog
            else {"list_length": self.per_pod}
        )
        return evolve(queue, replicas=Replicas.between(self.minimum, self.maximum), behavior=behavior, **counted)

    def is_allowed(self, queue: Queue) -> bool:
        """Return whether the settings accept it.

        They ask for a cooldown that outlasts the longest task where none is kept, and so on.
        """
        try:
            self.on_queue(queue)
        except SettingError:
            return False
        return True

    def on_policy(self, policy: KedaPolicy) -> KedaPolicy:
        """Return the policy with these figures, as the queue's construct would render it."""
        hpa, (first, *others) = policy.hpa, policy.triggers
        metric = replace(first.metric, target=self.per_pod * 1000)
        behavior = hpa.behavior
        return replace(
            policy,
            minimum=self.minimum,
            triggers=(replace(first, metric=metric), *others),
            hpa=replace(
                hpa,
                minimum=max(self.minimum, 1),
                maximum=self.maximum,
                metrics=(metric, *hpa.metrics[1:]),
                behavior=self._on_behavior(behavior) if behavior else None,
            ),
        )

    def _on_behavior(self, behavior: Behavior) -> Behavior:
        def limit(each: Limit) -> Limit:
            return replace(each, value=self.up_percent if each.percent else self.up_pods)

        up = Direction(tuple(map(limit, behavior.up.limits)), self.up_window, behavior.up.select, behavior.up.tolerance)
        return Behavior(up, replace(behavior.down, window=self.down_window))

    def on_manifest(self, scaled_object: Mapping[str, Any]) -> dict[str, Any]:
        """Return the ScaledObject with these figures, as the queue's construct would render it."""
        made = deepcopy(dict(scaled_object))
        spec = made["spec"]
        spec["minReplicaCount"], spec["maxReplicaCount"] = self.minimum, self.maximum
        counted = next(each for each in spec["triggers"] if each["type"] not in RESOURCE_TRIGGERS)["metadata"]
        counted["threshold" if "threshold" in counted else "listLength"] = str(self.per_pod)
        behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        behavior["scaleDown"]["stabilizationWindowSeconds"] = self.down_window
        behavior["scaleUp"]["stabilizationWindowSeconds"] = self.up_window
        for each in behavior["scaleUp"]["policies"]:
            each["value"] = self.up_percent if each["type"] == "Percent" else self.up_pods
        return made

    def differs(self, other: "Tunable") -> list[str]:
        """Return the figures that are not alike."""
        return [name for name in NAMES if getattr(self, name) != getattr(other, name)]

    def value(self, name: str) -> str:
        """Return a figure as it is written."""
        found = cast("int", getattr(self, name))
        return f"{found}s" if name in _TIMES else str(found)


NAMES = tuple(each.name for each in fields(Tunable))
"""The figures, in the order in which they are told."""

_PATHS = {
    "minimum": ("replicas", "minimum"),
    "maximum": ("replicas", "maximum"),
    "up_percent": ("behavior", "scale_up_percent"),
    "up_pods": ("behavior", "scale_up_pods"),
    "up_window": ("behavior", "scale_up_window"),
    "down_window": ("behavior", "scale_down_window"),
}


def path(name: str, queue: Queue) -> tuple[str, ...]:
    """Return where a figure is in an environment: `("queues", "default", "replicas", "minimum")`."""
    counted = ("backlog", "threshold") if queue.backlog else ("list_length",)
    return ("queues", queue.name, *_PATHS.get(name, counted))


def setting(name: str, queue: Queue) -> str:
    """Return the same within its queue: `replicas.minimum`."""
    return ".".join(path(name, queue)[2:])


def ladder(steps: Iterable[int], *also: int, most: int | None = None) -> list[int]:
    """Return values in their order, those included that are in use, none above `most` but these."""
    return sorted({*(each for each in steps if most is None or each <= most), *also})
