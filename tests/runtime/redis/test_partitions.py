"""The network falls apart: at most one part goes on taking tasks, and what it took is there when all is one again."""

import time
from collections.abc import Iterable, Iterator
from itertools import combinations

import pytest

from tests.runtime.redis.conftest import REPLICATED, RunPods
from tests.runtime.redis.network import Divisible, divisible
from tests.runtime.redis.pods import Pods
from tests.runtime.redis.test_full_stop import the_leader
from tests.runtime.redis.test_replicated import CORE, OTHER, PRIMARY, REPLICA, SENTINELS, agree, settled
from tests.runtime.redis.wire import RedisError

READER = "redis-replica-1"
ALL = (*CORE, *SENTINELS, READER)
QUICK = (PRIMARY, READER, SENTINELS[0])
MINORITIES = [
    (PRIMARY,),
    (PRIMARY, SENTINELS[0]),
    (PRIMARY, READER),
    QUICK,
    (REPLICA,),
    (REPLICA, SENTINELS[0]),
    (OTHER, READER, SENTINELS[0]),
    (SENTINELS[0],),
    (READER,),
]


@pytest.fixture
def network() -> Iterator[Divisible]:
    with divisible() as network:
        yield network


@pytest.fixture
def pods(pods_of: RunPods, network: Divisible) -> Pods:
    pods = settled(pods_of(REPLICATED, network=network))
    pods.start(READER)
    pods.eventually(lambda: pods[PRIMARY].call("CONFIG", "GET", "min-replicas-to-write")[1] == "2")
    return pods


@pytest.mark.parametrize(
    "minority",
    [pytest.param(each, marks=() if each is QUICK else pytest.mark.long, id="+".join(each)) for each in MINORITIES],
)
def test_the_larger_part_goes_on_and_the_smaller_one_stops(
    pods: Pods, network: Divisible, minority: tuple[str, ...]
) -> None:
    majority = [name for name in ALL if name not in minority]
    accepted = [write(pods, PRIMARY, f"before {number}") for number in range(5)]
    network.divide(addresses(pods, majority), addresses(pods, minority))
    # What a leader that is cut off still takes is lost; it notices after `min-replicas-max-lag` at the latest.
    if PRIMARY in minority:
        pods.eventually(lambda: not is_taken(pods, PRIMARY, "cut off"))
    leader = pods.eventually(lambda: taken_by(pods, [name for name in CORE if name in majority], "meanwhile"))
    accepted += ["meanwhile", write(pods, leader, "later")]
    network.heal()
    assert_all_agree(pods, accepted)


@pytest.mark.long
@pytest.mark.parametrize("pair", list(combinations(CORE, 2)), ids="+".join)
def test_two_servers_without_sentinels_lose_nothing_either(
    pods: Pods, network: Divisible, pair: tuple[str, str]
) -> None:
    # The Sentinels and the third server are on the other side, where no second copy is.
    accepted = [write(pods, PRIMARY, "before")]
    alone = [name for name in ALL if name not in pair]
    third = next(name for name in CORE if name not in pair)
    network.divide(addresses(pods, pair), addresses(pods, alone))
    pods.eventually(lambda: not is_taken(pods, third, "cut off"))
    if PRIMARY in pair:
        accepted.append(write(pods, PRIMARY, "meanwhile"))
    time.sleep(5)
    assert not is_taken(pods, third, "cut off")
    network.heal()
    assert_all_agree(pods, accepted)


def assert_all_agree(pods: Pods, accepted: list[str]) -> None:
    leader = pods.eventually(lambda: the_leader(pods, *CORE), seconds=120)
    accepted.append(write(pods, leader, "after"))
    others = [name for name in CORE if name != leader]
    pods.eventually(lambda: agree(pods, leader, *others, READER), seconds=120)
    # What the smaller part took is with none of them: a cut-off leader gives its data up for those of the new one.
    # A link that is up may still have something to bring.
    pods.eventually(lambda: all(tasks(pods, name) == tasks(pods, leader) for name in (*others, READER)))
    assert set(accepted) <= set(tasks(pods, leader))


def tasks(pods: Pods, name: str) -> list[str]:
    return pods[name].call("LRANGE", "reports", "0", "-1")


def addresses(pods: Pods, names: Iterable[str]) -> list[str]:
    return [pods[name].address for name in names]


def write(pods: Pods, name: str, task: str) -> str:
    """Queue a task at a server, and say which."""
    pods.eventually(lambda: pods[name].call("RPUSH", "reports", task))
    return task


def is_taken(pods: Pods, name: str, task: str) -> bool:
    """Whether a server takes a task."""
    try:
        return bool(pods[name].call("RPUSH", "reports", task))
    except RedisError:
        return False


def taken_by(pods: Pods, names: list[str], task: str) -> str | None:
    """Which server takes a task."""
    return next((name for name in names if is_taken(pods, name, task)), None)
