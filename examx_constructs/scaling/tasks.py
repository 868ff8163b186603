"""A list of tasks and the slots of the workers that take them, as Redis and Celery behave.

The list is first in, first out. Workers that wait are served in turn, and each takes one task after another, no more
than it may hold. That is as many as it has slots with a prefetch multiplier of 1, more with a higher one. What it holds
beyond its slots waits within it, first in, first out, and no other worker gets it. Tasks are acknowledged late. A pool
of greenlets that is full looks only now and then whether a slot is free again. What a killed worker had comes back to
the front of the list once the visibility timeout is over (kombu 5.7, kombu/transport/redis.py, `restore_visible`). What
waits in one that stops warm comes back at its end, the last one first (`restore_unacked`).

Everything here is made for speed: between two looks of a controller tasks are taken in one loop over plain lists.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import accumulate
from math import ceil, inf

from examx_constructs.scaling.calm import end_of_calm, nominal_ends
from examx_constructs.scaling.fleet import PodLife
from examx_constructs.scaling.outages import Outage
from examx_constructs.scaling.use import Use
from examx_constructs.scaling.workers import Workers

_SHORT, _LONG = 128, 4096
"""How many tasks are looked at for calm: few at first, more while it lasts."""

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
        # When each worker takes a task next, in its turn, and what each is doing until when.
        self._free: list[tuple[float, int, int]] = []
        self._doing: dict[int, list[tuple[float, int]]] = {}
        self._turn = 0
        self._next = 0
        self._seen = 0
        # What comes back when, in which order, and when those were taken that wait within a worker.
        self._returned: list[tuple[float, int, int]] = []
        self._taken: dict[int, float] = {}
        self._worked = list(accumulate(durations, initial=0.0))
        self._corrected = 0.0
        # At the last look of metrics-server: when it was, what had been worked until then, and the shares since.
        self._sampled = (0.0, 0.0)
        self._busy = {"cpu": 0.0, "memory": 0.0}
        self._ahead = _SHORT
        # Until when it is known to be so calm that workers take in turn.
        self._in_turn = 0.0
        self._longest = max(durations, default=0.0)

    def __len__(self) -> int:
        return len(self.sent)

    @property
    def is_done(self) -> bool:
        """Whether all tasks were taken, and none will come back."""
        return self._next == len(self.sent) and not self._returned

    def waiting(self, now: float) -> int:
        """Return the length of the list, once all that was taken before `now` is gone from it."""
        self._seen = bisect_right(self.sent, now, self._seen)
        back = sum(at <= now for at, _, _ in self._returned) if self._returned else 0
        return self._seen - self._next + back

    def running(self, now: float) -> int:
        """Return the slots that are busy."""
        last, size = len(self.sent), self._workers.concurrency
        return sum(min(len(doing) - bisect_right(doing, (now, last)), size) for doing in self._doing.values())

    def observe(self, sample: float) -> None:
        """Let metrics-server look: CPU counts since its last look, memory now."""
        busy, left, slots = 0, 0.0, self._workers.concurrency
        for doing in self._doing.values():
            ahead = doing[bisect_right(doing, (sample, len(self.sent))) :]
            if len(ahead) <= slots:
                busy += len(ahead)
                left += sum([end for end, _ in ahead]) - sample * len(ahead)
            else:
                busy += slots
                left += sum([min(end - sample, self.durations[task]) for end, task in ahead])
        worked = self._worked[self._next] + self._corrected - left
        (then, before), size = self._sampled, len(self._doing) * slots or 1
        self._sampled = (sample, worked)
        over = (sample - then) * size
        self._busy["cpu"] = min(max((worked - before) / over, 0.0), 1.0) if over > 0 else 0.0
        self._busy["memory"] = busy / size

    def use(self, resource: str) -> float:
        """Return what each pod used at that look, as a share of its request. All are taken to be equally busy."""
        return self._use.of(resource, self._busy[resource])

    def last_finish(self) -> float:
        """Return when the last of those that run is done."""
        return max((doing[-1][0] for doing in self._doing.values() if doing), default=0.0)

    def begin(self, now: float, pod: PodLife) -> None:
        """Let a worker begin to take tasks."""
        self._doing[pod.number] = []
        self._turn += 1
        insort(self._free, (now, self._turn, pod.number))

    def stop(self, now: float, pods: Sequence[PodLife]) -> None:
        """Tell workers to stop: they take nothing, and work on until they are done or killed."""
        stopped = {pod.number for pod in pods}
        self._free = [each for each in self._free if each[2] not in stopped]
        for pod in pods:
            pod.gone = now
            held = [each for each in self._doing.pop(pod.number, ()) if each[0] > now]
            begun = [each for each in held if not self._is_given_back(now, each[1])] if self._taken else held
            for end, task in begun:
                self._corrected -= min(end - now, self.durations[task])
                self._end(now, pod, end, task)
            if len(begun) < len(held):
                self._give_back(now, pod, [task for _, task in held if self._is_given_back(now, task)])

    def advance(self, until: float) -> None:
        """Take the tasks that are taken before this moment."""
        while self._pauses and self._pauses[0].start < until:
            pause = self._pauses[0]
            self._take(pause.start)
            if until < pause.end:
                return
            # Nobody is free before it is over.
            self._free = sorted((max(at, pause.end), turn, pod) for at, turn, pod in self._free)
            del self._pauses[0]
        self._take(until)

    def calm(self, limit: int, now: float) -> float:
        """Return until when no more slots are busy than these, and each task begins when it comes.

        `now` where they do not.
        """
        first = self._next
        end = min(first + self._ahead, len(self.sent))
        waits = first < len(self.sent) and self.sent[first] < now
        if waits or self._returned or self._pauses or not self._free:
            return now
        arrivals, take, slots = self.sent[first:end], self._workers.take, self._workers.concurrency
        running = [done for doing in self._doing.values() for done, _ in doing if done > now]
        if len(running) > limit:
            return now
        ends = nominal_ends(arrivals, self.durations[first:end], take)
        calm = 0
        if self._free[-1][0] <= now:
            few = min(limit, slots - 1)
            calm = end_of_calm(running, arrivals, ends, limit=few, apart=len(self._free), take=take)
        self._in_turn = self._after(first, calm, end) if calm else now
        if calm < len(arrivals) and limit >= slots:
            # As long as one worker alone could take them one after another, it does not count which of them are full.
            calm = max(calm, end_of_calm(running, arrivals, ends, limit=limit, apart=1, take=take))
        self._ahead = _SHORT if calm < len(arrivals) else min(self._ahead * 2, _LONG)
        return self._after(first, calm, end)

    def _after(self, first: int, calm: int, end: int) -> float:
        """Return when the task comes that follows so many."""
        if first + calm < end:
            return self.sent[first + calm]
        return self.sent[end] if end < len(self.sent) else NEVER

    def glide(self, until: float) -> None:
        """Take the tasks that come before this moment, until which it is calm."""
        if until > self._in_turn:
            self._take(until)
            return
        first, take = self._next, self._workers.take
        last = bisect_left(self.sent, until, first)
        turns = [pod for _, _, pod in self._free]
        count = last - first
        arrivals = self.sent[first:last]
        self.started[first:last] = [each + take for each in arrivals] if take else arrivals
        self.pods[first:last] = (turns * (count // len(turns) + 1))[:count]
        took = {
            self.pods[task]: (self.started[task], self._turn + task - first + 1, self.pods[task])
            for task in range(max(first, last - len(turns)), last)
        }
        self._free = sorted(took.get(each[2], each) for each in self._free)
        for doing in self._doing.values():
            del doing[: bisect_right(doing, (until, len(self.sent)))]
        for task in range(bisect_left(self.sent, until - self._longest - take, first, last), last):
            done = self.started[task] + self.durations[task]
            if done > until:
                insort(self._doing[self.pods[task]], (done, task))
        self._next, self._turn = last, self._turn + count

    def _take(self, until: float) -> None:
        if self._returned:
            self._take_with_returned(until)
            return
        sent, durations, free, doing = self.sent, self.durations, self._free, self._doing
        started, pods, turn = self.started, self.pods, self._turn
        workers, taken = self._workers, self._taken
        size, hold, take, refill = workers.concurrency, workers.most_held, workers.take, workers.refill
        index, last = self._next, len(sent)
        if not free:
            return
        while index < last:
            at = sent[index]
            since, _, pod = free[0]
            if since > at:  # noqa: PLR1730 - `max` takes three times as long
                at = since
            if at >= until:
                break
            del free[0]
            slots = doing[pod]
            if slots and slots[0][0] <= at:
                del slots[: bisect_right(slots, (at, last))]
            at += take
            count = len(slots)
            if count >= size and slots[-size][0] > at:
                taken[index] = at
                began = slots[-size][0]
                insort(slots, (began + durations[index], index))
                started[index] = began
            else:
                insort(slots, (at + durations[index], index))
                started[index] = at
            pods[index] = pod
            if count + 1 == hold:
                full, at = at, slots[0][0]
                if refill:
                    at = full + refill * ceil((at - full) / refill)
            turn += 1
            insort(free, (at, turn, pod))
            index += 1
        self._next, self._turn = index, turn

    def _take_with_returned(self, until: float) -> None:
        """Do the same, where tasks come back to the front of the list."""
        last = len(self.sent)
        while self._free:
            since = self._free[0][0]
            back = max(since, self._returned[0][0]) if self._returned else NEVER
            new = max(since, self.sent[self._next]) if self._next < last else NEVER
            at = min(back, new)
            if at >= until:
                return
            if back <= new:
                task = heappop(self._returned)[2]
                self._corrected += self.durations[task]
            else:
                task = self._next
                self._next += 1
            self._give(at, task)

    def _give(self, at: float, task: int) -> None:
        """Give a task to the worker whose turn it is."""
        workers = self._workers
        pod = self._free.pop(0)[2]
        slots = self._doing[pod]
        del slots[: bisect_right(slots, (at, len(self.sent)))]
        at += workers.take
        began = max(at, slots[-workers.concurrency][0]) if len(slots) >= workers.concurrency else at
        if began > at:
            self._taken[task] = at
        insort(slots, (began + self.durations[task], task))
        self.started[task], self.pods[task] = began, pod
        if len(slots) == workers.most_held:
            full, at = at, slots[0][0]
            if workers.refill:
                at = full + workers.refill * ceil((at - full) / workers.refill)
        self._turn += 1
        insort(self._free, (at, self._turn, pod))

    def _end(self, now: float, pod: PodLife, free: float, task: int) -> None:
        """Settle what becomes of a task in a pod that stops."""
        stops = (pod.deleted if pod.deleted is not None else now) + self._workers.grace
        if free <= stops:
            pod.gone = max(pod.gone or now, free)
            return
        pod.gone = max(stops, now)
        began = self.started[task]
        if began < pod.gone:
            self.cuts.append(Cut(task, pod.number, pod.gone, pod.gone - began))
        self._lose(task, pod.gone)

    def _lose(self, task: int, gone: float) -> None:
        """Bring back what a killed worker had, in the time of its visibility timeout."""
        taken = self._taken.pop(task, self.started[task])
        self.started[task] = NEVER
        heappush(self._returned, (max(taken + self._workers.visibility, gone), task, task))

    def _is_given_back(self, now: float, task: int) -> bool:
        """Return whether a task of a worker that stops waits within it, and is not done there any more."""
        return self._workers.gives_back and task in self._taken and self.started[task] > now

    def _give_back(self, now: float, pod: PodLife, tasks: Sequence[int]) -> None:
        """Put back what waits in a worker that stops goes back to the list at its end, unless it is killed."""
        killed = (pod.deleted if pod.deleted is not None else now) + self._workers.grace
        gone = pod.gone if pod.gone is not None else now
        for task in tasks:
            self._corrected -= self.durations[task]
            if gone >= killed:
                self._lose(task, gone)
                continue
            del self._taken[task]
            self.started[task] = NEVER
            heappush(self._returned, (gone, -task, task))


def _sent(arrivals: Sequence[float], outages: tuple[Outage, ...]) -> list[float]:
    sent = list(arrivals)
    for each in outages:
        first, last = bisect_left(sent, each.start), bisect_left(sent, each.end)
        sent[first:last] = [each.end] * (last - first)
    return sent
