"""The HPA controller: from what metrics ask for to the replicas that it sets, one look at a time.

Source: Kubernetes 1.34.4, pkg/controller/podautoscaler/horizontal.go: `reconcileAutoscaler`,
`computeReplicasForMetrics`, `stabilizeRecommendationWithBehaviors`, `convertDesiredReplicasWithBehaviorRate` and, for
an HPA without a behavior, `stabilizeRecommendation` and `convertDesiredReplicasWithRules`.
"""

from collections import deque
from collections.abc import Callable, Iterable
from math import ceil

from examx_constructs.manifests import Versions
from examx_constructs.scaling.policy import Direction, HpaPolicy, Limit, Select
from examx_constructs.scaling.proposals import Tolerances

TOLERANCE_FIELD = "1.35"
"""The version of Kubernetes from which on `tolerance` of a behavior counts.

Before, its gate is off by default (pkg/features/kube_features.go, HPAConfigurableTolerance) and the API server drops
the field.
"""

_UP_FACTOR, _UP_LEAST = 2.0, 4.0


class Controller:
    """What the controller remembers of one HPA, and what it decides by it."""

    def __init__(
        self, policy: HpaPolicy, *, tolerance: float, down_window: float, versions: Versions | None = None
    ) -> None:
        self.policy = policy
        self.tolerances = tolerances(policy, tolerance, versions or Versions())
        self._behaves = policy.behavior is not None
        self._up = _Side(policy.behavior.up if policy.behavior else None, 0)
        self._down = _Side(policy.behavior.down if policy.behavior else None, down_window)
        # The highest of those in the way down's window, the lowest of those in the way up's: only these ever count.
        self._highest: deque[tuple[float, int]] = deque()
        self._lowest: deque[tuple[float, int]] = deque()
        self._began = False

    def look(self, now: float, replicas: int, proposals: Callable[[], Iterable[int | None]]) -> int:
        """Return the replicas after a look at a moment.

        `proposals` gives what each metric asks for, and None for one that cannot be had. It is not asked where the
        controller does not ask either.
        """
        if not self._began:
            self._began = True
            self._remember(now, replicas)
        policy = self.policy
        if replicas == 0 and policy.minimum:
            return 0
        if replicas > policy.maximum:
            after = policy.maximum
        elif replicas < policy.minimum:
            after = policy.minimum
        else:
            wanted = _wanted(proposals(), replicas)
            if wanted is None:
                return replicas
            after = self._behaved(now, replicas, wanted) if self._behaves else self._ruled(now, replicas, wanted)
        if after != replicas and self._behaves:
            side = self._up if after > replicas else self._down
            side.changed(now, abs(after - replicas))
        return after

    def quiet_at(self, now: float, wanted: int) -> bool:
        """Return whether a look that wants no more than `wanted` finds nothing higher in the way down's window."""
        while self._highest and self._is_past(self._highest[0][0], now):
            self._highest.popleft()
        return not self._highest or self._highest[0][1] <= wanted

    def _behaved(self, now: float, replicas: int, wanted: int) -> int:
        up, down = wanted, wanted
        lowest, highest = self._lowest, self._highest
        while lowest and lowest[0][0] <= now - self._up.window:
            lowest.popleft()
        while highest and highest[0][0] <= now - self._down.window:
            highest.popleft()
        if lowest:
            up = min(up, lowest[0][1])
        if highest:
            down = max(down, highest[0][1])
        stable = min(max(replicas, up), down)
        self._remember(now, wanted)
        if stable > replicas:
            most = max(self._up.limit(now, replicas, self._up, self._down, way=1), replicas)
            return min(stable, self.policy.maximum, most)
        if stable < replicas and replicas > self.policy.minimum:
            least = min(self._down.limit(now, replicas, self._up, self._down, way=-1), replicas)
            return max(stable, self.policy.minimum, least)
        # At the fewest nothing limits a way down that is not gone.
        return max(stable, self.policy.minimum)

    def _ruled(self, now: float, replicas: int, wanted: int) -> int:
        self.quiet_at(now, wanted)
        stable = max(wanted, self._highest[0][1]) if self._highest else wanted
        self._remember(now, wanted)
        most = min(self.policy.maximum, int(max(_UP_FACTOR * replicas, _UP_LEAST)))
        return self.policy.minimum if stable < self.policy.minimum else min(stable, most)

    def _is_past(self, moment: float, now: float) -> bool:
        # The older rules keep what is as old as the window, the newer ones do not.
        return moment <= now - self._down.window if self._behaves else moment < now - self._down.window

    def _remember(self, now: float, wanted: int) -> None:
        highest, lowest = self._highest, self._lowest
        while highest and highest[-1][1] <= wanted:
            highest.pop()
        highest.append((now, wanted))
        if self._up.window:
            while lowest and lowest[-1][1] >= wanted:
                lowest.pop()
            lowest.append((now, wanted))


def tolerances(policy: HpaPolicy, tolerance: float, versions: Versions) -> Tolerances:
    """Return how far a metric may be off for this HPA (`tolerancesForHpa`)."""
    behavior = policy.behavior
    if behavior is None or not versions.kubernetes_has(TOLERANCE_FIELD):
        return Tolerances(tolerance, tolerance)
    down, up = behavior.down.tolerance, behavior.up.tolerance
    return Tolerances(tolerance if down is None else down, tolerance if up is None else up)


def _wanted(proposals: Iterable[int | None], replicas: int) -> int | None:
    """Return the highest proposal.

    None where the look fails: all of them did, or some did and the rest would scale down.
    """
    wanted, failed, any_ = 0, False, False
    for each in proposals:
        if each is None:
            failed = True
        else:
            any_ = True
            wanted = max(wanted, each)
    if not any_ or (failed and wanted < replicas):
        return None
    return wanted


class _Side:
    """One direction: its limits, and how much it changed lately."""

    def __init__(self, direction: Direction | None, window: float) -> None:
        self.window = window if direction is None or direction.window is None else float(direction.window)
        self._limits: tuple[Limit, ...] = direction.limits if direction else ()
        self._select = direction.select if direction else Select.MAX
        self._longest = max((each.period for each in self._limits), default=0)
        self._changes: list[tuple[float, int]] = []

    def changed(self, now: float, pods: int) -> None:
        """Remember a change, in the place of one that is older than this direction's longest period.

        Only one is replaced (`storeScaleEvent`): others of that age go on counting in longer periods of the other
        direction.
        """
        changes, oldest = self._changes, now - self._longest
        for index in range(len(changes) - 1, -1, -1):
            if changes[index][0] < oldest:
                changes[index] = (now, pods)
                return
        changes.append((now, pods))

    def within(self, now: float, period: int) -> int:
        """Return how many pods changed this way within a period."""
        return sum(pods for moment, pods in self._changes if moment > now - period)

    def limit(self, now: float, replicas: int, up: "_Side", down: "_Side", *, way: int) -> int:
        """Return its limit (`calculateScaleUpLimitWithScalingRules`, `calculateScaleDownLimitWithBehaviors`)."""
        if self._select is Select.DISABLED:
            return replicas
        reached: list[int] = []
        for each in self._limits:
            start = replicas - up.within(now, each.period) + down.within(now, each.period)
            if not each.percent:
                reached.append(start + way * each.value)
            elif way > 0:
                # Rounded up, or few replicas would never become more.
                reached.append(ceil(start * (1 + each.value / 100)))
            else:
                reached.append(int(start * (1 - each.value / 100)))
        if not reached:
            return replicas
        furthest, nearest = (max, min) if way > 0 else (min, max)
        return nearest(reached) if self._select is Select.MIN else furthest(reached)
