"""Controllers, pods and time: what happens from one look to the next.

The engine knows nothing of where tasks come from. It is given a `World`, which is a list of tasks and its workers in a
simulation, and a recording in a replay.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from math import inf
from typing import Protocol

from examx_constructs.scaling import outages as lost
from examx_constructs.scaling.calm import most_busy
from examx_constructs.scaling.cluster import ClusterModel
from examx_constructs.scaling.fleet import Fleet, PodLife
from examx_constructs.scaling.hpa import Controller
from examx_constructs.scaling.keda import Keda
from examx_constructs.scaling.metrics_server import MetricsServer
from examx_constructs.scaling.outages import Lost, Outage
from examx_constructs.scaling.policy import ExternalMetric, KedaPolicy, Policy, ResourceMetric, Trigger, hpa_of
from examx_constructs.scaling.proposals import Counts, external, resource
from examx_constructs.scaling.use import Use, amount
from examx_constructs.scaling.workers import Workers

_POLL = 0.001
"""How late KEDA's timer is each time: the next one begins with a poll, and not with its end (`startScaleLoop`)."""


# CPU is measured between two looks of metrics-server, which must both be seen before it counts.
_BEFORE = 3
_FEW = 8
"""Passing over fewer looks than these would save nothing."""


class World(Protocol):
    """What the controllers look at, and what pods do."""

    def advance(self, until: float) -> None:
        """Go on to this moment; moments never go back."""
        ...

    def waiting(self, now: float) -> float | None:
        """Return the length of the list; None where it cannot be read."""
        ...

    def running(self, now: float) -> int:
        """Return the tasks that are being worked on."""
        ...

    def observe(self, sample: float) -> None:
        """Let metrics-server look at this moment."""
        ...

    def use(self, resource: str) -> float:
        """Return what each pod used of a resource at its last look, as a share of its request."""
        ...

    def calm(self, limit: int, now: float) -> float:
        """Return until when no more slots are busy than these, and no task waits; `now` where that is not known."""
        ...

    def glide(self, until: float) -> None:
        """Go on to this moment, until which it is calm."""
        ...

    def begin(self, now: float, pod: PodLife) -> None:
        """Let a pod take tasks from now on."""
        ...

    def stop(self, now: float, pods: Sequence[PodLife]) -> None:
        """Let pods take no more tasks."""
        ...


class Engine:
    """One autoscaler and its workload over time."""

    def __init__(
        self,
        policy: Policy,
        workers: Workers,
        cluster: ClusterModel,
        world: World,
        *,
        replicas: int | None = None,
        outages: tuple[Outage, ...] = (),
        start: datetime | None = None,
        use: Use | None = None,
    ) -> None:
        hpa = hpa_of(policy)
        least = policy.minimum if isinstance(policy, KedaPolicy) else hpa.minimum
        self.replicas = least if replicas is None else replicas
        self.steps: list[tuple[float, int]] = [(0.0, self.replicas)]
        self.fleet = Fleet(cluster, workers, self.replicas)
        self._world, self._cluster, self._workers = world, cluster, workers
        self._keda = Keda(policy) if isinstance(policy, KedaPolicy) else None
        self._controller = Controller(
            hpa, tolerance=cluster.tolerance, down_window=cluster.down_window, versions=cluster.versions
        )
        self._metrics = MetricsServer(
            resolution=cluster.metrics_resolution,
            phase=cluster.metrics_phase,
            outages=lost.of(Lost.METRICS, outages),
        )
        self._lists, self._others = lost.of(Lost.REDIS, outages), lost.of(Lost.PROMETHEUS, outages)
        self._hung = lost.of(Lost.KEDA, outages) if self._keda else ()
        self._start = start
        self._now = 0.0
        self._sample: float | None = None
        self._metrics_fail = bool(lost.of(Lost.METRICS, outages))
        self._used: dict[str, int] = {}
        self._next_sample = 0.0 if any(isinstance(each, ResourceMetric) for each in hpa.metrics) else inf
        self._events: list[tuple[float, int, bool, PodLife]] = []
        self._triggers = self._keda.policy.triggers if self._keda else ()
        # Looks are counted from one of them, so that passing over some changes no digit of the others.
        self._first_look, self._looks, self._period = cluster.phase, 0, cluster.look + cluster.sync
        self._look = inf if self._keda and self._keda.is_stopped else cluster.phase
        self._limit = 0
        if isinstance(policy, KedaPolicy) and use and not outages:
            self._limit = most_busy(policy, workers, use, self._controller.tolerances)
        self._least, self._try_at = hpa.minimum, 0.0
        # Of the calm that is known: from when until when.
        self._calm = (0.0, 0.0)
        self._settles = 2 * cluster.metrics_resolution + self._period
        self._poll = cluster.phase if self._keda and _polls_matter(self._keda.policy, outages) else inf
        for pod in self.fleet.pods:
            world.begin(0.0, pod)

    def run(self, until: float) -> None:
        """Go on to this moment."""
        while (now := self.next_at) < until:
            self._now = now
            if now >= self._next_sample:
                self._observe(now)
            self._world.advance(now)
            if self._events and self._events[0][0] <= now:
                self._happen()
            elif now == self._poll and self._keda:
                self._do_poll(now, self._keda)
            else:
                self._do_look(now)
                if now >= self._try_at and self.replicas == self._least and self._limit and not self._events:
                    self._pass_calm(now, until)
        self._world.advance(until)

    @property
    def next_at(self) -> float:
        """When something happens next."""
        event = self._events[0][0] if self._events else inf
        return min(event, self._poll, self._look)

    def _observe(self, now: float) -> None:
        """Go to the last look of metrics-server."""
        self._used.clear()
        self._sample = self._metrics.last(now)
        self._next_sample = (now if self._sample is None else self._sample) + self._cluster.metrics_resolution
        if self._sample is not None:
            self._world.advance(self._sample)
            self._world.observe(self._sample)

    def _happen(self) -> None:
        moment, _, begins, pod = heappop(self._events)
        if begins:
            if pod.deleted is None or pod.deleted + self._workers.pre_stop > moment:
                self._world.begin(moment, pod)
        else:
            self._world.stop(moment, [pod])

    def _do_poll(self, now: float, keda: Keda) -> None:
        self._poll = now + keda.policy.polling + _POLL
        for each in self._hung:
            if now in each:
                return
        self._scale(now, keda.poll(now, self.replicas, self._count))
        if keda.is_stopped:
            # A pause ends the polls and takes the HPA away.
            self._poll = inf

    def _do_look(self, now: float) -> None:
        for each in self._hung:
            if now in each:
                self._first_look, self._looks, self._look = each.end, 0, each.end
                return
        self._plan(1)
        self._scale(now, self._controller.look(now, self.replicas, self._proposals))

    def _plan(self, looks: int) -> None:
        """Plan the next look so many periods after this one."""
        self._looks += looks
        self._look = self._first_look + self._looks * self._period

    def _pass_calm(self, now: float, until: float) -> None:
        """Pass over looks that change nothing, and go on some of them before the first that might."""
        if self.fleet.settled >= now:
            return
        since, end = self._calm
        since, end = (since if now < end else now), self._world.calm(self._limit, now)
        self._calm = (since, end)
        if end <= now:
            self._try_at = now + _FEW * self._period
            return
        if now - since < self._settles:
            # What was used before counts a little longer.
            return
        looks = int((min(end, until) - now) / self._period) - _BEFORE
        if looks <= _FEW:
            self._try_at = max(min(end, until), now + _FEW * self._period)
            return
        self._plan(looks - 1)
        self._next_sample = self._look
        self._world.glide(self._look)
        self._plan(1)

    def _proposals(self) -> list[int | None]:
        """Return what each metric of the HPA asks for now."""
        asked, outside = list[int | None](), 0
        for metric in self._controller.policy.metrics:
            if isinstance(metric, ResourceMetric):
                asked.append(self._of_resource(metric))
            else:
                asked.append(self._of_trigger(outside, metric))
                outside += 1
        return asked

    def _of_trigger(self, index: int, metric: ExternalMetric) -> int | None:
        amount = self._keda.told(index, self.replicas, self._count) if self._keda else None
        if amount is None:
            return None
        made = len(self.fleet.pods)
        counts = Counts(self.replicas, made, made if metric.per_pod else self.fleet.ready(self._now))
        return external(metric, amount, counts, self._controller.tolerances)

    def _of_resource(self, metric: ResourceMetric) -> int | None:
        sample, now = self._sample, self._now
        # What was seen before an outage is not served in it.
        if sample is None or (self._metrics_fail and self._metrics.last(now) is None):
            return None
        name = metric.resource
        cpu = name == "cpu"
        request = self._workers.cpu if cpu else self._workers.memory
        if name not in self._used:
            self._used[name] = amount(self._world.use(name), request, cpu=cpu)
        # Memory counts in thousandths of a byte there, as everything does.
        request = request if cpu or request is None else request * 1000
        pods = self.fleet.measured(now, sample, self._used[name], request, cpu=cpu)
        return resource(metric, pods, self.replicas, self._controller.tolerances)

    def _count(self, trigger: Trigger) -> float | None:
        """Return what the source of a trigger answers now."""
        now = self._now
        if trigger.cron:
            moment = (self._start or datetime.fromtimestamp(0, trigger.cron.zone)) + timedelta(seconds=now)
            return trigger.cron.replicas if trigger.cron.is_active(moment) else 0.0
        for each in self._others if trigger.counts_running else self._lists:
            if now in each:
                return None
        waiting = self._world.waiting(now)
        return waiting if waiting is None or not trigger.counts_running else waiting + self._world.running(now)

    def _scale(self, now: float, replicas: int) -> None:
        before, self.replicas = self.replicas, replicas
        if replicas == before:
            return
        self.steps.append((now, replicas))
        self._calm = (now, now)
        if replicas > before:
            for pod in self.fleet.create(now, replicas - before):
                heappush(self._events, (pod.ready, pod.number, True, pod))
            return
        stopped = self.fleet.delete(now, before - replicas)
        pause = self._workers.pre_stop
        if pause:
            for pod in stopped:
                heappush(self._events, (now + pause, pod.number, False, pod))
        else:
            self._world.stop(now, stopped)


def _polls_matter(policy: KedaPolicy, outages: tuple[Outage, ...]) -> bool:
    """Return whether KEDA's own polls change anything.

    With a least of one, nothing to idle to and no error, they do not.
    """
    cached = any(each.cached for each in policy.triggers)
    stops = policy.minimum == 0 or policy.idle is not None or policy.paused_at is not None
    return not policy.is_paused and (stops or cached or bool(outages))
