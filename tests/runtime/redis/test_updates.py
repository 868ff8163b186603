"""A new image or configuration replaces all servers and Sentinels: the leader hands over, and writes hardly wait."""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.runtime.redis.conftest import REPLICATED, RunPods
from tests.runtime.redis.pods import Pods
from tests.runtime.redis.rolling import Writer, kept, roll
from tests.runtime.redis.test_full_stop import the_leader
from tests.runtime.redis.test_replicated import CORE, OTHER, PRIMARY, REPLICA, SENTINELS, settled

SERVERS = ((PRIMARY, OTHER), (REPLICA, "redis-replica-1"))


@pytest.mark.parametrize("rollouts", [1, pytest.param(20, marks=(pytest.mark.long, pytest.mark.longest))])
def test_a_rollout_of_all_servers_loses_nothing(pods_of: RunPods, rollouts: int) -> None:
    pods = settled(pods_of(REPLICATED, patient=True))
    pods.start("redis-replica-1")
    with Writer(pods, SENTINELS) as writer:
        # The Sentinels, which come back more slowly, every tenth time.
        took = [
            seconds
            for number in range(rollouts)
            for seconds in roll(pods, *SERVERS, *(() if number % 10 else (SENTINELS,)))
        ]
    tell(writer, took)
    assert_nothing_is_lost(pods, writer)
    # Every change of the leader was a handover: nobody waited for Sentinels to miss it.
    assert not [name for name in SENTINELS if pods[name].has_written("+odown")]


def test_a_leader_that_nobody_can_follow_stays_until_somebody_can(pods_of: RunPods) -> None:
    pods = settled(pods_of(REPLICATED, patient=True))
    pods.crash(REPLICA)
    with Writer(pods, SENTINELS) as writer:
        pods.eventually(lambda: len(writer.accepted) > 20)
        # Both primaries are to go, while the replica is away: the second waits for it.
        with ThreadPoolExecutor() as pool:
            rolled = pool.submit(roll, pods, (PRIMARY,), (OTHER,))
            pods.eventually(lambda: len(writer.accepted) > 100)
            pods.start(REPLICA)
            rolled.result()
    assert_nothing_is_lost(pods, writer)


def test_a_leader_whose_container_starts_again_leads_again(pods_of: RunPods) -> None:
    pods = settled(pods_of(REPLICATED, patient=True))
    with Writer(pods, SENTINELS) as writer:
        pods.eventually(lambda: len(writer.accepted) > 50)
        before = len(writer.accepted)
        os.kill(pods[PRIMARY].process.pid, signal.SIGKILL)
        pods.eventually(lambda: len(writer.accepted) > before + 50)
    tell(writer, [0])
    assert_nothing_is_lost(pods, writer)
    assert not [name for name in SENTINELS if pods[name].has_written("+odown")]


def assert_nothing_is_lost(pods: Pods, writer: Writer) -> None:
    leader = pods.eventually(lambda: the_leader(pods, *CORE))
    found = kept(pods[leader])
    assert set(writer.accepted) <= set(found)
    # Those whose answer was lost with the connection may be there as well, each once.
    assert len(found) == len(set(found)) <= len(writer.accepted) + writer.refused
    assert found == sorted(found)


def tell(writer: Writer, took: list[float]) -> None:
    """The figures of docs/reliability.md; `pytest -rP` shows them."""
    sys.stdout.write(
        f"{len(writer.accepted)} writes taken, {writer.refused} refused, the longest pause {writer.longest_gap:.2f} s; "
        f"{len(took)} pods took up to {max(took):.1f} s to end\n"
    )
