"""A primary, replicas and Sentinels: they find each other, and again after each kind of loss."""

import os
import signal

import pytest

from tests.runtime.redis.conftest import REPLICATED, RunPods
from tests.runtime.redis.pods import Pod, Pods
from tests.runtime.redis.wire import RedisError

PRIMARY, REPLICA, OTHER = "redis-primary-0", "redis-replica-0", "redis-primary-1"
CORE = (PRIMARY, REPLICA, OTHER)
"""Who may lead, in the order in which they are preferred."""
SENTINELS = ("redis-sentinel-0", "redis-sentinel-1", "redis-sentinel-2")


@pytest.fixture
def pods(pods_of: RunPods) -> Pods:
    return settled(pods_of(REPLICATED))


def test_servers_that_start_after_their_sentinels_are_found(pods_of: RunPods) -> None:
    pods = pods_of(REPLICATED)
    pods.start(*SENTINELS, OTHER, REPLICA, PRIMARY)
    pods.eventually(lambda: agree(pods, PRIMARY, REPLICA, OTHER))


def test_a_replica_takes_over_and_the_old_primary_follows_it(pods_of: RunPods) -> None:
    pods = settled(pods_of(REPLICATED))
    assert all(pods[name].is_ready() for name in (PRIMARY, REPLICA, *SENTINELS))
    replicated_write(pods, PRIMARY, REPLICA)
    pods.crash(PRIMARY)
    pods.eventually(lambda: has_taken_over(pods, REPLICA))
    # It has what was queued, and takes more: the other has a copy of that.
    pods.eventually(lambda: pods[REPLICA].call("LPUSH", "reports", "another task") == 2)
    pods.start(PRIMARY)
    pods.eventually(lambda: agree(pods, REPLICA, PRIMARY, OTHER))
    assert pods[PRIMARY].call("LRANGE", "reports", "0", "-1") == ["another task", "task"]


def test_writes_go_on_while_one_of_the_core_is_away_and_no_longer(pods: Pods) -> None:
    pods.start("redis-replica-1")
    for away in (REPLICA, OTHER):
        pods.eventually(lambda: pods[PRIMARY].information("replication")["connected_slaves"] == "3")
        pods.crash(away)
        pods.eventually(lambda: pods[PRIMARY].call("LPUSH", "reports", "task"))
        pods.start(away)
    pods.eventually(lambda: pods[PRIMARY].call("CONFIG", "GET", "min-replicas-to-write")[1] == "2")
    pods.crash(REPLICA, OTHER)
    # The replica that is left may go at any time: what it alone has a copy of would be lost with the primary.
    pods.eventually(lambda: pods[PRIMARY].information("replication")["connected_slaves"] == "1")
    with pytest.raises(RedisError, match="NOREPLICAS"):
        pods[PRIMARY].call("LPUSH", "reports", "task")


def test_a_replica_whose_container_starts_again_can_be_promoted(pods: Pods) -> None:
    os.kill(pods[REPLICA].process.pid, signal.SIGKILL)
    # Its keeper goes on; a server that starts refuses to be promoted until it is told otherwise.
    pods.eventually(lambda: pods[REPLICA].information("replication")["role"] == "slave")
    pods.eventually(lambda: agree(pods, *CORE))
    assert pods[REPLICA].call("CONFIG", "GET", "replica-priority")[1] != "0"


def test_a_leader_that_somebody_closed_opens_again(pods: Pods) -> None:
    pods[PRIMARY].call("CONFIG", "SET", "min-replicas-to-write", "1000")
    pods.eventually(lambda: pods[PRIMARY].call("LPUSH", "reports", "task"))


def test_sentinels_that_restart_find_the_primary_that_was_promoted(pods: Pods) -> None:
    pods.crash(PRIMARY)
    pods.eventually(lambda: has_taken_over(pods, REPLICA))
    # All at once, while the first primary is still away: only the replica knows.
    pods.crash(*SENTINELS)
    pods.start(*SENTINELS, PRIMARY)
    pods.eventually(lambda: agree(pods, REPLICA, PRIMARY, OTHER))
    # One alone: it asks the others, and they forget the identity that it had.
    pods.crash(SENTINELS[0])
    pods.start(SENTINELS[0])
    pods.eventually(lambda: agree(pods, REPLICA, PRIMARY, OTHER))


def test_a_primary_without_its_data_leaves_the_role_to_another(pods: Pods) -> None:
    replicated_write(pods, *CORE)
    pods.crash(PRIMARY)
    pods[PRIMARY].lose_data()
    pods.start(PRIMARY)
    pods.eventually(
        lambda: any(agree(pods, *order) for order in [(REPLICA, PRIMARY, OTHER), (OTHER, PRIMARY, REPLICA)])
    )
    for name in CORE:
        assert pods[name].call("LRANGE", "reports", "0", "-1") == ["task"]


def test_replicas_come_and_go(pods: Pods) -> None:
    added = tuple(f"redis-replica-{ordinal}" for ordinal in range(1, 5))
    pods.start(*added)
    pods.eventually(lambda: agree(pods, *CORE, *added))
    replicated_write(pods, *CORE, *added)
    pods.crash(*added)
    pods.eventually(lambda: pods[PRIMARY].information("replication")["connected_slaves"] == "2")
    assert all(has_quorum(pods[name]) for name in SENTINELS)
    # They are gone for good: what is promoted must be one that is left.
    pods.crash(PRIMARY)
    pods.eventually(lambda: has_taken_over(pods, REPLICA))


def settled(pods: Pods) -> Pods:
    """The least that the shape has, started and in agreement."""
    pods.start(*CORE, *SENTINELS)
    pods.eventually(lambda: agree(pods, *CORE))
    return pods


def agree(pods: Pods, primary: str, *replicas: str) -> bool:
    """Whether there is this one primary, with these replicas in sync, for the servers and for every Sentinel."""
    return (
        is_primary(pods[primary])
        and all(follows(pods[name], pods[primary]) for name in replicas)
        and all(
            leads_to(pods[name], pods[primary])
            and has_quorum(pods[name])
            and known_replicas(pods[name]) == {pods[each].address: each in CORE for each in replicas}
            for name in SENTINELS
        )
    )


def has_taken_over(pods: Pods, name: str) -> bool:
    """Whether a replica is the primary, and every Sentinel says so. Before that, the old primary could still return."""
    return is_primary(pods[name]) and all(leads_to(pods[sentinel], pods[name]) for sentinel in SENTINELS)


def is_primary(server: Pod) -> bool:
    return server.information("replication")["role"] == "master"


def follows(server: Pod, primary: Pod) -> bool:
    replication = server.information("replication")
    return replication.get("master_host") == primary.address and replication["master_link_status"] == "up"


def leads_to(sentinel: Pod, primary: Pod) -> bool:
    return sentinel.call("SENTINEL", "get-master-addr-by-name", "examx") == [primary.address, "6379"]


def has_quorum(sentinel: Pod) -> bool:
    """Whether it can fail over: it knows exactly two others, and reaches enough of them."""
    master = _fields(sentinel.call("SENTINEL", "MASTER", "examx"))
    return master["num-other-sentinels"] == "2" and sentinel.call("SENTINEL", "CKQUORUM", "examx").startswith("OK")


def known_replicas(sentinel: Pod) -> dict[str, bool]:
    """The replicas that it knows and finds well, and whether it may promote them."""
    replicas = map(_fields, sentinel.call("SENTINEL", "REPLICAS", "examx"))
    return {each["ip"]: each["slave-priority"] != "0" for each in replicas if each["flags"] == "slave"}


def replicated_write(pods: Pods, primary: str, *replicas: str) -> None:
    """Queue a task, and wait until the replicas have it."""
    pods.eventually(lambda: pods[primary].call("LPUSH", "reports", "task"))
    pods.eventually(lambda: all(pods[name].call("LLEN", "reports") == 1 for name in replicas))


def _fields(reply: list[str]) -> dict[str, str]:
    return dict(zip(reply[::2], reply[1::2], strict=True))
