"""KEDA's part: polls, the steps between zero and one, cooldown, fallback, and what the HPA is told.

Source: KEDA 2.17.2, pkg/scaling/executor/scale_scaledobjects.go (`RequestScale`, `scaleToZeroOrIdle`,
`scaleFromZeroOrIdle`), pkg/scaling/scale_handler.go (`getScaledObjectState`, `GetScaledObjectMetrics`,
`performGetScalersCache`), pkg/scaling/scalers_builder.go and pkg/fallback/fallback.go.
"""

from collections.abc import Callable
from math import floor

from examx_constructs.scaling.policy import Fallback, FallbackBehavior, KedaPolicy, Trigger

Count = Callable[[Trigger], float | None]
"""What the source of a trigger answers now; None while it does not."""


class Keda:
    """What the operator remembers of one ScaledObject, and what it does by it."""

    def __init__(self, policy: KedaPolicy, *, created: float = 0.0, last_active: float | None = None) -> None:
        self.policy = policy
        self._created = created
        self._last_active = last_active
        # The scalers are built at the first use, and again after each error.
        self._built = False
        self._failures = [0] * len(policy.triggers)
        self._seen: list[float | None] = [None] * len(policy.triggers)

    @property
    def is_stopped(self) -> bool:
        """Whether an annotation stops the polls and removes the HPA."""
        return self.policy.is_paused or self.policy.paused_at is not None

    def poll(self, now: float, replicas: int, count: Count) -> int:
        """Return the replicas after a poll (`checkScalers`)."""
        if self.policy.paused_at is not None:
            return self.policy.paused_at
        if not self._build(count):
            # Without scalers there is no state, and nothing is done.
            return replicas
        active = not self.policy.triggers
        failed = False
        for index, trigger in enumerate(self.policy.triggers):
            seen = count(trigger)
            self._seen[index] = seen
            if seen is None:
                failed = True
            elif seen > trigger.activation:
                active = True
        if failed:
            self._forget()
        return self._request(now, replicas, active=active, failed=failed)

    def told(self, index: int, replicas: int, count: Count) -> int | None:
        """Return what the HPA gets for the metric of a trigger, in thousandths; None for an error.

        A failure counts towards the fallback only where the scalers can be built. Those of Redis connect when they are
        built. So of an outage only the first failure is counted, and none if a poll came before it.
        """
        trigger = self.policy.triggers[index]
        if not self._build(count):
            return None
        seen = self._seen[index] if trigger.cached else None
        if seen is None:
            seen = count(trigger)
        if seen is not None:
            self._failures[index] = 0
            return int(seen * 1000)
        self._failures[index] += 1
        fallback = self.policy.fallback
        if fallback and trigger.metric.per_pod and self._failures[index] > fallback.threshold:
            # The target is cut to whole tasks there.
            return trigger.metric.target // 1000 * 1000 * _fallen_back(fallback, replicas)
        self._forget()
        return None

    def _build(self, count: Count) -> bool:
        """Return whether there are scalers. One that does not connect leaves none of them."""
        if not self._built:
            self._built = all(count(each) is not None for each in self.policy.triggers if each.connects)
        return self._built

    def _forget(self) -> None:
        self._built = False
        self._seen = [None] * len(self._seen)

    def _request(self, now: float, replicas: int, *, active: bool, failed: bool) -> int:
        policy, idle = self.policy, self.policy.idle
        if active:
            if replicas == 0 or (idle is not None and replicas < policy.minimum):
                self._last_active = floor(now)
                return max(policy.minimum, 1)
            if not failed:
                # The API keeps whole seconds, cut off.
                self._last_active = floor(now)
            return replicas
        if failed and (policy.fallback is None or policy.fallback.replicas != 0):
            return replicas
        if (idle is not None and replicas > idle) or (replicas > 0 and policy.minimum == 0):
            return self._least() if self._has_cooled(now) else replicas
        if replicas < policy.minimum and idle is None:
            return policy.minimum
        return replicas

    def _least(self) -> int:
        return self.policy.minimum if self.policy.idle is None else self.policy.idle

    def _has_cooled(self, now: float) -> bool:
        if self._last_active is None:
            return self._created + self.policy.initial_cooldown < now
        return self._last_active + self.policy.cooldown < now


def _fallen_back(fallback: Fallback, replicas: int) -> int:
    match fallback.behavior:
        case FallbackBehavior.CURRENT:
            return replicas
        case FallbackBehavior.CURRENT_IF_HIGHER:
            return max(replicas, fallback.replicas)
        case FallbackBehavior.CURRENT_IF_LOWER:
            return min(replicas, fallback.replicas)
        case _:
            return fallback.replicas
