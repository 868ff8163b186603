"""A disk that is full: who sends is told, nothing that was accepted goes, and nothing is to be mended after."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from cdk8s import App, Chart

from examx_constructs.redis import redis
from tests.runtime.redis.conftest import STANDALONE
from tests.runtime.redis.pods import Pod, running
from tests.runtime.redis.small_disk import SmallDisk, refusal, small_disk
from tests.runtime.redis.wire import RedisError
from tests.runtime.waiting import eventually

SIZE = 2_000_000
"""Bytes of the disk: far less than the memory that the server may fill."""

Full = tuple[Pod, SmallDisk, list[str]]


@pytest.fixture
def full() -> Iterator[Full]:
    """A server whose disk is full, and the tasks that it accepted."""
    if reason := refusal():
        pytest.skip(f"this machine has no disk that could be full: {reason}")
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk())
        chart = Chart(App(), "chart", namespace="team-a", disable_resource_name_hashes=True)
        redis(chart, "redis", shape=STANDALONE)
        pod = stack.enter_context(running(chart.to_json(), network=disk))["redis-0"]
        pod.prepare()
        disk.mount(pod.directory / "data", size=SIZE)
        pod.start()
        yield pod, disk, send_until_refused(pod)


def task(number: int) -> str:
    return f"task-{number}-{'x' * 10_000}"


def send_until_refused(pod: Pod) -> list[str]:
    """The tasks that were accepted before one was refused for want of disk."""
    accepted: list[str] = []
    while not (said := refused(pod, task(len(accepted)))):
        accepted.append(task(len(accepted)))
    assert said.startswith("MISCONF")
    assert "No space left on device" in said
    return accepted


def refused(pod: Pod, sent: str) -> str:
    """Why a task is refused; nothing where it is accepted."""
    try:
        pod.call("LPUSH", "reports", sent)
    except RedisError as error:
        return str(error)
    return ""


def crash_when_written(pod: Pod) -> None:
    """Kill it at a moment in which nothing waits in memory for a sync to end."""
    eventually(lambda: pod.information("persistence")["aof_buffer_length"] == "0", because=lambda: pod.log)
    pod.crash()


def tasks(pod: Pod) -> list[str]:
    return pod.call("LRANGE", "reports", "0", "-1")[::-1]


def test_senders_are_told_and_what_was_accepted_stays(full: Full) -> None:
    pod, _, accepted = full
    assert 100 < len(accepted) < SIZE // 10_000
    assert tasks(pod) == accepted
    # To take a task is a write as well: workers wait, too.
    with pytest.raises(RedisError, match="MISCONF"):
        pod.call("RPOP", "reports")
    # Not ready, so that the Service says at once what the server would; alive, so that nothing restarts it.
    assert not pod.is_ready()
    assert pod.process.poll() is None


def test_it_takes_tasks_again_by_itself_once_there_is_room(full: Full) -> None:
    pod, disk, accepted = full
    disk.resize(pod.directory / "data", size=3 * SIZE)
    eventually(lambda: pod.call("LPUSH", "reports", "next"), because=lambda: pod.log, ignoring=(RedisError,))
    assert pod.is_ready()
    assert tasks(pod) == [*accepted, "next"]
    crash_when_written(pod)
    pod.start()
    assert tasks(pod) == [*accepted, "next"]


def test_a_server_that_is_lost_while_it_is_full_has_all_but_what_it_could_not_write(full: Full) -> None:
    pod, disk, accepted = full
    pod.crash()
    pod.start()
    kept = tasks(pod)
    # It learned that the disk is full from what it had accepted already. That is the last task, and those that waited
    # with it for a sync to end.
    assert kept == accepted[: len(kept)]
    assert len(kept) > len(accepted) / 2
    # The file ends with a whole command.
    assert disk.read(pod.directory / "data", "appendonlydir/*.incr.aof").endswith(b"x\r\n")
    disk.resize(pod.directory / "data", size=3 * SIZE)
    eventually(lambda: pod.call("LPUSH", "reports", "next"), because=lambda: pod.log, ignoring=(RedisError,))
    assert tasks(pod) == [*kept, "next"]


def test_a_rewrite_that_finds_no_room_leaves_what_was_there(full: Full) -> None:
    pod, disk, accepted = full
    pod.call("BGREWRITEAOF")
    eventually(lambda: pod.information("persistence")["aof_last_bgrewrite_status"] == "err", because=lambda: pod.log)
    assert tasks(pod) == accepted
    disk.resize(pod.directory / "data", size=4 * SIZE)
    eventually(lambda: pod.call("LPUSH", "reports", "next"), because=lambda: pod.log, ignoring=(RedisError,))
    pod.call("BGREWRITEAOF")
    eventually(lambda: pod.information("persistence")["aof_last_bgrewrite_status"] == "ok", because=lambda: pod.log)
    crash_when_written(pod)
    pod.start()
    assert tasks(pod) == [*accepted, "next"]
