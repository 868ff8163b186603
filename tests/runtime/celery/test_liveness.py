"""The rendered liveness probe: it passes while a worker lives, busy or without a broker, and fails when it hangs."""

import re
import signal
import sys
import time

from tests.runtime.celery.conftest import StartSystem
from tests.runtime.celery.system import System
from tests.runtime.pods.pod import Container
from tests.support import Manifest

Rendered = dict[str, list[Manifest]]

# The probe asks once a minute. Here it asks again after seconds: celery wakes at the latest after two.
PERIOD = 4


def test_it_passes_while_idle_and_costs_next_to_nothing(dev: System) -> None:
    worker = dev.worker("default")
    assert passes_twice(worker)
    probe = spent(worker, worker.manifest["livenessProbe"]["exec"]["command"], times=50)
    ping = spent(worker, ["celery", "-A", "examx", "inspect", "ping"], times=1)
    sys.stdout.write(f"processor time: {probe:.4f} s for the probe, {ping:.2f} s for celery inspect ping\n")
    assert ping > 20 * probe
    worker.pod.kill()


def test_it_passes_while_busy_for_longer_than_its_timeout(dev: System) -> None:
    workers = {queue: dev.worker(queue) for queue in ("default", "bulk_upload")}
    for queue, worker in workers.items():
        timeout = worker.manifest["livenessProbe"]["timeoutSeconds"]
        sent = dev.send("compute", 2 * PERIOD + timeout, queue=queue)
        dev.eventually(lambda sent=sent: dev.count("started", [sent.id]) == 1)
    assert all(worker.passes("liveness") for worker in workers.values())
    time.sleep(PERIOD)
    assert all(worker.passes("liveness") for worker in workers.values())
    assert dev.ids("finished") == []
    for worker in workers.values():
        worker.pod.kill()


def test_it_passes_without_a_broker(start_system: StartSystem, rendered: Rendered) -> None:
    system = start_system(rendered["dev"])
    worker = system.worker("default")
    system.redis.crash()
    system.eventually(lambda: "Connection to broker lost" in worker.log)
    assert passes_twice(worker)
    # And when the broker is back, so is the worker.
    system.redis.start("redis-0")
    sent = system.send("sleep", 0)
    system.eventually(lambda: system.count("finished", [sent.id]) == 1)


def test_it_fails_when_the_worker_hangs(dev: System) -> None:
    worker = dev.worker("default")
    sent = dev.send("deadlock")
    dev.eventually(lambda: dev.count("started", [sent.id]) == 1)
    worker.passes("liveness")
    time.sleep(1)
    assert not worker.passes("liveness")
    worker.pod.kill()


def test_it_fails_when_a_worker_with_processes_hangs(dev: System) -> None:
    worker = dev.worker("bulk_upload")
    assert worker.passes("liveness")
    worker.signal(signal.SIGSTOP)
    worker.passes("liveness")
    time.sleep(1)
    assert not worker.passes("liveness")
    worker.pod.kill()


def passes_twice(worker: Container) -> bool:
    """The first probe has nothing to compare with; the second says whether the process ran since."""
    first = worker.passes("liveness")
    time.sleep(PERIOD)
    return first and worker.passes("liveness")


def spent(worker: Container, command: list[str], *, times: int) -> float:
    """Seconds of processor time that a command costs in the container, as its shell counts them."""
    script = f'for each in $(seq {times}); do "$@" >/dev/null 2>&1; done; times'
    of_children = worker.exec(["sh", "-c", script, "sh", *command]).stdout.splitlines()[-1]
    amounts = re.findall(r"(\d+)m([\d.]+)s", of_children)
    return sum(60 * float(minutes) + float(seconds) for minutes, seconds in amounts) / times
