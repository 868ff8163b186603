"""Who waits for Redis: for as long as there is nothing to do, and no longer than Redis is there."""

import signal
from collections.abc import Collection

from celery import Celery
from examx_celery import SentinelTransport, configure

from tests.runtime.celery.conftest import PRIMARY, SENTINELS, StartSystem
from tests.runtime.celery.system import System
from tests.support import Manifest

Rendered = dict[str, list[Manifest]]

IDLE = 12
"""Seconds.

Longer than redis-py 8 waits for an answer by itself (5), than kombu waits for a task (6 to 10), and than the settings
let a server be silent (10).
"""


def test_idle_workers_keep_their_connections_and_take_the_next_task_at_once(
    start_system: StartSystem, rendered: Rendered
) -> None:
    system = start_system(rendered["dev"])
    workers = {queue: system.worker(queue) for queue in ("default", "bulk_upload")}
    waiting = system.eventually(lambda: blocked(system) if len(blocked(system)) == len(workers) else None)
    idle_since = uptime(system)
    system.eventually(lambda: uptime(system) - idle_since >= IDLE)
    system.eventually(lambda: blocked(system) == waiting)
    for queue, worker in workers.items():
        sent = system.send("sleep", 0, queue=queue)
        system.eventually(lambda sent=sent: system.count("finished", [sent.id]) == 1)
        assert "Connection to broker lost" not in worker.log
        assert "Timeout" not in worker.log


def test_who_waits_for_a_result_waits_as_long_as_it_takes(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    system.worker("default")
    assert system.send("sleep", 7).get(timeout=30) == 7


def test_a_sentinel_that_is_silent_holds_nobody_up(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["prod"])
    first = system.redis[SENTINELS[0]].process
    assert first
    # Its process hangs: connections open, and nothing answers. Each new connection asks the Sentinels in turn.
    first.send_signal(signal.SIGSTOP)
    try:
        system.send("sleep", 0, ignore_result=True)
        assert system.redis[PRIMARY].call("LLEN", "default") == 1
    finally:
        first.send_signal(signal.SIGCONT)


def test_who_goes_on_at_another_sentinel_keeps_the_transport() -> None:
    app = Celery("client", set_as_current=False)
    urls = "sentinel://first.invalid:26379/0", "sentinel://second.invalid:26379/0"
    configure(app, environment={"REDIS_URL": ";".join(urls), "REDIS_SENTINEL_MASTER": "examx"})
    # A sender's is of a pool, for which kombu 5.7 makes a kind of its own.
    for connection in (app.connection_for_read(), app.amqp.producer_pool.connections.acquire()):
        for url in urls:
            connection.switch(url)
            assert connection.hostname in url
            assert connection.get_transport_cls() is SentinelTransport
    app.close()


def blocked(system: System) -> Collection[str]:
    """The connections over which workers wait for a task."""
    clients = system.redis["redis-0"].call("CLIENT", "LIST").splitlines()
    fields = [dict(each.split("=", 1) for each in line.split()) for line in clients]
    return {each["id"] for each in fields if each["cmd"] in {"brpop", "blmove"}}


def uptime(system: System) -> int:
    return int(system.redis["redis-0"].information("server")["uptime_in_seconds"])
