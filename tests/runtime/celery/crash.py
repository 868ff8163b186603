"""One task, and a loss at one moment of its life: what becomes of the task.

The moments are commands on the wire: the client is stopped there (`proxy`), something is killed, and both go on.

What is rendered has Redis write its file once a second, and while that takes long, later (`appendfsync everysec`). A
kill may then take back what was answered in the last two seconds. Here it writes before it answers.
"""

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from threading import Thread
from uuid import uuid4

from tests.runtime.celery.proxy import Command, Passed, Point, Stop
from tests.runtime.celery.system import System
from tests.runtime.pods.pod import Container

REDIS = "redis-0"
SILENT = 4
"""Seconds for which a cut network is silent: clients wait for half as long, see `SETTINGS`."""

VISIBILITY = {"worker": 7, "process": 7, "Redis": 20, "network": 20}
"""Seconds after which comes back what workers have lost, by what is lost: in production an hour, or 30 s for what they
were taking. Longer than a busy machine takes to get over a loss."""

SETTINGS: dict[str, dict[str, object]] = {
    "CELERY_SETTINGS": {"give_back_every": 1},
    "TRANSPORT_OPTIONS": {
        "unacked_mutex_expire": 1,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_timeout": SILENT / 2,
        "socket_connect_timeout": SILENT / 2,
        "health_check_interval": SILENT / 2,
    },
    "CONFIGURATION": {"redis_socket_timeout": SILENT / 2, "redis_socket_connect_timeout": SILENT / 2},
}


def _is(*names: bytes) -> Callable[[Sequence[Command]], bool]:
    return lambda group: len(group) == 1 and group[0][0] in names


def _holds(*starts: Sequence[bytes]) -> Callable[[Sequence[Command]], bool]:
    """Whether each of these is the start of a command of the group."""
    return lambda group: all(any(list(command[: len(start)]) == list(start) for command in group) for start in starts)


_TAKE = _is(b"BLMOVE", b"BRPOP")
_WRITE_DOWN = _holds([b"HSET", b"unacked"])
_FORGET = _holds([b"HDEL", b"unacked"])
_PUT_BACK = (b"RPUSH", b"LPUSH")


def _gives_back(group: Sequence[Command]) -> bool:
    return _FORGET(group) and any(command[0] in _PUT_BACK for command in group)


def _acknowledges(group: Sequence[Command]) -> bool:
    return _FORGET(group) and not _gives_back(group)


def _stores(group: Sequence[Command]) -> bool:
    return any(command[0] in (b"SET", b"SETEX") and command[1].startswith(b"celery-task-meta") for command in group)


def _sends(group: Sequence[Command]) -> bool:
    return len(group) == 1 and group[0][0] == b"LPUSH"


MOMENTS: dict[str, Point | None] = {
    "sent, not in Redis": Point(_sends),
    "in Redis, the sender does not know": Point(_sends, after=True),
    "waits in its list": Point(_TAKE),
    "out of its list, the worker does not know": Point(_TAKE, after=True, answered=True),
    "the worker has it, nothing is written down": Point(_WRITE_DOWN),
    "written down as taken, the worker does not know": Point(_WRITE_DOWN, after=True),
    "runs": None,
    "has ended, without a result": Point(_stores),
    "has a result, the worker does not know": Point(_stores, after=True),
    "to be acknowledged": Point(_acknowledges),
    "acknowledged, the worker does not know": Point(_acknowledges, after=True),
    "about to be given back": Point(_gives_back),
    "given back, the worker does not know": Point(_gives_back, after=True),
}
"""In the order in which a task comes to them. `runs` is told by the task itself."""

SENDING, GIVING_BACK = tuple(MOMENTS)[:2], tuple(MOMENTS)[-2:]
WAITS, RUNS = "waits in its list", "runs"
STORING = ("has ended, without a result", "has a result, the worker does not know")


@dataclass(frozen=True)
class Outcome:
    """What became of a task: how often it was begun, and ended, and how it came back where it did."""

    begun: int
    ended: int
    back: str | None


@dataclass
class Crash:
    """A system with one worker, for one loss after the other. `late`: whether it acknowledges what has ended."""

    system: System
    queue: str
    worker: Container
    late: bool
    kills: int = 0
    _threads: list[Thread] = field(default_factory=list)
    _sent: set[str] = field(default_factory=set)

    def outcome(self, moment: str, victim: str) -> Outcome:
        """Lose something at a moment of a new task's life; wait until it is settled and the worker goes on."""
        identity, way = str(uuid4()), self.system.ways[REDIS]
        go = self.system.node.claim("examxv2-backend-pvc") / f"go-{identity}"
        passed, point = len(way.passed), MOMENTS[moment]
        if moment in GIVING_BACK:
            self._leave_one_behind(identity, go)
        elif self.late and moment != RUNS:
            go.touch()
        elif not self.late and moment in (RUNS, *STORING):
            # A worker may come to acknowledge what it runs a second after it has begun.
            self._send(identity, go.name)
            self._wait_until(lambda: self._runs_unknown_to_redis(identity))
        # Nothing of the tasks before is under way: only this one can come to the moment.
        stop = way.stop_at(point) if point else None
        if stop and moment == WAITS:
            self._wait_until(stop.reached.is_set)
        if stop and stop.point.answered:
            self._wait_until(stop.armed.is_set)
        if not self._is_sent(identity):
            self._send(identity, go.name)
        if moment in STORING:
            go.touch()
        if stop:
            self._wait_until(stop.reached.is_set)
        else:
            self._wait_until(lambda: self.system.count("started", [identity]) == 1)
        if moment == GIVING_BACK[-1]:
            # In a gevent pool another greenlet takes it meanwhile, and is done with it.
            time.sleep(3)
        self._lose(victim, stop)
        go.touch()
        self._wait_until(lambda: self._is_settled(identity))
        back = _way_back(way.passed[passed:], VISIBILITY[victim])
        self._goes_on()
        return Outcome(self.system.count("started", [identity]), self.system.count("finished", [identity]), back)

    def _wait_until(self, condition: Callable[[], bool]) -> None:
        self.system.eventually(condition, seconds=120)

    def _runs_unknown_to_redis(self, identity: str) -> bool:
        return self.system.count("started", [identity]) == 1 and identity not in self._everything()

    def _is_sent(self, identity: str) -> bool:
        return identity in self._sent

    def _send(self, identity: str, name: str) -> None:
        """Send without waiting: the sender may be what is stopped."""

        def send() -> None:
            self.system.send("wait_for", name, queue=self.queue, task_id=identity)

        self._sent.add(identity)
        thread = Thread(target=send)
        thread.start()
        self._threads.append(thread)

    def _leave_one_behind(self, identity: str, go: Path) -> None:
        """Let a worker be lost in the middle of a task, and start the next one, which will give it back."""
        self._send(identity, go.name)
        self._wait_until(lambda: self.system.count("started", [identity]) == 1)
        self._kill_worker()
        go.touch()
        self.worker = self.system.started_worker(self.queue)

    def _lose(self, victim: str, stop: Stop | None) -> None:
        way, server = self.system.ways[REDIS], self.system.redis[REDIS]
        release = stop.release if stop else _nothing
        self.kills += 1
        if victim == "worker":
            self.kills -= 1
            self._kill_worker()
            release(drop=True)
            self.worker = self.system.worker(self.queue)
        elif victim == "process":
            for each in _children(self.worker.process_id):
                os.kill(each, signal.SIGKILL)
            release()
        elif victim == "Redis":
            server.crash()
            release(drop=True)
            self.system.redis.start(REDIS)
            self.remember_at_once()
        else:
            way.cut()
            release()
            time.sleep(SILENT)
            way.heal()

    def remember_at_once(self) -> None:
        """Let Redis have on disk what it has answered, or else chance would decide what a kill leaves: see above."""
        self.system.redis[REDIS].call("CONFIG", "SET", "appendfsync", "always")

    def _kill_worker(self) -> None:
        self.kills += 1
        self.worker.pod.kill()

    def _is_settled(self, identity: str) -> bool:
        """Whether nobody has the task any more, and half a second brings nothing new."""
        for thread in self._threads:
            thread.join(0)
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if self._threads or identity in self._everything():
            return False
        before = self.system.records()
        time.sleep(0.5)
        return before == self.system.records() and identity not in self._everything()

    def _everything(self) -> str:
        """All tasks that wait, are being taken, or are taken."""
        call = self.system.redis[REDIS].call
        lists = [call("LRANGE", name, "0", "-1") for name in (self.queue, *call("ZRANGE", "taking", "0", "-1"))]
        return "".join(chain(*lists, call("HVALS", "unacked")))

    def _goes_on(self) -> None:
        """The worker takes another task, and is done with it: without a result, which may come after all else."""
        sent = self.system.send("sleep", 0, queue=self.queue, ignore_result=True)
        self.system.eventually(lambda: self.system.count("finished", [sent.id]) >= 1, seconds=30)
        self.system.eventually(lambda: sent.id not in self._everything())


def start(system: System, queue: str, *, late: bool) -> Crash:
    """A worker that waits for tasks. It stores results, and the sender wants none: it would wait for what is lost."""
    system.producer.conf.result_backend = None
    crash = Crash(system, queue, system.worker(queue), late)
    crash.remember_at_once()
    return crash


def _way_back(passed: Sequence[Passed], visibility: float) -> str | None:
    """How a task came back: by the last command that gives one back, and by the time since it was taken."""
    taken, back = 0.0, None
    for each in passed:
        if _WRITE_DOWN(each.group):
            taken = each.time
        elif _gives_back(each.group):
            back = "visibility" if each.time - taken > visibility - 1 else "at once"
        elif each.group[0][0] == b"EVAL":
            back = "taking"
    return back


def _children(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children")
    with suppress(FileNotFoundError):
        return [int(each) for each in children.read_text(encoding="ascii").split()]
    return []


def _nothing(*, drop: bool = False) -> None:
    pass
