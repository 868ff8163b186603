"""Tasks that sleep, compute, fail and die; each writes down what happened to it, into the shared media volume."""

import json
import os
import signal
import time
from pathlib import Path

from celery import Task, shared_task
from gevent.monkey import get_original

RECORD = Path("/app/media/tasks.jsonl")


def record(task: Task, event: str) -> None:
    """A line of a file that every worker appends to."""
    delivery = task.request.delivery_info or {}
    told = {
        "event": event,
        "id": task.request.id,
        "task": task.name,
        "queue": delivery.get("routing_key"),
        "redelivered": bool(delivery.get("redelivered")),
        "worker": task.request.hostname,
        "process": os.getpid(),
        "time": time.time(),
    }
    with RECORD.open("ab", buffering=0) as file:
        file.write(json.dumps(told).encode() + b"\n")


@shared_task(bind=True)
def sleep(self: Task, seconds: float) -> float:
    """Wait, as for an answer of another service."""
    record(self, "started")
    time.sleep(seconds)
    record(self, "finished")
    return seconds


@shared_task(bind=True)
def wait_for(self: Task, name: str) -> None:
    """Run until there is a file of this name in the shared media volume."""
    record(self, "started")
    while not RECORD.with_name(name).exists():
        time.sleep(0.02)
    record(self, "finished")


@shared_task(bind=True)
def compute(self: Task, seconds: float) -> int:
    """Keep the processor busy, and give no other task a turn."""
    record(self, "started")
    end, rounds = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        rounds += 1
    record(self, "finished")
    return rounds


@shared_task(bind=True)
def fail(self: Task) -> None:
    """Raise."""
    record(self, "started")
    raise ValueError("an invented mistake")


@shared_task(bind=True)
def die_once(self: Task) -> None:
    """The process is killed in the middle of it, as for want of memory; the second time it ends well."""
    record(self, "started")
    mark = RECORD.with_name(f"died-{self.request.id}")
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    record(self, "finished")


@shared_task(bind=True)
def deadlock(self: Task) -> None:
    """Wait for a lock that nobody gives back, and let nothing else run meanwhile, the worker itself included."""
    record(self, "started")
    lock = get_original("_thread", "allocate_lock")()
    lock.acquire()
    lock.acquire()


@shared_task(bind=True)
def tick(self: Task) -> None:
    """What beat sends."""
    record(self, "started")
