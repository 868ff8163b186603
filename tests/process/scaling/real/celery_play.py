"""A play with real Celery workers on a real Redis: tasks are sent by a script, and pods come and go by a script."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis

from tests.process.scaling.real.celery_app import app, work
from tests.runtime.redis import programs
from tests.runtime.waiting import eventually


@dataclass
class Played:
    """What happened; moments are seconds since the start."""

    sent: list[float] = field(default_factory=list[float])
    began: dict[int, float] = field(default_factory=dict[int, float])
    took: dict[int, float] = field(default_factory=dict[int, float])
    """How long each was in its slot: what it was told to, and more where the machine was busy."""
    pods: list[tuple[float, float | None]] = field(default_factory=list[tuple[float, float | None]])
    """When each worker began to take tasks, and when it was told to stop."""


def play(
    folder: Path,
    pool: str,
    concurrency: int,
    tasks: Sequence[tuple[float, float]],
    pods: Sequence[tuple[float, float]],
    *,
    prefetch: int = 1,
) -> Played:
    """`tasks`: when each is sent and how long it takes; `pods`: when each is started and told to stop."""
    with ExitStack() as stack:
        port = stack.enter_context(_redis(folder))
        broker = f"redis://127.0.0.1:{port}/0"
        notes = Redis.from_url(broker)
        stack.callback(notes.close)
        options = ["--pool", pool, "--concurrency", str(concurrency), "--prefetch-multiplier", str(prefetch)]
        return _Play(folder, options, notes, stack).run(broker, tasks, pods)


class _Play:
    def __init__(self, folder: Path, options: Sequence[str], notes: "Redis", stack: ExitStack) -> None:
        self._folder, self._options, self._notes, self._stack = folder, options, notes, stack
        self._workers: list[subprocess.Popen[bytes]] = []

    def run(self, broker: str, tasks: Sequence[tuple[float, float]], pods: Sequence[tuple[float, float]]) -> Played:
        app.conf.broker_url = broker
        played = Played()
        self._start(0, broker)
        self._until(lambda: self._notes.llen("ready") == 1)
        start = time.time()
        stopped: list[float | None] = [None] * len(pods)
        moments = sorted(
            [(at, 0, index) for index, (at, _) in enumerate(tasks)]
            + [(at, 1, index) for index, (at, _) in enumerate(pods) if index]
            + [(at, 2, index) for index, (_, at) in enumerate(pods)]
        )
        with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:
            for at, what, index in moments:
                time.sleep(max(start + at - time.time(), 0))
                if what == 0:
                    played.sent.append(time.time() - start)
                    work.apply_async((index, tasks[index][1]), producer=producer)
                elif what == 1:
                    self._start(index, broker)
                else:
                    stopped[index] = time.time() - start
                    self._workers[index].send_signal(signal.SIGTERM)
        self._until(lambda: self._notes.llen("done") == len(tasks))
        for number, began, done in self._noted("done"):
            played.began[int(number)], played.took[int(number)] = began - start, done - began
        ready = {int(number): moment - start for number, moment in self._noted("ready")}
        played.pods = [(max(ready[index], 0.0), stopped[index]) for index in range(len(pods))]
        return played

    def _until(self, condition: Callable[[], bool]) -> None:
        logs = sorted(self._folder.glob("worker-*.log"))
        eventually(condition, seconds=120, because=lambda: "\n".join(each.read_text()[-2000:] for each in logs))

    def _noted(self, key: str) -> Iterator[list[float]]:
        for line in self._notes.lrange(key, 0, -1):
            yield [float(each) for each in line.decode().split()]

    def _start(self, index: int, broker: str) -> None:
        environment = {**os.environ, "WAITS_BROKER": broker, "WAITS_POD": str(index)}
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "tests.process.scaling.real.celery_app",
            "worker",
            "-n",
            f"{index}@pod",
        ]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "warning"]
        log = self._stack.enter_context((self._folder / f"worker-{index}.log").open("wb"))
        worker = subprocess.Popen(
            [*command, *self._options, *quiet], env=environment, stdout=log, stderr=log, start_new_session=True
        )
        self._workers.append(worker)
        self._stack.callback(_end, worker)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


@contextmanager
def _redis(folder: Path) -> Generator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [str(programs.binary()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        eventually(lambda: _answers(port), because=lambda: "Redis does not answer")
        yield port
    finally:
        _end(server)


def _answers(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0
