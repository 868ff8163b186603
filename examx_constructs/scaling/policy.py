"""What an autoscaler is told, as values: the figures of a HorizontalPodAutoscaler and of a ScaledObject.

Amounts are in thousandths, as the HPA controller counts them (`MilliValue`): 10 tasks are 10000, half a CPU is 500.
"""

from dataclasses import dataclass
from enum import StrEnum

from examx_constructs.scaling.cron import CronWindow


class Select(StrEnum):
    """Which of several limits of a direction counts (autoscaling/v2, `selectPolicy`)."""

    MAX = "Max"
    MIN = "Min"
    DISABLED = "Disabled"


@dataclass(frozen=True, slots=True)
class Limit:
    """How much one direction may change within a period: so many pods, or so many percent."""

    value: int
    period: int
    """Seconds."""
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Direction:
    """How fast it goes one way."""

    limits: tuple[Limit, ...]
    window: int | None
    """Seconds of the stabilization window; None: what the controller was started with."""
    select: Select = Select.MAX
    tolerance: float | None = None
    """Of this direction alone; the cluster's where it is None."""


@dataclass(frozen=True, slots=True)
class Behavior:
    """How fast it scales, both ways."""

    up: Direction
    down: Direction


DEFAULT_UP = Direction((Limit(4, 15), Limit(100, 15, percent=True)), 0)
"""Where a behavior says nothing of the way up (Kubernetes 1.34, pkg/apis/autoscaling/v2/defaults.go)."""

DEFAULT_DOWN = Direction((Limit(100, 15, percent=True),), None)
"""Where a behavior says nothing of the way down (the same file)."""


@dataclass(frozen=True, slots=True)
class ExternalMetric:
    """A number from outside of the pods, such as the length of a list."""

    target: int
    per_pod: bool = True
    """AverageValue, the whole divided by the replicas; else Value, the whole."""


@dataclass(frozen=True, slots=True)
class ResourceMetric:
    """What pods use of a resource."""

    resource: str
    """`cpu` or `memory`."""
    target: int
    """Percent of the request, or thousandths of an amount."""
    utilization: bool = True


Metric = ExternalMetric | ResourceMetric


@dataclass(frozen=True, slots=True)
class HpaPolicy:
    """A HorizontalPodAutoscaler. Without a behavior the controller goes by its older rules."""

    minimum: int
    maximum: int
    metrics: tuple[Metric, ...]
    behavior: Behavior | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger of a ScaledObject that gives the HPA a number from outside."""

    metric: ExternalMetric
    activation: float = 0.0
    """It is active above this number."""
    counts_running: bool = False
    """Whether tasks that are being worked on count too, beside those that wait."""
    connects: bool = True
    """Whether KEDA makes a connection when it builds the scaler, as for Redis: without one it builds none."""
    cached: bool = False
    """Whether the HPA is given what the last poll saw (`useCachedMetrics`)."""
    cron: CronWindow | None = None
    """A time of the day instead of a backlog."""


class FallbackBehavior(StrEnum):
    """What becomes of the replicas while a trigger fails (KEDA 2.17, `FallbackBehavior…`)."""

    STATIC = "static"
    CURRENT = "currentReplicas"
    CURRENT_IF_HIGHER = "currentReplicasIfHigher"
    CURRENT_IF_LOWER = "currentReplicasIfLower"


@dataclass(frozen=True, slots=True)
class Fallback:
    """What the HPA is told once a trigger failed more than `threshold` times in a row."""

    threshold: int
    replicas: int
    behavior: FallbackBehavior = FallbackBehavior.STATIC


@dataclass(frozen=True, slots=True)
class KedaPolicy:
    """A ScaledObject, with the HPA that KEDA makes of it."""

    hpa: HpaPolicy
    triggers: tuple[Trigger, ...]
    """Those with a number from outside, in the order of the HPA's external metrics."""
    minimum: int = 0
    """`minReplicaCount`, which may be 0 where the HPA's is 1."""
    polling: int = 30
    cooldown: int = 300
    initial_cooldown: int = 0
    idle: int | None = None
    fallback: Fallback | None = None
    paused_at: int | None = None
    """The replicas that an annotation holds."""
    is_paused: bool = False
    """Whether an annotation stops everything where it is."""


Policy = HpaPolicy | KedaPolicy


def goes_by_clock(policy: Policy) -> bool:
    """Return whether a trigger is of a time of the day, so that it matters when a simulation begins."""
    return isinstance(policy, KedaPolicy) and any(each.cron for each in policy.triggers)


def hpa_of(policy: Policy) -> HpaPolicy:
    """Return the HPA, of whichever made it."""
    return policy.hpa if isinstance(policy, KedaPolicy) else policy
