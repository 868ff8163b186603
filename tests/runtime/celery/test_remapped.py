"""What becomes of a worker and its tasks where a variable changes what its command means: why settings refuse it."""

import copy

import pytest

from tests.runtime.celery.conftest import StartSystem
from tests.runtime.celery.system import System
from tests.support import Manifest, one

Rendered = dict[str, list[Manifest]]


@pytest.mark.parametrize(("queue", "kept"), [("default", 0), ("bulk_upload", 1)])  # pools: gevent, prefork
def test_sigterm_that_means_sigquit_does_not_wait_for_tasks_and_gevent_loses_them(
    start_system: StartSystem, rendered: Rendered, queue: str, kept: int
) -> None:
    assert stopped(start_system(with_variable(rendered["dev"], "REMAP_SIGTERM", "SIGQUIT")), queue) == (0, kept)


@pytest.mark.parametrize("queue", ["default", "bulk_upload"])
def test_sigterm_that_means_sigterm_is_no_mistake(start_system: StartSystem, rendered: Rendered, queue: str) -> None:
    assert stopped(start_system(with_variable(rendered["dev"], "REMAP_SIGTERM", "SIGTERM")), queue) == (1, 0)


def stopped(system: System, queue: str) -> tuple[int, int]:
    """Delete a worker in the middle of its task: whether the task finished, and how often Redis has it after that."""
    worker = system.worker(queue)
    sent = system.send("sleep", 3, queue=queue)
    system.eventually(lambda: system.count("started", [sent.id]) == 1)
    worker.pod.delete()
    return system.count("finished", [sent.id]), system.backlog(queue) + system.taken()


def test_a_worker_that_is_told_to_purge_deletes_what_waits(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(with_variable(rendered["dev"], "CELERY_WORKER_PURGE", "1"))
    sent = [system.send("sleep", 0).id for _ in range(3)]
    assert system.backlog("default") == 3
    system.worker("default")
    last = system.send("sleep", 0)
    system.eventually(lambda: system.count("finished", [last.id]) == 1)
    system.eventually(lambda: system.taken() == 0)
    assert (system.count("started", sent), system.backlog("default")) == (0, 0)


def with_variable(manifests: list[Manifest], name: str, text: str) -> list[Manifest]:
    """The same manifests with one variable more in each worker, as a hand that edits them would add it."""
    edited = copy.deepcopy(manifests)
    for workload in ("celery-worker-default", "celery-bulk-upload-worker"):
        (container,) = one(edited, "Deployment", workload)["spec"]["template"]["spec"]["containers"]
        container["env"].append({"name": name, "value": text})
    return edited
