"""All pods stop at once, as with a power cut or a drained node group: whatever comes back first, no task is lost.

Before it the first primary was lost, and a replica promoted: its data are old, and it does not know.
"""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import pytest

from tests.runtime.redis.conftest import REPLICATED, RunPods, manifests_of
from tests.runtime.redis.network import Network, loopback
from tests.runtime.redis.pods import Pods, running
from tests.runtime.redis.test_replicated import (
    CORE,
    OTHER,
    PRIMARY,
    REPLICA,
    SENTINELS,
    agree,
    has_taken_over,
    is_primary,
    replicated_write,
    settled,
)

ORDERS = [
    (PRIMARY, OTHER, REPLICA, *SENTINELS),
    (*SENTINELS, PRIMARY, REPLICA, OTHER),
    (REPLICA, *SENTINELS, OTHER, PRIMARY),
]
EVERY_ORDER = [
    (*before, *SENTINELS, *after) for each in permutations(CORE) for before, after in [(each, ()), ((), each)]
]
TASKS = [f"task {number}" for number in range(6)]
_APART = 2
"""Seconds from one pod to the next: a keeper has looked by then."""


@dataclass(frozen=True)
class Left:
    """What a full stop leaves: volumes, by the names of their pods, and the addresses that are written in them."""

    volumes: Path
    network: Network


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    """Of pods that are all gone; the first primary was when the last five tasks were accepted."""
    volumes = tmp_path_factory.mktemp("volumes")
    with loopback() as network:
        with running(manifests_of(REPLICATED), network=network) as pods:
            settled(pods)
            replicated_write_of(pods, PRIMARY, TASKS[:1], REPLICA, OTHER)
            pods.crash(PRIMARY)
            pods.eventually(lambda: has_taken_over(pods, REPLICA))
            replicated_write_of(pods, REPLICA, TASKS[1:], OTHER)
            time.sleep(1.1)  # The append-only file is on the disk at the latest then.
            pods.crash()
            for name in CORE:
                shutil.copytree(pods[name].volume, volumes / name)
        yield Left(volumes, network)


@pytest.fixture
def stopped(pods_of: RunPods, left: Left) -> Pods:
    """Pods that find those volumes when they start: they have no other memory."""
    pods = pods_of(REPLICATED, network=left.network)
    for name in CORE:
        shutil.copytree(left.volumes / name, pods[name].volume)
    return pods


LONGEST = (pytest.mark.long, pytest.mark.longest)


@pytest.mark.parametrize("order", [*ORDERS, *(pytest.param(each, marks=LONGEST) for each in EVERY_ORDER)])
def test_the_newest_data_lead_whatever_starts_first(stopped: Pods, order: tuple[str, ...]) -> None:
    for name in order:
        stopped[name].begin()
        time.sleep(_APART)
    stopped.eventually(lambda: agree(stopped, REPLICA, PRIMARY, OTHER))
    assert_all_have(stopped, *CORE)


@pytest.mark.parametrize("lost", CORE)
def test_one_server_that_never_comes_back_is_not_missed(stopped: Pods, lost: str) -> None:
    left = [name for name in CORE if name != lost]
    stopped.start(*left, *SENTINELS)
    leader = stopped.eventually(lambda: the_leader(stopped, *left))
    assert_all_have(stopped, leader)
    stopped.eventually(lambda: stopped[leader].call("LPUSH", "reports", "another task"))


@pytest.mark.parametrize("lost", [REPLICA, pytest.param(OTHER, marks=pytest.mark.long), PRIMARY])
def test_one_that_lost_its_volume_gets_the_data_back(stopped: Pods, lost: str) -> None:
    stopped[lost].lose_data()
    stopped.start(lost, *(name for name in CORE if name != lost), *SENTINELS)
    stopped.eventually(lambda: the_leader(stopped, *CORE))
    stopped.eventually(lambda: all(stopped[name].call("LLEN", "reports") == len(TASKS) for name in CORE))
    assert_all_have(stopped, *CORE)


def test_servers_that_follow_each_other_choose_a_leader(pods_of: RunPods) -> None:
    """Each of them is linked, and no Sentinel starts before somebody leads: nobody but they can end it."""
    pods = settled(pods_of(REPLICATED))
    replicated_write_of(pods, PRIMARY, TASKS, REPLICA, OTHER)
    pods.crash(*SENTINELS)
    pods[PRIMARY].call("REPLICAOF", pods[REPLICA].address, "6379")
    assert not is_primary(pods[PRIMARY])
    pods.start(*SENTINELS)
    pods.eventually(lambda: the_leader(pods, *CORE))
    assert_all_have(pods, *CORE)


def test_one_server_alone_never_leads(stopped: Pods) -> None:
    # Whichever it is, it cannot know that no newer data exist.
    stopped.start(PRIMARY)
    time.sleep(8)
    assert not is_primary(stopped[PRIMARY])
    stopped.start(OTHER, *SENTINELS)
    leader = stopped.eventually(lambda: the_leader(stopped, PRIMARY, OTHER))
    assert leader == OTHER
    stopped.start(REPLICA)
    stopped.eventually(lambda: agree(stopped, OTHER, PRIMARY, REPLICA))
    assert_all_have(stopped, *CORE)


def test_by_hand_one_server_alone_can_be_made_the_leader(stopped: Pods) -> None:
    # Two volumes of three are gone. Nobody but a person can know that the third has all there is.
    for lost in (PRIMARY, REPLICA):
        stopped[lost].lose_data()
    stopped.start(*CORE)
    time.sleep(5)
    assert not any(is_primary(stopped[name]) for name in CORE)
    assert "leads since" in stopped[OTHER].exec("sh", "/etc/redis/lead.sh")
    stopped.start(*SENTINELS)
    stopped.eventually(lambda: the_leader(stopped, *CORE))
    stopped.eventually(lambda: all(stopped[name].call("LLEN", "reports") == len(TASKS) for name in CORE))
    assert_all_have(stopped, *CORE)


@pytest.mark.parametrize("lost", [(), (REPLICA,)], ids=["all are there", "the leader lost its volume"])
def test_servers_stop_while_sentinels_go_on(pods_of: RunPods, lost: tuple[str, ...]) -> None:
    pods = settled(pods_of(REPLICATED))
    pods.crash(PRIMARY)
    pods.eventually(lambda: has_taken_over(pods, REPLICA))
    replicated_write_of(pods, REPLICA, TASKS, OTHER)
    time.sleep(1.1)
    pods.crash(*CORE)
    for name in lost:
        pods[name].lose_data()
    pods.start(*CORE)
    leader = pods.eventually(lambda: the_leader(pods, *CORE), seconds=120)
    pods.eventually(lambda: agree(pods, leader, *(name for name in CORE if name != leader)), seconds=120)
    assert_all_have(pods, *CORE)


def test_a_new_redis_starts_with_the_preferred_server(pods_of: RunPods) -> None:
    pods = pods_of(REPLICATED)
    pods.start(OTHER, *SENTINELS[:1], REPLICA, PRIMARY, *SENTINELS[1:])
    pods.eventually(lambda: agree(pods, *CORE))
    replicated_write(pods, *CORE)


def replicated_write_of(pods: Pods, primary: str, tasks: list[str], *replicas: str) -> None:
    """Queue tasks, and wait until the replicas have all that is queued."""
    for task in tasks:
        pods.eventually(lambda task=task: pods[primary].call("RPUSH", "reports", task))
    length = pods[primary].call("LLEN", "reports")
    pods.eventually(lambda: all(pods[name].call("LLEN", "reports") == length for name in replicas))


def the_leader(pods: Pods, *names: str) -> str | None:
    """The one primary, when every Sentinel names it and it takes writes."""
    primaries = [name for name in names if is_primary(pods[name])]
    if len(primaries) != 1 or not has_taken_over(pods, primaries[0]):
        return None
    pods[primaries[0]].call("SET", "takes writes", "yes")
    return primaries[0]


def assert_all_have(pods: Pods, *names: str) -> None:
    assert {name: pods[name].call("LRANGE", "reports", "0", "-1") for name in names} == dict.fromkeys(names, TASKS)
