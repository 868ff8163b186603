"""New passwords of Redis' users, as `examx rotate` gives them: no process starts anew, and nobody is refused."""

import sys
import time
from collections.abc import Mapping

import pytest

from tests.runtime.redis import wire
from tests.runtime.redis.conftest import REPLICATED, STANDALONE, RunPods
from tests.runtime.redis.passwords import PASSWORDS
from tests.runtime.redis.pods import Pod, Pods
from tests.runtime.redis.rolling import Writer, kept
from tests.runtime.redis.test_replicated import (
    CORE,
    OTHER,
    PRIMARY,
    REPLICA,
    SENTINELS,
    agree,
    has_taken_over,
    is_primary,
    settled,
)
from tests.runtime.redis.wire import RedisError

NEW = {user: f"new-{password}" for user, password in PASSWORDS.items()}
BEGUN = {**PASSWORDS, **{f"{user}.next": password for user, password in NEW.items()}}
PROMOTED = {**NEW, **{f"{user}.previous": password for user, password in PASSWORDS.items()}}
_APART = 0.4
"""Seconds from one kubelet to the next that sees a changed Secret; in a cluster it can be a minute."""


def lets_in(pod: Pod, passwords: Mapping[str, str]) -> set[str]:
    """The users that get in with these passwords."""
    let_in: set[str] = set()
    for user, password in passwords.items():
        try:
            wire.call(pod.address, pod.port, "PING", password=password, user=user)
        except RedisError:
            continue
        let_in.add(user)
    return let_in


def accepts(pod: Pod, *users: str) -> bool:
    """Whether the pod says that it has taken the Secret that it has mounted."""
    return all(pod.run("sh", "/etc/redis/accepts.sh", user).returncode == 0 for user in users or PASSWORDS)


def give(pods: Pods, passwords: Mapping[str, str]) -> None:
    """Change the Secret, which one pod sees after the other, and wait until all have taken it."""
    for pod in pods.all():
        pod.give(passwords)
        time.sleep(_APART)
    pods.eventually(lambda: all(accepts(pod) for pod in pods.all()))


@pytest.fixture
def single(pods_of: RunPods) -> Pods:
    pods = pods_of(STANDALONE)
    pods.start("redis-0")
    return pods


def test_a_single_server_takes_new_passwords_while_it_runs(single: Pods) -> None:
    server = single["redis-0"]
    process = server.process.pid
    server.call("LPUSH", "reports", "task")
    assert (lets_in(server, PASSWORDS), lets_in(server, NEW)) == (PASSWORDS.keys(), set())
    give(single, BEGUN)
    assert (lets_in(server, PASSWORDS), lets_in(server, NEW)) == (PASSWORDS.keys(), NEW.keys())
    give(single, PROMOTED)
    assert (lets_in(server, PASSWORDS), lets_in(server, NEW)) == (PASSWORDS.keys(), NEW.keys())
    give(single, NEW)
    assert (lets_in(server, PASSWORDS), lets_in(server, NEW)) == (set(), NEW.keys())
    assert server.process.pid == process
    assert server.is_ready()
    # What starts anew has them as well.
    server.crash()
    server.start()
    assert (lets_in(server, PASSWORDS), lets_in(server, NEW)) == (set(), NEW.keys())
    assert server.call("LRANGE", "reports", "0", "-1") == ["task"]


def test_it_is_not_said_to_be_taken_before_it_is(single: Pods) -> None:
    server = single["redis-0"]
    assert accepts(server)
    with server.without_keeper():
        server.give(BEGUN)
        said = server.run("sh", "/etc/redis/accepts.sh", "application")
        assert (said.returncode, said.stderr) == (1, "the Secret has changed, and is not taken yet\n")
    single.eventually(lambda: accepts(server))
    # A server that lost them says so.
    server.call("ACL", "SETUSER", "keda", "resetpass")
    assert server.run("sh", "/etc/redis/accepts.sh", "keda").returncode == 1
    assert accepts(server, "application", "replication", "operator")
    assert server.run("sh", "/etc/redis/accepts.sh", "nobody").returncode == 2


@pytest.mark.parametrize("unusable", ["", "with space", "with-a-line-end\n"])
def test_a_secret_that_became_unusable_changes_nothing(single: Pods, unusable: str) -> None:
    server = single["redis-0"]
    server.give({**PASSWORDS, "application": unusable})
    single.eventually(lambda: server.has_written("the passwords stay as they were"))
    assert lets_in(server, PASSWORDS) == PASSWORDS.keys()
    assert not accepts(server, "operator")
    give(single, NEW)
    assert lets_in(server, NEW) == NEW.keys()


def test_who_is_logged_in_stays_so(single: Pods) -> None:
    server = single["redis-0"]
    with wire.connected(server.address, server.port, "application", PASSWORDS["application"]) as client:
        give(single, NEW)
        assert lets_in(server, PASSWORDS) == set()
        assert client.exchange("LPUSH", "reports", "task") == 1


def test_replicated_servers_and_sentinels_take_new_passwords_under_load(pods_of: RunPods) -> None:
    pods = settled(pods_of(REPLICATED))
    processes = {pod.name: pod.process.pid for pod in pods.all()}
    with Writer(pods, SENTINELS) as writer:
        give(pods, BEGUN)
        give(pods, PROMOTED)
        # Clients see it sooner or later; here, when all servers have.
        writer.password = NEW["application"]
        # Each copy logs in anew, with the new one; Sentinels have, when they were given it.
        for name in (REPLICA, OTHER):
            assert pods[name].call("CLIENT", "KILL", "TYPE", "master") == 1
            pods.eventually(lambda: agree(pods, PRIMARY, REPLICA, OTHER))
        give(pods, NEW)
        refused, taken = writer.refused, len(writer.accepted)
    assert refused == 0
    assert taken > 100
    for pod in pods.all():
        assert (lets_in(pod, PASSWORDS), lets_in(pod, NEW)) == (set(), NEW.keys()), pod.name
        assert not any(each in pod.everything_written for each in (*PASSWORDS.values(), *NEW.values())), pod.name
    assert {pod.name: pod.process.pid for pod in pods.all()} == processes
    sys.stdout.write(f"{taken} writes taken, {refused} refused, the longest pause {writer.longest_gap:.2f} s\n")
    # No Sentinel took the leader for lost, and together they still replace it.
    assert not any(pods[name].has_written("+sdown") for name in SENTINELS)
    assert is_primary(pods[PRIMARY])
    pods.crash(PRIMARY)
    leader = pods.eventually(lambda: next((name for name in (REPLICA, OTHER) if has_taken_over(pods, name)), None))
    pods.eventually(lambda: pods[leader].call("LPUSH", "reports", "task"))
    assert set(writer.accepted) <= set(kept(pods[leader]))
    pods.start(PRIMARY)
    pods.eventually(lambda: agree(pods, leader, *(name for name in CORE if name != leader)))


def test_a_pod_that_sees_nothing_yet_goes_on_with_the_others(pods_of: RunPods) -> None:
    """One kubelet is late by a whole step; that is as far apart as `examx rotate` lets them be."""
    pods = settled(pods_of(REPLICATED))
    give(pods, BEGUN)
    late = (PRIMARY, SENTINELS[0])
    for pod in pods.all():
        if pod.name not in late:
            pod.give(PROMOTED)
    pods.eventually(lambda: all(accepts(pod) for pod in pods.all()))
    pods.crash(REPLICA)
    pods.start(REPLICA)
    pods.eventually(lambda: agree(pods, PRIMARY, REPLICA, OTHER))
    pods.crash(PRIMARY)
    pods.eventually(lambda: any(has_taken_over(pods, name) for name in (REPLICA, OTHER)))
