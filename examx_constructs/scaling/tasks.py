"""A list of tasks and the slots of the workers that take them, as Redis and Celery behave.

The list is first in, first out, and each worker takes no more tasks than it has free slots: Celery with late
acknowledgement and a prefetch multiplier of 1. What a killed worker had comes back to the front of the list once the
visibility timeout is over (kombu 5.6, kombu/transport/redis.py, `restore_visible`).

Everything here is made for speed: between two looks of a controller tasks are taken in one loop over plain lists.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import accumulate
from math import inf

from examx_constructs.scaling.fleet import PodLife
from examx_constructs.scaling.outages import Outage
from examx_constructs.scaling.workers import Use, Workers

NEVER = inf
"""When something happened that did not."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A task whose pod was killed, and what was lost of it."""

    task: int
    pod: int
    at: float
    lost: float


class Tasks:
    """What waits, what runs, and when each task began."""

    def __init__(
        self,
        arrivals: Sequence[float],
        durations: Sequence[float],
        workers: Workers,
        *,
        use: Use,
        outages: tuple[Outage, ...] = (),
    ) -> None:
        self.sent = _sent(arrivals, outages)
        """When each came to the list; in an outage its sender goes on when that is over."""
        self.durations = durations
        self.started: list[float] = [NEVER] * len(self.sent)
        self.pods: list[int] = [-1] * len(self.sent)
        self.cuts: list[Cut] = []
        self._workers, self._use = workers, use
        self._pauses = list(outages)
        # Free from when on, and which: a pod's slots have the numbers from its own times the concurrency on.
        self._slots: list[tuple[float, int]] = []
        self._holds: list[int] = []
        self._next = 0
        self._seen = 0
        self._returned: list[tuple[float, int]] = []
        self._worked = list(accumulate(durations, initial=0.0))
        self._corrected = 0.0
        # At the last look of metrics-server: when it was, what had been worked until then, and the shares since.
        self._sampled = (0.0, 0.0)
        self._busy = {"cpu": 0.0, "memory": 0.0}

    def __len__(self) -> int:
        return len(self.sent)

    @property
    def is_done(self) -> bool:
        """Whether all tasks were taken, and none will come back."""
        return self._next == len(self.sent) and not self._returned

    def waiting(self, now: float) -> int:
        """The length of the list, once all that was taken before `now` is gone from it."""
        self._seen = bisect_right(self.sent, now, self._seen)
        back = sum(at <= now for at, _ in self._returned) if self._returned else 0
        return self._seen - self._next + back

    def running(self, now: float) -> int:
        """The slots that are busy."""
        return len(self._slots) - bisect_right(self._slots, (now, NEVER))

    def observe(self, sample: float) -> None:
        """metrics-server looks: CPU counts since its last look, memory now."""
        ahead = self._slots[bisect_right(self._slots, (sample, NEVER)) :]
        left = sum([free for free, _ in ahead]) - sample * len(ahead)
        worked = self._worked[self._next] + self._corrected - left
        (then, before), size = self._sampled, len(self._slots) or 1
        self._sampled = (sample, worked)
        over = (sample - then) * size
        self._busy["cpu"] = min(max((worked - before) / over, 0.0), 1.0) if over > 0 else 0.0
        self._busy["memory"] = len(ahead) / size

    def use(self, resource: str) -> float:
        """What each pod used at that look, as a share of its request. All are taken to be equally busy."""
        return self._use.of(resource, self._busy[resource])

    def last_finish(self) -> float:
        """When the last of those that run is done."""
        return self._slots[-1][0] if self._slots else 0.0

    def begin(self, now: float, pod: PodLife) -> None:
        """A worker begins to take tasks."""
        size = self._workers.concurrency
        first = pod.number * size
        self._holds += [-1] * (first + size - len(self._holds))
        for slot in range(first, first + size):
            insort(self._slots, (now, slot))

    def stop(self, now: float, pods: Sequence[PodLife]) -> None:
        """Workers are told to stop: they take nothing, and work on until they are done or killed."""
        size = self._workers.concurrency
        stopped = {pod.number: pod for pod in pods}
        for pod in pods:
            pod.gone = now
        kept: list[tuple[float, int]] = []
        for free, slot in self._slots:
            pod = stopped.get(slot // size)
            if pod is None:
                kept.append((free, slot))
            elif free > now:
                self._corrected -= free - now
                self._end(now, pod, free, self._holds[slot])
        self._slots = kept

    def advance(self, until: float) -> None:
        """Take the tasks that are taken before this moment."""
        while self._pauses and self._pauses[0].start < until:
            pause = self._pauses[0]
            self._take(pause.start)
            if until < pause.end:
                return
            # Nobody is free before it is over.
            self._slots = sorted((max(free, pause.end), slot) for free, slot in self._slots)
            del self._pauses[0]
        self._take(until)

    def _take(self, until: float) -> None:
        if self._returned:
            self._take_with_returned(until)
            return
        sent, durations, slots = self.sent, self.durations, self._slots
        started, pods, holds = self.started, self.pods, self._holds
        size = self._workers.concurrency
        index, end = self._next, len(sent)
        if not slots:
            return
        while index < end:
            at = sent[index]
            free, slot = slots[0]
            if free > at:  # noqa: PLR1730 - `max` takes three times as long
                at = free
            if at >= until:
                break
            del slots[0]
            insort(slots, (at + durations[index], slot))
            started[index] = at
            pods[index] = slot // size
            holds[slot] = index
            index += 1
        self._next = index

    def _take_with_returned(self, until: float) -> None:
        """The same, where tasks come back to the front of the list."""
        while self._slots:
            free, slot = self._slots[0]
            back = max(free, self._returned[0][0]) if self._returned else NEVER
            new = max(free, self.sent[self._next]) if self._next < len(self.sent) else NEVER
            at = min(back, new)
            if at >= until:
                return
            if back <= new:
                task = heappop(self._returned)[1]
                self._corrected += self.durations[task]
            else:
                task = self._next
                self._next += 1
            del self._slots[0]
            insort(self._slots, (at + self.durations[task], slot))
            self.started[task], self.pods[task] = at, slot // self._workers.concurrency
            self._holds[slot] = task

    def _end(self, now: float, pod: PodLife, free: float, task: int) -> None:
        """What becomes of a task in a pod that stops."""
        stops = (pod.deleted if pod.deleted is not None else now) + self._workers.grace
        if free <= stops:
            pod.gone = max(pod.gone or now, free)
            return
        pod.gone = max(stops, now)
        began = self.started[task]
        self.cuts.append(Cut(task, pod.number, pod.gone, pod.gone - began))
        self.started[task] = NEVER
        heappush(self._returned, (max(began + self._workers.visibility, pod.gone), task))


def _sent(arrivals: Sequence[float], outages: tuple[Outage, ...]) -> list[float]:
    sent = list(arrivals)
    for each in outages:
        first, last = bisect_left(sent, each.start), bisect_left(sent, each.end)
        sent[first:last] = [each.end] * (last - first)
    return sent
