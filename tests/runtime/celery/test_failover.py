"""The replicated Redis loses its primary while tasks are sent and worked on."""

import sys
from contextlib import suppress

import pytest
from attrs import evolve
from cdk8s import App
from kombu.exceptions import OperationalError

from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import Environment, ImageReference, Replicas, ReplicatedRedis
from tests.runtime.celery.conftest import PRIMARY, REPLICA, StartSystem
from tests.runtime.celery.failover import Recovery, Stream, lose_primary, primary_is_elsewhere, recovered
from tests.runtime.celery.system import System
from tests.runtime.redis.passwords import PASSWORDS
from tests.support import Manifest, synth

QUEUES = ("default", "bulk_upload")
UNREPLICATED = len(QUEUES)
"""What may be lost: the last task of each sender, if Redis had answered, and no replica had it yet."""


@pytest.fixture
def prod(image: ImageReference) -> Environment:
    return ENVIRONMENTS["prod"](image)


def with_redis(environment: Environment, **changes: object) -> list[Manifest]:
    """The manifests of an environment with another replicated Redis."""
    assert isinstance(environment.redis, ReplicatedRedis)
    return synth(ExamxChart(App(), evolve(environment, redis=evolve(environment.redis, **changes))))


def test_what_a_replica_has_survives_and_everybody_goes_on(start_system: StartSystem, prod: Environment) -> None:
    # With two replicas writes go on as soon as one of them is the primary.
    manifests = with_redis(prod, replicas=Replicas.between(2, 5))
    system = start_system(manifests)
    waiting = [system.send("sleep", 0, queue="question_enrichment").id for _ in range(20)]
    recovery = lose(system, silent=False)
    assert primary_is_elsewhere(system)
    assert system.backlog("question_enrichment") == len(waiting)
    assert len(recovery.lost) <= UNREPLICATED
    started = system.worker("question_enrichment")
    system.eventually(lambda: system.count("finished", waiting) == len(waiting))
    assert PASSWORDS["application"] not in started.log


def test_with_the_least_replicas_tasks_are_taken_while_the_old_primary_is_away(
    start_system: StartSystem, rendered: dict[str, list[Manifest]]
) -> None:
    system = start_system(rendered["prod"])
    waiting = system.send("sleep", 0).id
    system.redis.eventually(lambda: system.redis[REPLICA].call("LLEN", "default") == 1)
    system.redis.crash(PRIMARY)
    system.redis.eventually(lambda: primary_is_elsewhere(system))
    sent = system.eventually(lambda: sent_if_accepted(system))
    system.started_worker("default")
    system.eventually(lambda: system.count("finished", [waiting, sent]) == 2)


@pytest.mark.parametrize("loss", ["killed", pytest.param("silent", marks=pytest.mark.long)])
def test_whoever_waits_sends_everything(
    start_system: StartSystem, rendered: dict[str, list[Manifest]], loss: str
) -> None:
    system = start_system(rendered["prod"])
    recovery = lose(system, silent=loss == "silent", patient=True)
    tell(recovery)
    assert recovery.refused == 0
    assert len(recovery.lost) <= UNREPLICATED


@pytest.mark.long
@pytest.mark.parametrize("patient", [False, True], ids=["once", "patient"])
@pytest.mark.parametrize("loss", ["killed", "silent"])
def test_production_goes_on_within_a_minute(
    start_system: StartSystem, prod: Environment, loss: str, *, patient: bool
) -> None:
    system = start_system(with_redis(prod, replicas=Replicas.between(2, 5)), patient=True)
    waiting = [system.send("sleep", 0, queue="question_enrichment").id for _ in range(20)]
    recovery = lose(system, silent=loss == "silent", patient=patient)
    tell(recovery)
    assert system.backlog("question_enrichment") == len(waiting)
    assert len(recovery.lost) <= UNREPLICATED
    assert not (patient and recovery.refused)
    assert max(recovery.sending, *recovery.working.values()) < 60


def tell(recovery: Recovery) -> None:
    """The figures of docs/reliability.md; `pytest -rP` shows them."""
    working = ", ".join(f"{queue} after {seconds:.1f} s" for queue, seconds in recovery.working.items())
    senders = f"a sender waited {recovery.longest:.1f} s at most, {recovery.refused} tasks refused"
    tasks = f"{len(recovery.lost)} lost, {len(recovery.repeated)} run again"
    sys.stdout.write(f"sending goes on after {recovery.sending:.1f} s, working on {working}; {senders}, {tasks}\n")


def sent_if_accepted(system: System) -> str | None:
    """Send a task, and say which, unless Redis refuses it."""
    with suppress(OperationalError):
        return system.send("sleep", 0, retry=False, ignore_result=True).id
    return None


def lose(system: System, *, silent: bool, patient: bool = False) -> Recovery:
    """Lose the primary under two workers, a gevent and a prefork one, and those who send them tasks."""
    for queue in QUEUES:
        system.worker(queue)
    with Stream(system, QUEUES, patient=patient) as stream:
        lost_at = lose_primary(system, stream, silent=silent)
        return recovered(system, stream, QUEUES, lost_at)
