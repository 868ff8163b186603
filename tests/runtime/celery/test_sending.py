"""Who sends a task waits while Redis is away, for a while, and gets an error at once where waiting does not help."""

import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import pytest
from celery import Celery
from examx_celery import PATIENCE, configure
from kombu.exceptions import OperationalError

from tests.runtime.celery.conftest import REDIS, StartSystem
from tests.runtime.celery.system import System
from tests.support import Manifest

Rendered = dict[str, list[Manifest]]
Away = Callable[[System], AbstractContextManager[None]]

SENDERS = 4
"""As many as a gunicorn process has threads."""


@contextmanager
def killed(system: System) -> Iterator[None]:
    """As with a node that is lost, or an update."""
    system.redis.crash()
    try:
        yield
    finally:
        system.redis.start(*REDIS)


@contextmanager
def refusing(system: System) -> Iterator[None]:
    """As a primary does that has no replica in sync."""
    server = system.redis[REDIS[0]]
    server.call("CONFIG", "SET", "min-replicas-to-write", "1")
    try:
        yield
    finally:
        server.call("CONFIG", "SET", "min-replicas-to-write", "0")


# Celery leaves the connections of a thread's results to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("away", [killed, refusing])
@pytest.mark.parametrize("seconds", [2, pytest.param(15, marks=pytest.mark.long)])
@pytest.mark.parametrize("options", [{}, {"ignore_result": True}], ids=["result", "no-result"])
def test_a_task_that_is_sent_while_redis_is_away_arrives(
    start_system: StartSystem, rendered: Rendered, away: Away, seconds: float, options: dict[str, bool]
) -> None:
    system = connected(start_system(rendered["dev"]))
    with ThreadPoolExecutor(SENDERS) as pool:
        with away(system):
            sent = [pool.submit(system.send, "sleep", 0, **options) for _ in range(SENDERS)]
            time.sleep(seconds)
            waiting = [each for each in sent if not each.done()]
        assert waiting == sent
        ids = [each.result().id for each in sent]
    # A result that is dropped unsubscribes, and waits for a Redis that is gone: here, while there is one.
    del sent, waiting
    gc.collect()
    assert system.backlog("default") == 1 + SENDERS
    system.started_worker("default")
    system.eventually(lambda: system.count("finished", ids) == SENDERS)


def test_a_sender_that_begins_while_redis_is_away_waits_too(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    with ThreadPoolExecutor(1) as pool:
        with killed(system):
            sent = pool.submit(system.send, "sleep", 0, ignore_result=True)
            time.sleep(2)
            is_waiting = not sent.done()
        assert is_waiting
        assert sent.result().id
    assert system.backlog("default") == 1


@pytest.mark.parametrize("away", [killed, refusing])
def test_a_sender_gives_up_when_its_time_is_over(start_system: StartSystem, rendered: Rendered, away: Away) -> None:
    system = connected(start_system(rendered["dev"]))
    with away(system), pytest.raises(OperationalError):
        system.send("sleep", 0, ignore_result=True, retry_policy={"timeout": 1})
    assert system.backlog("default") == 1


def test_without_retry_it_does_not_wait(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    begun = time.monotonic()
    with refusing(system), pytest.raises(OperationalError, match="NOREPLICAS"):
        system.send("sleep", 0, ignore_result=True, retry=False)
    assert time.monotonic() - begun < PATIENCE / 2


def test_a_full_memory_is_an_error_at_once(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    system.send("sleep", 0, ignore_result=True)
    system.redis[REDIS[0]].call("CONFIG", "SET", "maxmemory", "1")
    begun = time.monotonic()
    with pytest.raises(OperationalError, match="maxmemory"):
        system.send("sleep", 0, ignore_result=True)
    assert time.monotonic() - begun < PATIENCE / 2


def test_a_wrong_password_is_an_error_at_once(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    server = system.redis[REDIS[0]]
    stranger = Celery("stranger", set_as_current=False)
    configure(stranger, environment={"REDIS_URL": f"redis://:another@{server.address}:6379/0"})
    begun = time.monotonic()
    with pytest.raises(OperationalError, match=r"(?i)auth|password"):
        stranger.send_task("examx.tasks.sleep", args=[0], queue="default", ignore_result=True)
    assert time.monotonic() - begun < PATIENCE / 2
    stranger.close()


def connected(system: System) -> System:
    """A system whose sender has a connection. Redis has on disk what it answers: a kill takes nothing back here."""
    system.redis[REDIS[0]].call("CONFIG", "SET", "appendfsync", "always")
    system.send("sleep", 0, ignore_result=True)
    return system
