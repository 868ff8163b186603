"""One server: what it keeps, what it refuses, what it tells."""

from pathlib import Path

import pytest
from attrs import evolve

from tests.runtime.redis import wire
from tests.runtime.redis.conftest import PASSWORD, STANDALONE, RunPods, guarded
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
    assert places == {("log",), ("etc", "redis"), ("run", "redis"), ("data", "appendonlydir")}


def test_it_needs_no_volume(pods_of: RunPods) -> None:
    server = pods_of(evolve(STANDALONE, persistence=None))["redis-0"]
    server.start()
    server.call("LPUSH", "reports", "task")
    assert not (server.directory / "data").exists()
    assert [path.name for path in (server.directory / "run" / "redis").iterdir()] == ["redis.conf"]


def test_it_asks_for_the_password(pods_of: RunPods) -> None:
    server = pods_of(guarded(STANDALONE))["redis-0"]
    server.start()
    for password in (None, "another-invented-password"):
        with pytest.raises(RedisError, match="NOAUTH"):
            wire.call(server.address, server.port, "LLEN", "reports", password=password)
    assert server.call("LLEN", "reports") == 0
    assert server.is_ready()


def test_the_password_is_no_argument(pods_of: RunPods) -> None:
    server = pods_of(guarded(STANDALONE))["redis-0"]
    server.start()
    arguments = Path(f"/proc/{server.process.pid}/cmdline").read_text(encoding="utf-8")
    assert arguments.startswith("redis-server")
    assert PASSWORD not in arguments
    # The server's own log and its configuration's rights are the other places where it could be seen.
    assert PASSWORD not in server.log
    assert (server.directory / "run" / "redis" / "redis.conf").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("password", ["", "with space", "with\nline", "with@at", "with'quote"])
def test_a_password_that_would_break_a_url_or_a_file_stops_the_pod(pods_of: RunPods, password: str) -> None:
    pods = pods_of(guarded(STANDALONE))
    server = pods["redis-0"]
    server.password = password
    server.begin()
    pods.eventually(lambda: "must be letters, digits" in server.log)
    assert server.process.wait(5) != 0


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
