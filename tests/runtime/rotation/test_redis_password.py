"""A new password of Redis, as docs/deployment.md has it: both are valid until everything has started anew."""

import sys

import pytest

from tests.runtime.redis import wire
from tests.runtime.redis.conftest import PASSWORD, REPLICATED, STANDALONE, RunPods, guarded, pods_of
from tests.runtime.redis.pods import Pod
from tests.runtime.redis.rolling import Writer, kept, roll
from tests.runtime.redis.test_full_stop import the_leader
from tests.runtime.redis.test_replicated import CORE, OTHER, PRIMARY, REPLICA, SENTINELS, settled
from tests.runtime.redis.wire import RedisError

__all__ = ["pods_of"]
NEW = "another-invented-password"


def answers(server: Pod, password: str) -> bool:
    try:
        return wire.call(server.address, server.port, "PING", password=password) == "PONG"
    except RedisError:
        return False


def rotated(pod: Pod) -> None:
    """The driver has written the new value into the pod's directory; the next start mounts it as well."""
    pod.password = NEW
    (pod.directory / "run/secrets/redis/password").write_text(NEW, encoding="utf-8")


def test_both_passwords_work_until_the_server_starts_anew(pods_of: RunPods) -> None:
    server = pods_of(guarded(STANDALONE))["redis-0"]
    server.start()
    server.call("LPUSH", "reports", "task")
    assert (answers(server, PASSWORD), answers(server, NEW)) == (True, False)
    server.call("ACL", "SETUSER", "default", f">{NEW}")
    rotated(server)
    assert (answers(server, PASSWORD), answers(server, NEW)) == (True, True)
    server.delete()
    server.start()
    assert (answers(server, PASSWORD), answers(server, NEW)) == (False, True)
    assert server.call("LRANGE", "reports", "0", "-1") == ["task"]


@pytest.mark.long
def test_replicated_servers_take_it_one_after_the_other_while_clients_write(pods_of: RunPods) -> None:
    """In the order of `examx restart`: Sentinels, replicas, then those that are preferred as leader."""
    pods = settled(pods_of(guarded(REPLICATED), patient=True))
    servers = [pods[name] for name in CORE]
    for server in servers:
        server.call("ACL", "SETUSER", "default", f">{NEW}")
        server.call("CONFIG", "SET", "masterauth", NEW)
    for name in SENTINELS:
        pods[name].call("SENTINEL", "SET", "examx", "auth-pass", NEW)
    for pod in pods.all():
        rotated(pod)
    with Writer(pods, SENTINELS) as writer:
        for names in (SENTINELS, (REPLICA,), (PRIMARY, OTHER)):
            roll(pods, names)
    found = kept(pods[pods.eventually(lambda: the_leader(pods, *CORE))])
    sys.stdout.write(f"{len(writer.accepted)} writes taken, the longest pause {writer.longest_gap:.2f} s\n")
    assert set(writer.accepted) <= set(found)
    assert len(writer.accepted) > 100
    assert [(answers(each, PASSWORD), answers(each, NEW)) for each in servers] == [(False, True)] * len(servers)
