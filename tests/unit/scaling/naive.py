"""The same list and the same workers, event by event, as plainly as can be: what `Tasks` is held against."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from examx_constructs.scaling.workers import Workers

NEVER = float("inf")
ARRIVES, RETURNS, BEGINS, STOPS, ENDS, KILLED = range(6)


@dataclass
class _Pod:
    since: float
    turn: int
    takes: bool = True
    doing: set[int] = field(default_factory=set[int])
    holding: list[int] = field(default_factory=list[int])
    """What waits within it."""


class Plain:
    """Workers that take at once; of several that wait, the one takes a task that waits longest.

    `tasks`: when each comes and how long it takes; `pods`: when each begins and is told to stop.
    """

    def __init__(
        self, tasks: Sequence[tuple[float, float]], pods: Sequence[tuple[float, float]], workers: Workers
    ) -> None:
        self.began = [NEVER] * len(tasks)
        """When each task began for the last time."""
        self.cuts = 0
        self._tasks, self._workers = tasks, workers
        self._events: list[tuple[float, int, int]] = []
        self._back: list[int] = []
        self._waiting: list[int] = []
        self._pods: dict[int, _Pod] = {}
        self._taken: dict[int, float] = {}
        self._turn = 0
        for number, (at, _) in enumerate(tasks):
            heappush(self._events, (at, ARRIVES, number))
        for number, (begins, stops) in enumerate(pods):
            heappush(self._events, (begins, BEGINS, number))
            heappush(self._events, (stops, STOPS, number))

    def run(self) -> "Plain":
        while self._events:
            now = self._events[0][0]
            while self._events and self._events[0][0] == now:
                _, what, number = heappop(self._events)
                self._happen(what, now, number)
            while self._back or self._waiting:
                free = [each for each in self._pods.values() if each.takes and not self._is_full(each)]
                if not free:
                    break
                self._take(now, min(free, key=lambda each: (each.since, each.turn)))
        return self

    def _happen(self, what: int, now: float, number: int) -> None:
        (self._arrive, self._return, self._begin, self._stop, self._finish, self._kill)[what](now, number)

    def _is_full(self, pod: _Pod) -> bool:
        return len(pod.doing) + len(pod.holding) == self._workers.most_held

    def _take(self, now: float, pod: _Pod) -> None:
        task = self._back.pop(0) if self._back else self._waiting.pop(0)
        self._turn += 1
        pod.since, pod.turn = now, self._turn
        self._taken[task] = now
        if len(pod.doing) < self._workers.concurrency:
            self._work(now, pod, task)
        else:
            pod.holding.append(task)

    def _work(self, now: float, pod: _Pod, task: int) -> None:
        pod.doing.add(task)
        self.began[task] = now
        heappush(self._events, (now + self._tasks[task][1], ENDS, task))

    def _arrive(self, _: float, task: int) -> None:
        self._waiting.append(task)

    def _return(self, _: float, task: int) -> None:
        self._back.append(task)

    def _begin(self, now: float, number: int) -> None:
        self._turn += 1
        self._pods[number] = _Pod(now, self._turn)

    def _stop(self, now: float, number: int) -> None:
        pod = self._pods[number]
        pod.takes = False
        heappush(self._events, (now + self._workers.grace, KILLED, number))
        self._leave(pod)

    def _leave(self, pod: _Pod) -> None:
        """A worker that stops gives back what waits within it, once its last task is done."""
        if not pod.takes and not pod.doing and self._workers.gives_back:
            self._back += reversed(pod.holding)
            pod.holding.clear()

    def _kill(self, now: float, number: int) -> None:
        pod = self._pods[number]
        self.cuts += len(pod.doing)
        for task in (*pod.doing, *pod.holding):
            heappush(self._events, (max(self._taken[task] + self._workers.visibility, now), RETURNS, task))
            self.began[task] = NEVER
        pod.doing.clear()
        pod.holding.clear()

    def _finish(self, now: float, task: int) -> None:
        for pod in self._pods.values():
            if task in pod.doing and self.began[task] + self._tasks[task][1] == now:
                if self._is_full(pod):
                    pod.since = now
                pod.doing.remove(task)
                if pod.holding and (pod.takes or not self._workers.gives_back):
                    self._work(now, pod, pod.holding.pop(0))
                self._leave(pod)
