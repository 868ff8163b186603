"""The append-only file: what a server does when its end is torn, its middle is damaged, or the disk is full."""

import re
import shutil
import time
from pathlib import Path

import pytest

from tests.runtime.redis.conftest import REPLICATED, STANDALONE, RunPods, manifests_of
from tests.runtime.redis.pods import Pod, running
from tests.runtime.redis.test_replicated import CORE, OTHER, PRIMARY, REPLICA, SENTINELS, settled
from tests.runtime.waiting import eventually

TASKS = [f"task-{number}" for number in range(20)]
LAST = b"*3\r\n$5\r\nLPUSH\r\n$7\r\nreports\r\n$7\r\ntask-19\r\n"
MULTI = b"*1\r\n$5\r\nMULTI\r\n*3\r\n$5\r\nLPUSH\r\n$7\r\nreports\r\n$1\r\na\r\n"


@pytest.fixture(scope="module")
def volume(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The volume of a server that has taken tasks, and is gone."""
    kept = tmp_path_factory.mktemp("volume") / "data"
    with running(manifests_of(STANDALONE)) as pods:
        pod = pods["redis-0"]
        pod.start()
        for task in TASKS:
            pod.call("LPUSH", "reports", task)
        # While one part is synced, the next one waits in memory.
        eventually(lambda: log_of(pod).read_bytes().endswith(LAST), because=lambda: pod.log)
        pod.crash()
        shutil.copytree(pod.volume, kept)
    return kept


@pytest.fixture
def stopped(pods_of: RunPods, volume: Path) -> Pod:
    """A pod that finds that volume when it starts."""
    pod = pods_of(STANDALONE)["redis-0"]
    shutil.copytree(volume, pod.volume)
    return pod


def log_of(pod: Pod) -> Path:
    """The file that the server appends to."""
    (file,) = (pod.volume / "appendonlydir").glob("*.incr.aof")
    return file


def tasks(pod: Pod) -> list[str]:
    """What is queued, first in, first out."""
    return pod.call("LRANGE", "reports", "0", "-1")[::-1]


@pytest.mark.parametrize("missing", [1, 2, 8, 20, len(LAST) - 1])
def test_a_torn_end_costs_the_task_that_was_torn(stopped: Pod, missing: int) -> None:
    log = log_of(stopped)
    log.write_bytes(log.read_bytes()[:-missing])
    stopped.start()
    assert tasks(stopped) == TASKS[:-1]
    assert stopped.has_written(
        f"{log.name}: dropped what is behind byte {log.stat().st_size}, a write that was cut off"
    )
    # What comes next is behind the last whole command.
    stopped.call("LPUSH", "reports", "next")
    eventually(lambda: log.read_bytes().endswith(b"next\r\n"), because=lambda: stopped.log)
    stopped.crash()
    stopped.start()
    assert tasks(stopped) == [*TASKS[:-1], "next"]


@pytest.mark.parametrize(
    ("end", "kept"),
    [
        (b"\0" * 4096, TASKS),
        (LAST[:20] + b"\0" * 512, TASKS),
        (LAST[:30], TASKS),
        (MULTI, TASKS),
        (MULTI + LAST[:-3], TASKS),
        (MULTI[:8], TASKS),
        (MULTI + b"*1\r\n$4\r\nEXEC\r\n", [*TASKS, "a"]),
    ],
    ids=["zeros", "torn, then zeros", "a key", "no EXEC", "torn in a transaction", "MULTI", "whole"],
)
def test_what_was_whole_is_kept(stopped: Pod, end: bytes, kept: list[str]) -> None:
    log = log_of(stopped)
    log.write_bytes(log.read_bytes() + end)
    stopped.start()
    assert tasks(stopped) == kept


@pytest.mark.parametrize(
    ("number", "sound", "damaged"),
    [
        # Redis alone starts with all but these two, and with nothing of what is behind them.
        (9, b"$6\r\ntask-9", b"$9999\r\ntask-9"),
        (9, b"$6\r\ntask-9", b"$6666666\r\ntask-9"),
        (9, b"$6\r\ntask-9", b"$2\r\ntask-9"),
        (9, b"$6\r\ntask-9", b"\0\0\0\0task-9"),
        (9, b"$6\r\ntask-9\r\n*3", b"$6\r\ntask-9\r\n*9"),
        (9, b"$6\r\ntask-9\r\n*3", b"$6\r\ntask-9\r\n#3"),
        (18, b"task-18\r\n*3", b"task-18\r\n-3"),
    ],
)
def test_a_damaged_middle_is_refused_and_nothing_is_touched(
    stopped: Pod, number: int, sound: bytes, damaged: bytes
) -> None:
    log = log_of(stopped)
    content = log.read_bytes().replace(sound, damaged)
    assert content != log.read_bytes()
    log.write_bytes(content)
    stopped.begin()
    eventually(lambda: "is damaged at byte" in stopped.log, because=lambda: stopped.log)
    # What is behind it, in one line, with what to do.
    (line,) = {line for line in stopped.log.splitlines() if "is damaged" in line}
    said = re.search(r"is damaged at byte (\d+): .*, (\d+) commands, would be lost\. Not started: .*--fix", line)
    assert said
    place, behind = int(said[1]), int(said[2])
    assert content[:place].count(b"LPUSH") in (number, number + 1)
    assert len(TASKS) - number - 2 <= behind <= len(TASKS) - number
    stopped.crash()
    assert log.read_bytes() == content


def test_what_it_advises_brings_back_what_was_before_the_damage(stopped: Pod) -> None:
    log = log_of(stopped)
    log.write_bytes(log.read_bytes().replace(b"$6\r\ntask-9", b"$9999\r\ntask-9"))
    stopped.begin()
    eventually(lambda: "is damaged at byte" in stopped.log, because=lambda: stopped.log)
    stopped.crash()
    found = re.search(r"is damaged at byte (\d+)", stopped.log)
    assert found
    # As `redis-check-aof --fix` does, which asks first.
    log.write_bytes(log.read_bytes()[: int(found[1])])
    stopped.start()
    assert tasks(stopped) == TASKS[:9]


def test_the_file_before_the_last_is_the_servers_own_business(stopped: Pod) -> None:
    """A rewrite makes a new pair of files, and the one that is appended to is looked at."""
    stopped.start()
    stopped.call("BGREWRITEAOF")
    eventually(
        lambda: stopped.information("persistence")["aof_rewrite_in_progress"] == "0", because=lambda: stopped.log
    )
    stopped.call("LPUSH", "reports", "after")
    eventually(lambda: log_of(stopped).read_bytes().endswith(b"after\r\n"), because=lambda: stopped.log)
    stopped.crash()
    log = log_of(stopped)
    log.write_bytes(log.read_bytes()[:-2])
    stopped.start()
    assert tasks(stopped) == TASKS


def test_an_empty_manifest_is_told(stopped: Pod) -> None:
    (manifest,) = (stopped.volume / "appendonlydir").glob("*.manifest")
    manifest.write_bytes(b"")
    stopped.begin()
    eventually(lambda: "manifest is empty. Not started" in stopped.log, because=lambda: stopped.log)


@pytest.mark.parametrize(
    "damaged", [PRIMARY, *(pytest.param(each, marks=pytest.mark.long) for each in (REPLICA, OTHER))]
)
def test_a_replicated_server_with_a_damaged_file_copies_from_the_leader(pods_of: RunPods, damaged: str) -> None:
    pods = settled(pods_of(REPLICATED))
    for task in TASKS:
        pods.eventually(lambda task=task: pods[PRIMARY].call("LPUSH", "reports", task))
    pods.eventually(lambda: all(tasks(pods[name]) == TASKS for name in CORE))
    time.sleep(1.1)  # The append-only file is on the disk at the latest then.
    pods.crash()
    content = damage(pods[damaged])
    pods.start(*(name for name in CORE if name != damaged), *SENTINELS)
    pods[damaged].begin()
    pods.eventually(lambda: pods[damaged].has_written("leads: copies from it, and keeps its own files"), seconds=90)
    # Writes go on, and the one that copied is counted again.
    leader = pods.eventually(lambda: next((name for name in CORE if pods[name].call("ROLE")[0] == "master"), None))
    pods.eventually(lambda: pods[leader].call("LPUSH", "reports", "next"))
    pods.eventually(lambda: all(tasks(pods[name])[: len(TASKS)] == TASKS for name in CORE))
    (kept,) = (pods[damaged].volume / "damaged").glob("*.incr.aof")
    assert kept.read_bytes() == content


def test_while_all_files_are_damaged_nobody_leads_and_nothing_is_touched(pods_of: RunPods) -> None:
    pods = settled(pods_of(REPLICATED))
    for task in TASKS:
        pods.eventually(lambda task=task: pods[PRIMARY].call("LPUSH", "reports", task))
    pods.eventually(lambda: all(tasks(pods[name]) == TASKS for name in CORE))
    time.sleep(1.1)
    pods.crash()
    contents = {name: damage(pods[name]) for name in CORE}
    for name in CORE:
        pods[name].begin()
    pods.eventually(lambda: all(pods[name].has_written("Waits for a leader among") for name in CORE))
    time.sleep(5)
    pods.crash()
    for name, content in contents.items():
        assert log_of(pods[name]).read_bytes() == content
        assert not (pods[name].volume / "damaged").exists()


def damage(pod: Pod) -> bytes:
    """Change a digit in the middle of the last file; what it holds then."""
    log = log_of(pod)
    content = log.read_bytes().replace(b"$6\r\ntask-9", b"$9999\r\ntask-9")
    assert content != log.read_bytes()
    log.write_bytes(content)
    return content
