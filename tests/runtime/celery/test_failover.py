"""The replicated Redis loses its primary while tasks are sent and worked on."""

import sys
from contextlib import suppress

import pytest
from attrs import evolve
from cdk8s import App
from kombu.exceptions import OperationalError

from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import Environment, ImageReference, Replicas, ReplicatedRedis, SecretsManagerSecret
from tests.runtime.celery.conftest import PRIMARY, REPLICA, StartSystem
from tests.runtime.celery.failover import Recovery, Stream, lose_primary, primary_is_elsewhere, recovered
from tests.runtime.celery.system import System
from tests.support import Manifest, synth

QUEUES = ("default", "bulk_upload")
PASSWORD = "an-invented-password"
SECRET = SecretsManagerSecret(arn="arn:aws:secretsmanager:eu-west-1:111122223333:secret:team-a-redis-AbCdEf")


@pytest.fixture
def prod(image: ImageReference) -> Environment:
    return ENVIRONMENTS["prod"](image)


def with_redis(environment: Environment, **changes: object) -> list[Manifest]:
    """The manifests of an environment with another replicated Redis."""
    assert isinstance(environment.redis, ReplicatedRedis)
    return synth(ExamxChart(App(), evolve(environment, redis=evolve(environment.redis, **changes))))


def test_what_a_replica_has_survives_and_everybody_goes_on(start_system: StartSystem, prod: Environment) -> None:
    # With two replicas writes go on as soon as one of them is the primary; with a password, for clients that need it.
    manifests = with_redis(prod, replicas=Replicas.between(2, 5), password=SECRET)
    system = start_system(manifests, password=PASSWORD)
    waiting = [system.send("sleep", 0, queue="question_enrichment").id for _ in range(20)]
    recovery = lose(system, silent=False)
    assert primary_is_elsewhere(system)
    assert system.backlog("question_enrichment") == len(waiting)
    # What a worker took in that very moment, and did not write down: at most one task for each of them.
    assert len(recovery.lost) <= len(QUEUES)
    started = system.worker("question_enrichment")
    system.eventually(lambda: system.count("finished", waiting) == len(waiting))
    assert PASSWORD not in started.log


def test_with_one_replica_tasks_are_taken_again_when_the_old_primary_is_back(
    start_system: StartSystem, rendered: dict[str, list[Manifest]]
) -> None:
    system = start_system(rendered["prod"])
    waiting = system.send("sleep", 0).id
    system.redis.eventually(lambda: system.redis[REPLICA].call("LLEN", "default") == 1)
    system.redis.crash(PRIMARY)
    system.redis.eventually(lambda: primary_is_elsewhere(system))
    with pytest.raises(OperationalError, match="NOREPLICAS"):
        system.send("sleep", 0, retry=False, ignore_result=True)
    system.redis.start(PRIMARY)
    sent = system.eventually(lambda: sent_if_accepted(system))
    system.started_worker("default")
    system.eventually(lambda: system.count("finished", [waiting, sent]) == 2)


@pytest.mark.long
@pytest.mark.parametrize("loss", ["killed", "silent"])
def test_production_goes_on_within_a_minute(start_system: StartSystem, prod: Environment, loss: str) -> None:
    system = start_system(with_redis(prod, replicas=Replicas.between(2, 5)), patient=True)
    waiting = [system.send("sleep", 0, queue="question_enrichment").id for _ in range(20)]
    recovery = lose(system, silent=loss == "silent")
    tell(recovery)
    assert system.backlog("question_enrichment") == len(waiting)
    assert len(recovery.lost) <= len(QUEUES)
    assert max(recovery.sending, *recovery.working.values()) < 60


def tell(recovery: Recovery) -> None:
    """The figures of docs/reliability.md; `pytest -rP` shows them."""
    working = ", ".join(f"{queue} after {seconds:.1f} s" for queue, seconds in recovery.working.items())
    tasks = f"{recovery.refused} refused, {len(recovery.lost)} lost, {len(recovery.repeated)} run again"
    sys.stdout.write(f"sending goes on after {recovery.sending:.1f} s, working on {working}; tasks: {tasks}\n")


def sent_if_accepted(system: System) -> str | None:
    """Send a task, and say which, unless Redis refuses it."""
    with suppress(OperationalError):
        return system.send("sleep", 0, retry=False, ignore_result=True).id
    return None


def lose(system: System, *, silent: bool) -> Recovery:
    """Lose the primary under two workers, a gevent and a prefork one, and whoever sends them tasks."""
    for queue in QUEUES:
        system.worker(queue)
    with Stream(system, QUEUES) as stream:
        lost_at = lose_primary(system, stream, silent=silent)
        return recovered(system, stream, QUEUES, lost_at)
