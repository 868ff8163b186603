"""The pods of a workload: when each is made, runs, is ready, is told to stop and is gone."""

from bisect import bisect_right, insort
from dataclasses import dataclass

from examx_constructs.scaling.cluster import ClusterModel
from examx_constructs.scaling.metrics_server import FRESH
from examx_constructs.scaling.proposals import Measured
from examx_constructs.scaling.workers import Workers


@dataclass(slots=True)
class PodLife:
    """The life of a pod; moments are seconds of the simulation."""

    number: int
    created: float
    scheduled: float
    """When it had a place on a node: from then on its requests are held."""
    running: float
    ready: float
    deleted: float | None = None
    gone: float | None = None


class Fleet:
    """The pods that there are."""

    def __init__(self, cluster: ClusterModel, workers: Workers, replicas: int) -> None:
        self._cluster = cluster
        self._grace = workers.grace
        room = cluster.nodes.room
        self._free = None if room is None else max(room - replicas, 0)
        self._ordered: list[float] = []
        # Those that were there before the start are ready, and long known to all.
        long_ago = -(cluster.start + cluster.ready + cluster.cpu_initialization + 10 * cluster.metrics_resolution)
        self.lives = [PodLife(number, long_ago, long_ago, long_ago, long_ago) for number in range(replicas)]
        self.pods = list(self.lives)
        self._leaving: list[PodLife] = []
        self.settled = long_ago
        """From when on all pods are ready, and what they use is known in full."""

    def create(self, now: float, count: int) -> list[PodLife]:
        """Make so many pods."""
        made = [self._made(now, len(self.lives) + index) for index in range(count)]
        self.lives += made
        self.pods += made
        self._settle()
        return made

    def delete(self, now: float, count: int) -> list[PodLife]:
        """Tell so many pods to stop: those that would be ready last, so the youngest first.

        Source: Kubernetes 1.34.4, pkg/controller/controller_utils.go, ActivePodsWithRanks; that pods of like age are
        drawn by lot, and that crowded nodes come first, is not modelled.
        """
        if not count:
            return []
        self.pods.sort(key=lambda pod: (pod.ready, pod.number))
        stopped = self.pods[len(self.pods) - count :]
        del self.pods[len(self.pods) - count :]
        for pod in stopped:
            pod.deleted = now
            if self._free is not None and pod.scheduled <= now:
                self._free += 1
            elif self._free is not None:
                # The node that it waited for comes all the same.
                insort(self._ordered, pod.scheduled)
        self._leaving += stopped
        self._settle()
        return stopped

    def ready(self, now: float) -> int:
        """Return the ready pods, with those that were told to stop and are not gone (`getReadyPodsCount`)."""
        self._leaving = [pod for pod in self._leaving if pod.gone is None or pod.gone > now]
        return sum(pod.ready <= now for pod in (*self.pods, *self._leaving))

    def measured(self, now: float, sample: float, used: int, request: int | None, *, cpu: bool) -> Measured:
        """Return the pods as the HPA controller sorts them at a moment, by a look of metrics-server (`groupPods`).

        `used`: what one of them uses.
        """
        count = len(self.pods)
        if sample >= self.settled and now >= self.settled:
            return Measured(count, count * used, 0, 0, request)
        counted = unready = missing = 0
        for pod in self.pods:
            if pod.running > now:
                unready += 1
            elif sample < pod.running + FRESH:
                missing += 1
            elif cpu and self._is_unready(pod, now, sample):
                unready += 1
            else:
                counted += 1
        return Measured(counted, counted * used, unready, missing, request)

    def _is_unready(self, pod: PodLife, now: float, sample: float) -> bool:
        """Return whether its CPU time says nothing yet: it may be that of its start."""
        cluster = self._cluster
        if pod.scheduled + cluster.cpu_initialization > now:
            # What the look was measured over: from the one before, or from the start of the container.
            window = min(cluster.metrics_resolution, sample - pod.running)
            return pod.ready > now or sample < pod.ready + window
        # Once that is over only a pod that was never ready counts as unready.
        return pod.ready > now and cluster.initial_readiness > 0

    def _made(self, now: float, number: int) -> PodLife:
        cluster = self._cluster
        scheduled, pull = self._place(now)
        running = scheduled + pull + cluster.start
        return PodLife(number, now, scheduled, running, running + cluster.ready)

    def _place(self, now: float) -> tuple[float, float]:
        """Return when a new pod gets a place, and how long its node pulls the image."""
        nodes = self._cluster.nodes
        if self._free is None:
            return now, 0.0
        came = bisect_right(self._ordered, now)
        self._free += came
        del self._ordered[:came]
        if self._free > 0:
            self._free -= 1
            return now, 0.0
        # Places of nodes that come; pods take those of the earliest first.
        if not self._ordered:
            self._ordered = [now + nodes.delay] * nodes.per_node
        return self._ordered.pop(0), nodes.pull

    def _settle(self) -> None:
        resolution = self._cluster.metrics_resolution
        self.settled = max((max(pod.running + FRESH, pod.ready + resolution) for pod in self.pods), default=0.0)
