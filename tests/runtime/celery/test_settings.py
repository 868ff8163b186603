"""The settings that the application takes from here, and what it would be without them."""

import importlib.util
import json
from pathlib import Path

import pytest
from celery import Celery
from celery.exceptions import QueueNotFound

from examx_constructs.application import celery_settings_module
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import ImageReference, SettingError
from tests.runtime.celery.conftest import StartSystem
from tests.runtime.celery.system import System
from tests.runtime.redis import wire
from tests.support import Manifest
from tools.docs import CELERY_SETTINGS, celery_settings

Rendered = dict[str, list[Manifest]]

WITHOUT = {"CELERY_SETTINGS": "none"}


def test_the_module_is_what_the_queues_make_of_it() -> None:
    assert CELERY_SETTINGS.read_text(encoding="utf-8") == celery_settings(), "run `make docs`"


def test_it_knows_every_queue_with_its_longest_task(image: ImageReference, tmp_path: Path) -> None:
    queues = [queue for make in ENVIRONMENTS.values() for queue in make(image).queues]
    source = tmp_path / "examx_celery.py"
    source.write_text(celery_settings_module(queues), encoding="utf-8")
    specification = importlib.util.spec_from_file_location("generated", source)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    assert {queue.name: queue.longest_task.seconds for queue in queues} == module.QUEUES
    assert max(module.QUEUES.values()) < module.VISIBILITY_TIMEOUT


def test_the_default_queue_must_be_one_of_them(image: ImageReference) -> None:
    with pytest.raises(SettingError, match='default is "nobody"; it must be one of the queues, default, bulk_upload'):
        celery_settings_module(ENVIRONMENTS["dev"](image).queues, default="nobody")


def test_a_task_for_a_queue_that_nobody_drains_is_an_error_where_it_is_sent(dev: System) -> None:
    with pytest.raises(QueueNotFound, match="defalt"):
        dev.send("sleep", 0, queue="defalt")


def test_without_them_such_a_task_waits_for_ever(dev: System) -> None:
    careless = client(dev)
    careless.send_task("examx.tasks.sleep", args=[0], queue="defalt")
    assert length(dev, "defalt") == 1


def test_without_them_priorities_hide_tasks_from_keda(dev: System) -> None:
    careless = client(dev)
    for priority in (0, 3, 6, 9):
        careless.send_task("examx.tasks.sleep", args=[0], queue="question_enrichment", priority=priority)
    assert dev.backlog("question_enrichment") == 1
    careless.control.purge()


def test_without_them_a_killed_process_takes_its_task_along(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"], **WITHOUT)
    system.worker("bulk_upload")
    lost, next_ = system.send("die_once", queue="bulk_upload"), system.send("sleep", 0, queue="bulk_upload")
    system.eventually(lambda: system.count("finished", [next_.id]) == 1)
    assert (system.count("started", [lost.id]), system.count("finished", [lost.id])) == (1, 0)
    # It is written down that a task ended before Redis has heard of it.
    system.eventually(lambda: (system.backlog("bulk_upload"), system.taken()) == (0, 0))


def test_without_them_a_killed_worker_takes_its_tasks_along(start_system: StartSystem, rendered: Rendered) -> None:
    soon = json.dumps({"visibility_timeout": 1, "unacked_restore_interval": 1, "unacked_restore_throttle": 1})
    system = start_system(rendered["dev"], **WITHOUT, TRANSPORT_OPTIONS=soon)
    worker = system.worker("default")
    sent = system.send("sleep", 60)
    system.eventually(lambda: system.count("started", [sent.id]) == 1)
    system.eventually(lambda: system.taken() == 0)
    worker.pod.kill()
    assert system.backlog("default") == 0


def client(system: System) -> Celery:
    """A client that knows where Redis is, and no more."""
    app = Celery("careless", set_as_current=False)
    app.conf.broker_url = system.environment["REDIS_URL"]
    return app


def length(system: System, name: str) -> int:
    server = system.redis["redis-0"]
    return wire.call(server.address, server.port, "LLEN", name, password=system.redis.password)
