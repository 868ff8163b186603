"""The loss of the primary, under clients that go on sending and workers that go on working."""

import os
import signal
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Thread

from tests.runtime.celery.conftest import PRIMARY, SENTINELS
from tests.runtime.celery.system import System
from tests.runtime.redis.wire import RedisError

EVERY = 0.2
"""Seconds from one task to the next."""


@dataclass(frozen=True)
class Sent:
    """A task that Redis has taken, and when."""

    id: str
    queue: str
    time: float


class Stream:
    """Sends short tasks to some queues in turn, until it is stopped. A refused one is not sent again."""

    def __init__(self, system: System, queues: Sequence[str]) -> None:
        self.sent: list[Sent] = []
        self.refused: list[Exception] = []
        self._system, self._queues, self._stop = system, queues, Event()
        self._thread = Thread(target=self._run)

    def __enter__(self) -> "Stream":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Send no more."""
        self._stop.set()
        self._thread.join()

    def since(self, moment: float) -> list[Sent]:
        """What was taken later than a moment."""
        return [each for each in self.sent if each.time > moment]

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            for queue in self._queues:
                try:
                    task = self._system.send("sleep", EVERY, queue=queue, retry=False, ignore_result=True)
                except Exception as error:
                    self.refused.append(error)
                else:
                    self.sent.append(Sent(task.id, queue, time.time()))


@dataclass(frozen=True)
class Recovery:
    """How a loss went: seconds from it until clients and the worker of each queue went on, and what became of tasks."""

    refused: int
    sending: float
    working: Mapping[str, float]
    lost: Collection[str]
    repeated: Collection[str]


def lose_primary(system: System, stream: Stream, *, silent: bool) -> float:
    """Kill the primary, or let it fall silent with all its connections open, as the loss of its node does."""
    system.eventually(lambda: len(stream.sent) >= 10)
    process = system.redis[PRIMARY].process
    assert process
    os.kill(process.pid, signal.SIGSTOP if silent else signal.SIGKILL)
    return time.time()


def recovered(system: System, stream: Stream, queues: Sequence[str], lost_at: float) -> Recovery:
    """Wait until every queue is worked on again, and count."""
    settled = lost_at + 1
    system.eventually(
        lambda: all(_first(system, queue, settled) and len(stream.since(settled)) >= 10 for queue in queues),
        seconds=120,
    )
    stream.stop()
    ids = {each.id for each in stream.sent}
    done = _finished_at_last(system, queues)
    return Recovery(
        refused=len(stream.refused),
        sending=min(each.time for each in stream.since(settled)) - lost_at,
        working={queue: _first(system, queue, settled) - lost_at for queue in queues},
        lost=ids - set(done),
        repeated={each for each in ids if done.count(each) > 1},
    )


def _finished_at_last(system: System, queues: Sequence[str]) -> list[str]:
    """The tasks that have finished when nothing waits in the queues and a second has brought no more."""
    finished: list[str] = []

    def is_last() -> bool:
        nonlocal finished
        before, finished = finished, system.ids("finished")
        time.sleep(1)
        return len(before) == len(finished) and not any(map(system.backlog, queues))

    system.eventually(is_last)
    return finished


def primary_is_elsewhere(system: System) -> bool:
    """Whether every Sentinel names another primary."""
    old = system.redis[PRIMARY].address
    try:
        named = [system.redis[each].call("SENTINEL", "get-master-addr-by-name", "examx")[0] for each in SENTINELS]
    except (OSError, RedisError):
        return False
    return old not in named and len(set(named)) == 1


def _first(system: System, queue: str, moment: float) -> float:
    times = [each.time for each in system.records("started") if each.queue == queue and each.time > moment]
    return min(times, default=0)
