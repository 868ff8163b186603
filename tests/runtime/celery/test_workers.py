"""Each worker runs what the environment says, and takes tasks of its own queue only."""

from collections.abc import Iterator
from typing import Any

import pytest

from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import ImageReference
from tests.runtime.celery.conftest import StartSystem
from tests.runtime.celery.system import System
from tests.runtime.pods.pod import Container
from tests.support import Manifest

Workers = dict[str, Container]

QUEUES = ("default", "bulk_upload", "question_enrichment", "question_generator_ai")


@pytest.fixture(scope="module")
def workers(dev: System) -> Iterator[Workers]:
    """The worker of each queue."""
    workers = {queue: dev.started_worker(queue) for queue in QUEUES}
    dev.eventually(lambda: all(" ready." in worker.log for worker in workers.values()))
    yield workers
    for worker in workers.values():
        worker.pod.kill()


@pytest.mark.parametrize("name", ["dev", "stg", "prod"])
def test_pool_concurrency_and_queue_are_those_of_the_environment(
    start_system: StartSystem, rendered: dict[str, list[Manifest]], image: ImageReference, name: str
) -> None:
    system = start_system(rendered[name], remote_control=True)
    started = [system.started_worker(queue) for queue in QUEUES]
    system.eventually(lambda: all(" ready." in worker.log for worker in started))
    inspect = system.producer.control.inspect(timeout=30, limit=len(started))
    stats: dict[str, Any] = inspect.stats()
    queues: dict[str, Any] = inspect.active_queues()
    sent = {system.send("sleep", 0, queue=queue).id: queue for queue in QUEUES}
    system.eventually(lambda: set(system.ids("finished")) == set(sent))
    for queue, worker in zip(ENVIRONMENTS[name](image).queues, started, strict=True):
        node = f"celery@{worker.pod.name}"
        told = stats[node]["pool"]
        assert told["max-concurrency"] == queue.concurrency
        assert queue.pool in told["implementation"]
        assert stats[node]["prefetch_count"] == queue.concurrency
        assert [each["name"] for each in queues[node]] == [queue.name]
        assert [record.queue for record in system.records("finished") if record.worker == node] == [queue.name]


def test_a_worker_holds_what_it_runs_and_no_more(dev: System, workers: Workers) -> None:
    concurrency = 25
    ids = [dev.send("sleep", 2, priority=each % 10).id for each in range(concurrency + 7)]
    dev.eventually(lambda: dev.count("started", ids) == concurrency)
    # What waits is in the one list that KEDA counts, whatever its priority; what runs is not.
    assert (dev.backlog("default"), dev.taken()) == (7, concurrency)
    dev.eventually(lambda: dev.count("finished", ids) == len(ids))
    dev.eventually(lambda: dev.taken() == 0)


def test_a_prefork_worker_holds_what_it_runs_and_no_more(dev: System, workers: Workers) -> None:
    ids = [dev.send("sleep", 0.5, queue="bulk_upload").id for _ in range(3)]
    dev.eventually(lambda: dev.count("started", ids) == 1)
    assert dev.backlog("bulk_upload") == 2
    dev.eventually(lambda: dev.count("finished", ids) == 3)


def test_a_task_that_fails_is_done(dev: System, workers: Workers) -> None:
    sent = dev.send("fail")
    with pytest.raises(Exception, match="an invented mistake"):
        sent.get(timeout=20)
    dev.eventually(lambda: dev.taken() == 0)
    assert dev.backlog("default") == 0


def test_a_task_whose_process_is_killed_is_run_again(dev: System, workers: Workers) -> None:
    sent = dev.send("die_once", queue="bulk_upload")
    dev.eventually(lambda: dev.count("finished", [sent.id]) == 1)
    assert [record.event for record in dev.records() if record.id == sent.id] == ["started", "started", "finished"]
