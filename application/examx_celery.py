"""What ExamX's Celery app must be, for the Deployments that run it. Generated from their queues; do not edit.

    app = Celery("examx")
    app.config_from_object("django.conf:settings", namespace="CELERY")
    configure(app)

Workers, beat and whatever sends tasks must all be configured by it: they talk through the same lists.
"""

import logging
import os
import time
from collections.abc import Mapping
from threading import Thread
from typing import Any

from celery import Celery
from celery.signals import worker_ready

QUEUES: Mapping[str, int] = {
    "default": 120,
    "bulk_upload": 900,
    "question_enrichment": 300,
    "question_generator_ai": 600,
}
"""Each queue and its longest task in seconds: what its workers' grace period leaves a task for, and no more."""

VISIBILITY_TIMEOUT = 3600
"""Seconds after which a task that was taken and not acknowledged goes to another worker."""

# A server that is gone without a word, as with its node, is noticed after so many seconds.
_SILENCE, _CONNECTING = 10, 5

_log = logging.getLogger(__name__)


def configure(app: Celery, *, visibility_timeout: int = VISIBILITY_TIMEOUT, give_back_every: float = 60) -> None:
    """Set up an app for the Redis that REDIS_URL and REDIS_SENTINEL_MASTER name, over settings that it has already.

    A longer visibility timeout is for tasks that are sent with an ETA further away; a shorter one runs tasks twice.
    Raises KeyError without a REDIS_URL.
    """
    app.conf.update(celery_settings(os.environ, visibility_timeout))

    def start(sender: Any, **_: Any) -> None:
        if sender.pool.is_green:
            Thread(target=_give_back, args=(app, give_back_every), daemon=True).start()

    worker_ready.connect(start, weak=False)


def celery_settings(environment: Mapping[str, str], visibility_timeout: int = VISIBILITY_TIMEOUT) -> dict[str, Any]:
    """The settings alone."""
    url = environment["REDIS_URL"]
    transport = _transport(environment.get("REDIS_SENTINEL_MASTER"), visibility_timeout)
    return {
        "broker_url": url,
        "result_backend": url,
        # One list for each queue, whatever a task's priority: the list that the autoscaler counts.
        "broker_transport_options": {**transport, "priority_steps": [0]},
        "result_backend_transport_options": transport,
        "visibility_timeout": visibility_timeout,
        # A queue that no worker drains would keep its tasks for ever: sending to one is an error instead.
        "task_queues": {name: {"exchange": name, "routing_key": name} for name in QUEUES},
        "task_create_missing_queues": False,
        "task_default_queue": "default",
        # A task is done when it has ended, not when it was taken. One whose process dies is given back.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        # A worker holds the tasks that it runs and no others: what waits is in the list, for every worker to take.
        "worker_prefetch_multiplier": 1,
        # After a lost connection, Celery before 5.7 would go on with one task at a time in a gevent pool;
        "worker_enable_prefetch_count_reduction": False,
        # and it would end, where it can not write down that it stops its tasks: the results are in the same Redis.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "redis_socket_timeout": _SILENCE,
        "redis_socket_connect_timeout": _CONNECTING,
        "redis_socket_keepalive": True,
    }


def _transport(master_name: str | None, visibility_timeout: int) -> dict[str, Any]:
    sentinel = {"master_name": master_name} if master_name else {}
    return {
        **sentinel,
        "visibility_timeout": visibility_timeout,
        "socket_timeout": _SILENCE,
        "socket_connect_timeout": _CONNECTING,
        "socket_keepalive": True,
        "health_check_interval": _SILENCE,
    }


def _give_back(app: Celery, every: float) -> None:
    # kombu gives back the tasks of workers that were killed while its event loop runs. A gevent pool has none.
    while True:
        time.sleep(every)
        try:
            with app.connection_for_write() as connection:
                connection.default_channel.qos.restore_visible(num=None, interval=1)
        except Exception:
            # Whatever it was, the next time it may be over; a thread that ended would give back nothing.
            _log.warning("Tasks of lost workers could not be given back", exc_info=True)
