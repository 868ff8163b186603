"""When and how fast a workload scales."""

from typing import Literal, Self

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.duration import Duration
from examx_constructs.settings.refusal import SettingError, at_least, at_most

_WINDOW_MOST = Duration("3600s")
_PERIOD_MOST = Duration("1800s")


@value
class Replicas:
    """The least and the most replicas of an autoscaled workload."""

    minimum: int = setting(at_least(0, "replicas cannot be negative"))
    """What runs without any load. Only KEDA scales to 0."""
    maximum: int = setting(at_least(1, "an autoscaler needs room for one replica"))
    """What runs at the highest load, whatever the metrics ask for."""

    @classmethod
    def between(cls, minimum: int, maximum: int) -> Self:
        """Read as the environments' table writes it: `Replicas.between(2, 20)`."""
        return cls(minimum=minimum, maximum=maximum)

    def __attrs_post_init__(self) -> None:
        if self.minimum > self.maximum:
            raise SettingError(
                "Replicas.minimum",
                self.minimum,
                f"the most is the maximum, {self.maximum}: KEDA before 2.20 accepts it and then stops",
            )


@value
class Utilization:
    """Average CPU and memory use that the autoscaler aims at, in percent of the pods' requests.

    Leave one out (None) where it says nothing about load: the memory of a Redis replica is the size of its data.
    """

    cpu: int | None = setting(at_least(1, "a share of the request"), default=70)
    """Of the CPU request. 70 leaves room for the time that new pods take to start."""
    memory: int | None = setting(at_least(1, "a share of the request"), default=80)
    """Of the memory request."""

    def __attrs_post_init__(self) -> None:
        if self.cpu is None and self.memory is None:
            raise SettingError(
                "Utilization", None, "give cpu, memory or both: an HPA without metrics falls back to 80 % CPU"
            )


def _policy_window(given: object) -> str | None:
    outside = isinstance(given, Duration) and given > _WINDOW_MOST
    return f"the most is {_WINDOW_MOST}: the limit of autoscaling/v2 stabilization windows" if outside else None


def _policy_period(given: object) -> str | None:
    outside = isinstance(given, Duration) and not 0 < given.seconds <= _PERIOD_MOST.seconds
    return f"it must be 1s to {_PERIOD_MOST}: the limit of autoscaling/v2 policies" if outside else None


@value
class ScalingBehavior:
    """How fast an HPA moves, KEDA's included.

    The figures of the seed. Down after a 300 s stabilization window, up to 100 % per 15 s. Up by the larger of 70 % and
    4 pods per 15 s, without a window. This, not KEDA's cooldown, is the delay before a scale-down above zero.
    """

    period: Duration = setting(_policy_period, default=Duration("15s"))
    """The time that the steps count for, in both directions."""
    scale_down_window: Duration = setting(_policy_window, default=Duration("300s"))
    """How far back the highest wish counts, before replicas go."""
    scale_down_percent: int = setting(
        at_least(1, "0 would never scale down"), at_most(100, "a share of the pods"), default=100
    )
    """Of the replicas, how many may go in a period."""
    scale_up_window: Duration = setting(_policy_window, default=Duration("0s"))
    """How far back the lowest wish counts, before replicas come."""
    scale_up_percent: int = setting(at_least(1, "0 would never scale up"), default=70)
    """Of the replicas, how many may come in a period, where that is more than `scale_up_pods`."""
    scale_up_pods: int = setting(at_least(1, "0 would never scale up"), default=4)
    """The pods that may come in a period in any case."""


@value
class Fallback:
    """What KEDA assumes after a trigger failed to answer more often than the threshold in a row.

    KEDA 2.17 applies it to AverageValue triggers only: here the queue's, never cpu or memory.
    """

    failure_threshold: int = setting(at_least(1, "0 would fall back at once"))
    """The failures in a row that are borne."""
    replicas: int = setting(at_least(0, "replicas cannot be negative"))
    """The number to hold then."""
    behavior: Literal["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"] = "static"
    """`static` takes that number. The others hold what runs: always, or only where that is higher, or lower."""
