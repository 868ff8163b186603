"""Recordings of a real Redis."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from examx_cli.scale.record_lists import lists_of
from examx_cli.scale.record_redis import PASSWORD_VARIABLE
from examx_constructs.scaling import ScalingError, fixed, read_workload
from tests.runtime.redis import wire
from tests.runtime.redis.network import loopback
from tests.runtime.redis.programs import binary
from tests.runtime.waiting import eventually
from tests.unit.cli.scale.support import refusal, scale
from tests.unit.cli.scale.test_record import cells

PASSWORD = "invented"
USER = "viewer"


@dataclass
class Redis:
    """A real server with a user that has a password, on an address of its own."""

    folder: Path
    address: str
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://{USER}@{self.address}:6379/0"

    def start(self) -> None:
        rights = ["--user", USER, "on", f">{PASSWORD}", "~*", "+@all"]
        command = [str(binary()), "--bind", self.address, "--port", "6379", "--save", "", *rights]
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL)
        eventually(
            lambda: self.call("PING") == "PONG",
            because=lambda: "Redis does not answer",
            ignoring=(OSError, wire.RedisError),
        )

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(5)
            self.process = None

    def call(self, *words: str) -> object:
        return wire.call(self.address, 6379, *words, password=PASSWORD, user=USER)


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    pytest.importorskip("redis", reason="redis-py asks Redis, and is not installed")
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    with loopback() as network:
        made = Redis(tmp_path, network.address("redis-0"))
        made.start()
        try:
            yield made
        finally:
            made.stop()


def counted(redis: Redis) -> int:
    """How often somebody asked for the length of a list."""
    found = re.search(r"cmdstat_llen:calls=(\d+)", str(redis.call("INFO", "commandstats")))
    return int(found[1]) if found else 0


def counts_rows(redis: Redis) -> None:
    """Wait for a second row since the server began: the first one is kept then."""
    eventually(lambda: counted(redis) > len(lists_of("default")), because=lambda: "nobody counts")


def started(redis: Redis, out: Path, *more: str) -> "subprocess.Popen[str]":
    """The command in a process of its own, once it counts."""
    command = [sys.executable, "-m", "examx_cli", "scale", "record", "--redis", redis.url, "--queue", "default"]
    process = subprocess.Popen(
        [*command, "--every", "0.2s", "--out", str(out), *more],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    counts_rows(redis)
    return process


def test_a_burst_is_recorded_and_read_again(redis: Redis, tmp_path: Path) -> None:
    redis.call("RPUSH", "default", "a")
    redis.call("RPUSH", "default\x06\x169", "b", "c")
    out = tmp_path / "a.csv"
    done = scale(
        "record", "--redis", redis.url, "--queue", "default", "--every", "0.1s", "--for", "0.3s", "--out", str(out)
    )
    assert done.stdout == f"{out}: 3 rows of 0.1 s\n"
    assert out.read_text() == "t,list_len\n0,3\n0.1,3\n0.2,3\n", "lists of priorities count too"
    assert len(read_workload(out, fixed(8))) == 3
    assert not list(tmp_path.glob(".*")), "nothing is left beside it"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_interrupts_keeps_what_there_is(redis: Redis, tmp_path: Path, how: signal.Signals) -> None:
    out = tmp_path / "a.csv"
    process = started(redis, out)
    process.send_signal(how)
    said, told = process.communicate(timeout=20)
    assert process.returncode == 0, told
    assert "interrupted; what there is, is kept" in told
    assert set(cells(out)) == {"0"}
    assert said == f"{out}: {len(cells(out))} row{'s' * (len(cells(out)) > 1)} of 0.2 s\n"


def test_a_server_that_is_gone_and_back_leaves_a_gap_that_is_told(redis: Redis, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    process = started(redis, out)
    redis.stop()
    assert process.stderr is not None
    assert "the list is not counted" in next(line for line in process.stderr if "warning" in line)
    redis.start()
    redis.call("RPUSH", "default", "a", "b")
    assert "the list is counted again" in next(line for line in process.stderr if "warning" in line)
    counts_rows(redis)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=20)
    assert f"{out}: nothing is known from " in told
    lengths = cells(out)
    assert lengths[0] == "0"
    assert lengths[-1] == "2"
    assert "" in lengths
    with pytest.raises(ScalingError, match=r'list_len is ""; allowed: a number'):
        read_workload(out, fixed(8))
    assert PASSWORD not in told


def test_a_password_comes_from_a_file_and_is_nowhere_seen(
    redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE)
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    call = ["record", "--redis", redis.url, "--queue", "default", "--every", "0.1s", "--for", "0.1s", "--out"]
    scale(*call, str(tmp_path / "a.csv"), "--password-file", str(tmp_path / "password"))
    assert cells(tmp_path / "a.csv") == ["0"]
    line = refusal(*call, str(tmp_path / "b.csv"))
    assert line.startswith(f"error: the list cannot be counted: {redis.address}:6379: "), line
    assert not (tmp_path / "b.csv").exists()
    assert "holds a password, which everybody" in refusal(
        *call, str(tmp_path / "b.csv"), "--redis", f"redis://{USER}:{PASSWORD}@{redis.address}"
    )


def test_a_key_that_is_no_list_is_told(redis: Redis, tmp_path: Path) -> None:
    redis.call("SET", "default", "text")
    line = refusal("record", "--redis", redis.url, "--queue", "default", "--out", str(tmp_path / "a.csv"))
    assert "WRONGTYPE" in line
