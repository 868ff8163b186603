"""A Celery application whose tasks take as long as they are told, and say when they began."""

import os
import time

from celery import Celery
from celery.signals import worker_ready
from redis import Redis

_ADDRESS = os.environ.get("WAITS_BROKER", "redis://127.0.0.1:6379/0")

app = Celery("waits", broker=_ADDRESS, include=[__name__])
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)
_notes = Redis.from_url(_ADDRESS)


@app.task
def work(number: int, seconds: float) -> None:
    began = time.time()
    time.sleep(seconds)
    _notes.rpush("done", f"{number} {began} {time.time()}")


@worker_ready.connect
def _ready(**_: object) -> None:
    _notes.rpush("ready", f"{os.environ['WAITS_POD']} {time.time()}")
