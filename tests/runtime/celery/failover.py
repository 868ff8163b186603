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
    """Sends short tasks to some queues until it is stopped. `sent` is what Redis has taken: the producer's log.

    A patient one waits for each to be taken, one sender for each queue. Otherwise a refused one is not sent again.
    """

    def __init__(self, system: System, queues: Sequence[str], *, patient: bool = False) -> None:
        self.sent: list[Sent] = []
        self.refused: list[Exception] = []
        self.waits: list[float] = []
        self._system, self._patient, self._stop = system, patient, Event()
        senders = [[each] for each in queues] if patient else [list(queues)]
        self._threads = [Thread(target=self._run, args=(each,)) for each in senders]

    def __enter__(self) -> "Stream":
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Send no more."""
        self._stop.set()
        for each in self._threads:
            each.join()

    def since(self, moment: float) -> list[Sent]:
        """What was taken later than a moment."""
        return [each for each in self.sent if each.time > moment]

    def _run(self, queues: Sequence[str]) -> None:
        while not self._stop.wait(EVERY):
            for queue in queues:
                begun = time.time()
                try:
                    task = self._system.send("sleep", EVERY, queue=queue, retry=self._patient, ignore_result=True)
                except Exception as error:
                    self.refused.append(error)
                else:
                    self.sent.append(Sent(task.id, queue, time.time()))
                self.waits.append(time.time() - begun)


@dataclass(frozen=True)
class Recovery:
    """How a loss went: seconds from it until clients and the worker of each queue went on, and what became of tasks.

    `longest`: the seconds that a sender waited at most.
    """

    refused: int
    longest: float
    sending: float
    working: Mapping[str, float]
    lost: Collection[str]
    repeated: Collection[str]


def lose_primary(system: System, stream: Stream, *, silent: bool) -> float:
    """Kill the primary, or let it fall silent with all its connections open, as the loss of its node does."""
    system.eventually(lambda: len(stream.sent) >= 10)
    if silent:
        os.kill(system.redis[PRIMARY].process.pid, signal.SIGSTOP)
    else:
        system.redis.crash(PRIMARY)
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
    system.eventually(lambda: _is_accounted_for(system, ids), seconds=180)
    done = system.ids("finished")
    return Recovery(
        refused=len(stream.refused),
        longest=max(stream.waits),
        sending=min(each.time for each in stream.since(settled)) - lost_at,
        working={queue: _first(system, queue, settled) - lost_at for queue in queues},
        lost=ids - set(done),
        repeated={each for each in ids if done.count(each) > 1},
    )


def _is_accounted_for(system: System, ids: Collection[str]) -> bool:
    """Whether each task has ended, or is nowhere in Redis: then it never will.

    To wait for a quiet second was too early: a worker that is slow to come back is quiet too.
    """
    try:
        # Twice: a task that is given back between two commands is in neither answer.
        return not any(_held(system, ids) for _ in range(2))
    # Sentinels that name different servers, or one that is not there.
    except (OSError, RedisError, ValueError):
        return False


def _held(system: System, ids: Collection[str]) -> set[str]:
    held = system.held()
    # Read after it: what ends in between is in both.
    return {each for each in set(ids) - set(system.ids("finished")) if each in held}


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
