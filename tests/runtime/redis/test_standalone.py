"""One server: what it keeps, what it refuses, what it tells."""

import pytest
from attrs import evolve

from tests.runtime.redis.conftest import STANDALONE, RunPods
from tests.runtime.redis.pods import Pod
from tests.runtime.redis.wire import RedisError


@pytest.fixture
def server(pods_of: RunPods) -> Pod:
    pod = pods_of(STANDALONE)["redis-0"]
    pod.start()
    return pod


def test_queued_tasks_survive_the_pod(server: Pod) -> None:
    server.call("LPUSH", "reports", "first", "second")
    # `everysec` may lose the last second before a node dies; a process that is killed has handed all to the kernel.
    server.crash()
    server.start()
    assert server.call("LRANGE", "reports", "0", "-1") == ["second", "first"]


def test_a_full_server_refuses_tasks_and_evicts_none(server: Pod) -> None:
    queued = fill(server)
    assert 18 < queued < 26, "megabytes, of 40 % of 64 MiB"
    assert server.call("LLEN", "reports") == queued
    server.call("RPOP", "reports")
    server.call("LPUSH", "reports", "accepted again")


def test_it_writes_only_where_its_data_and_its_configuration_are(server: Pod) -> None:
    server.call("LPUSH", "reports", "task")
    places = {path.relative_to(server.directory).parts[:2] for path in server.directory.rglob("*") if path.is_file()}
    assert places == {("log",), ("etc", "redis"), ("run", "redis"), ("run", "secrets"), ("data", "appendonlydir")}


def test_it_needs_no_volume(pods_of: RunPods) -> None:
    server = pods_of(evolve(STANDALONE, persistence=None))["redis-0"]
    server.start()
    server.call("LPUSH", "reports", "task")
    assert not (server.directory / "data").exists()
    made = {path.name for path in (server.directory / "run" / "redis").iterdir()}
    assert made == {"keeper", "operator", "passwords", "redis.conf"}


def fill(server: Pod) -> int:
    """Queue tasks of a megabyte until the server refuses one for want of memory; how many it took."""
    queued = 0
    while True:
        try:
            queued = server.call("LPUSH", "reports", "x" * 1_000_000)
        except RedisError as error:
            if "OOM" not in str(error):
                raise
            return queued
