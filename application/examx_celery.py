"""What ExamX's Celery app must be set to, for the Deployments that run it. Generated from their queues; do not edit.

    app = Celery("examx")
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(celery_settings())

It needs no package. Workers, beat and whatever sends tasks must all use it: they talk through the same lists.
"""

import os
from collections.abc import Mapping
from typing import Any

QUEUES: Mapping[str, int] = {
    "default": 120,
    "bulk_upload": 900,
    "question_enrichment": 300,
    "question_generator_ai": 600,
}
"""Each queue and its longest task in seconds: what its workers' grace period leaves a task for, and no more."""

VISIBILITY_TIMEOUT = 3600
"""Seconds after which a task that was taken and not acknowledged goes to another worker."""


def celery_settings(
    environment: Mapping[str, str] = os.environ, *, visibility_timeout: int = VISIBILITY_TIMEOUT
) -> dict[str, Any]:
    """The settings, from REDIS_URL and REDIS_SENTINEL_MASTER. Raises KeyError without a REDIS_URL.

    A longer visibility timeout is for tasks that are sent with an ETA further away; never make it shorter.
    """
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
        # Whoever loses the broker can not acknowledge any more, and its tasks are given to others: it stops them.
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
    }


def _transport(master_name: str | None, visibility_timeout: int) -> dict[str, Any]:
    sentinel = {"master_name": master_name} if master_name else {}
    return {
        **sentinel,
        "visibility_timeout": visibility_timeout,
        # A server that is gone without a word, as with its node, is noticed.
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,
    }
