"""One Redis server under workers and those who send tasks."""

from contextlib import suppress

import pytest
from attrs import evolve
from cdk8s import App
from kombu.exceptions import OperationalError

from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import ImageReference, Resources
from tests.runtime.celery.conftest import StartSystem
from tests.runtime.celery.system import System
from tests.support import Manifest, synth


@pytest.fixture
def small(image: ImageReference) -> list[Manifest]:
    """The manifests of `dev` with a Redis of 96 MiB."""
    dev = ENVIRONMENTS["dev"](image)
    redis = evolve(dev.redis, resources=Resources.of("250m", "96Mi", "500m", "96Mi"))
    return synth(ExamxChart(App(), evolve(dev, redis=redis)))


def test_a_restart_keeps_the_queued_tasks(start_system: StartSystem, rendered: dict[str, list[Manifest]]) -> None:
    system = start_system(rendered["dev"])
    ids = [system.send("sleep", 0).id for _ in range(5)]
    system.redis.crash()
    with pytest.raises(OperationalError):
        system.send("sleep", 0, retry=False, ignore_result=True)
    system.redis.start("redis-0")
    assert system.backlog("default") == 5
    system.started_worker("default")
    system.eventually(lambda: system.count("finished", ids) == 5)


def test_when_memory_is_full_whoever_sends_gets_an_error_and_no_queued_task_is_lost(
    start_system: StartSystem, small: list[Manifest]
) -> None:
    system = start_system(small)
    ids = fill(system)
    assert len(ids) > 5, "times 4 MB, of 40 % of 96 MiB"
    assert system.backlog("default") == len(ids)
    system.started_worker("default")
    system.eventually(lambda: system.count("finished", ids) == len(ids))
    system.eventually(lambda: system.taken() == 0)
    assert system.send("sleep", 0).id


def fill(system: System) -> list[str]:
    """Send tasks of 4 MB until one is refused."""
    ids: list[str] = []
    with suppress(OperationalError):
        while True:
            ids.append(send_large(system))
    with pytest.raises(OperationalError, match="maxmemory"):
        send_large(system)
    return ids


def send_large(system: System) -> str:
    """A task of 4 MB."""
    return system.send("sleep", 0, retry=False, ignore_result=True, headers={"ballast": "x" * 4_000_000}).id
