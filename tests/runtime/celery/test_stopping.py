"""How workers end: warm, within the grace period; or killed, when late acknowledgement gives their tasks back."""

import json

import pytest

from tests.runtime.celery.conftest import StartSystem
from tests.support import Manifest

Rendered = dict[str, list[Manifest]]

# Tasks of killed workers are given back after an hour; here after seconds.
SOON = {
    "CELERY_SETTINGS": json.dumps({"visibility_timeout": 3, "give_back_every": 1}),
    "TRANSPORT_OPTIONS": json.dumps({"unacked_restore_interval": 1, "unacked_restore_throttle": 1}),
}


@pytest.mark.parametrize(("queue", "slots"), [("default", 25), ("bulk_upload", 1)])  # pools: gevent, prefork
def test_sigterm_lets_running_tasks_finish_and_leaves_the_others_to_the_next_worker(
    start_system: StartSystem, rendered: Rendered, queue: str, slots: int
) -> None:
    system = start_system(rendered["dev"])
    worker = system.worker(queue)
    ids = [system.send("sleep", 2, queue=queue).id for _ in range(slots + 2)]
    system.eventually(lambda: system.count("started", ids) == slots)
    # The kubelet's way: SIGTERM to celery, SIGKILL when the grace period is over.
    assert worker.pod.delete() == {"celery-worker": 0}
    assert (system.count("finished", ids), system.backlog(queue), system.taken()) == (slots, 2, 0)
    system.started_worker(queue)
    system.eventually(lambda: system.count("finished", ids) == len(ids))
    assert system.count("started", ids) == len(ids), "each ran once"


@pytest.mark.parametrize("queue", ["default", "bulk_upload"])
def test_a_worker_goes_on_when_redis_has_refused_writes_while_its_only_task_ended(
    start_system: StartSystem, rendered: Rendered, queue: str
) -> None:
    often = {**SOON, "CELERY_SETTINGS": json.dumps({"give_back_every": 1})}
    system = start_system(rendered["dev"], **often)
    worker, server = system.worker(queue), system.redis["redis-0"]
    running = system.send("sleep", 1, queue=queue)
    system.eventually(lambda: system.count("started", [running.id]) == 1)
    # As after a failover that leaves one server: NOREPLICAS, for as long as it takes to end a task.
    server.call("CONFIG", "SET", "min-replicas-to-write", "1")
    system.eventually(lambda: system.count("finished", [running.id]) == 1)
    system.eventually(lambda: "NOREPLICAS" in worker.log)
    server.call("CONFIG", "SET", "min-replicas-to-write", "0")
    following = [system.send("sleep", 0, queue=queue).id for _ in range(2)]
    system.eventually(lambda: system.count("finished", following) == len(following))
    assert worker.is_running
    # The task that has ended is not given out again: its acknowledgement is made up for.
    system.eventually(lambda: system.taken() == 0)
    assert system.count("started", [running.id]) == 1


@pytest.mark.parametrize("queue", ["default", "bulk_upload"])
def test_a_killed_worker_gives_its_tasks_back(start_system: StartSystem, rendered: Rendered, queue: str) -> None:
    system = start_system(rendered["dev"], **SOON)
    worker = system.worker(queue)
    sent = system.send("sleep", 2, queue=queue)
    system.eventually(lambda: system.count("started", [sent.id]) == 1)
    worker.pod.kill()
    assert system.taken() == 1
    system.started_worker(queue)
    system.eventually(lambda: system.count("finished", [sent.id]) == 1)
    assert [record.redelivered for record in system.records("started")] == [False, True]
