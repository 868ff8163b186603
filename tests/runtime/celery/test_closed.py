"""What the settings shut: commands from anybody, content that runs what its sender wants, results without an end."""

import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest
from celery import Celery
from examx_celery import RESULT_EXPIRES, configure

from tests.runtime.celery.conftest import REDIS, StartSystem
from tests.runtime.celery.system import System
from tests.support import Manifest

Rendered = dict[str, list[Manifest]]

ENVIRONMENT = {"REDIS_URL": "redis://redis.example.com:6379/0"}
QUEUES = ("default", "bulk_upload")


def test_an_application_loosens_nothing_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    loose = {
        "accept_content": ["json", "pickle"],
        "result_accept_content": ["pickle"],
        "task_serializer": "pickle",
        "worker_enable_remote_control": True,
        "task_send_sent_event": True,
        "result_expires": None,
        "task_acks_late": False,
        "broker_url": "redis://:an-invented-password@elsewhere.example.com/0",
    }
    app = Celery("loose", set_as_current=False)
    # As Django's settings are read.
    own = {f"CELERY_{name.upper()}": value for name, value in loose.items()}
    app.config_from_object(SimpleNamespace(**own, CELERY_WORKER_MAX_TASKS_PER_CHILD=7), namespace="CELERY")
    configure(app, environment=ENVIRONMENT)
    assert not app.configured, "settings are read later: Django may be about to read them"
    with caplog.at_level(logging.WARNING):
        shut = [app.conf[name] for name in loose]
    assert shut == [["json"], ["json"], "json", False, False, RESULT_EXPIRES, True, ENVIRONMENT["REDIS_URL"]]
    assert "password" not in caplog.text
    assert app.conf.worker_max_tasks_per_child == 7
    assert {each.getMessage().split()[0] for each in caplog.records} == {*own}
    app.close()


def test_what_the_application_leaves_alone_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    app = Celery("plain", set_as_current=False)
    own = SimpleNamespace(CELERY_RESULT_EXPIRES=timedelta(days=1), CELERY_ACCEPT_CONTENT=("json",))
    app.config_from_object(own, namespace="CELERY")
    configure(app, environment=ENVIRONMENT)
    assert app.conf.accept_content == ["json"]
    configure(app, environment=ENVIRONMENT)
    assert caplog.records == []
    app.close()


@pytest.mark.parametrize("seconds", [0, -1, RESULT_EXPIRES + 1])
def test_results_do_not_stay_for_ever(seconds: int) -> None:
    with pytest.raises(ValueError, match=f"result_expires is {seconds}; allowed: seconds from 1 to 86400"):
        configure(Celery("client", set_as_current=False), environment=ENVIRONMENT, result_expires=seconds)


def test_results_go_after_a_day_at_most(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    system.worker("default")
    sent = system.send("sleep", 0)
    assert sent.get(timeout=20) == 0
    assert 0 < system.redis[REDIS[0]].call("TTL", f"celery-task-meta-{sent.id}") <= RESULT_EXPIRES
    sent.forget()


def test_commands_of_a_stranger_are_not_heard(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    workers = [system.worker(queue) for queue in QUEUES]
    stranger = like(system)
    stranger.control.broadcast("cancel_consumer", arguments={"queue": "default"})
    stranger.control.broadcast("add_consumer", arguments={"queue": "nobody"})
    stranger.control.broadcast("shutdown")
    for queue in QUEUES:
        sent = system.send("sleep", 0, queue=queue, ignore_result=True)
        system.eventually(lambda sent=sent: system.count("finished", [sent.id]) == 1)
    assert all(each.is_running for each in workers)
    # Nobody listens to what anybody publishes, events of other workers neither.
    assert system.redis[REDIS[0]].call("PUBSUB", "NUMPAT") == 0
    with pytest.raises(RuntimeError, match="remote control is off, no worker hears 'shutdown'"):
        system.producer.control.shutdown()
    stranger.close()


def test_with_remote_control_they_are_heard(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"], remote_control=True)
    worker = system.worker("default")
    stranger = like(system)
    # A worker begins to listen when it is ready, and what is published before is lost.
    system.eventually(lambda: stranger.control.broadcast("shutdown") or not worker.is_running)
    stranger.close()


def test_a_pickle_is_set_aside(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    system.worker("default")
    system.send("sleep", 0, serializer="pickle", ignore_result=True)
    aside = system.eventually(lambda: system.redis[REDIS[0]].call("LRANGE", "examx:set-aside:default", "0", "-1"))
    assert "untrusted content of type pickle" in aside[0]
    assert system.records() == []


def like(system: System) -> Celery:
    """An app of a stranger who may do what the application may."""
    app = Celery("stranger", set_as_current=False)
    configure(app, environment=dict(system.environment), remote_control=True)
    return app
