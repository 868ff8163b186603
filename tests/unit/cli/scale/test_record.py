"""`examx scale record` of a Redis: a file of what waits, with its gaps, and whole however it ends."""

import csv
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from examx_cli.errors import CommandError
from examx_cli.scale.record_loop import Unanswered, record
from examx_cli.scale.record_pods import quoted
from examx_cli.scale.record_redis import Address, Server
from examx_cli.scale.record_rows import LENGTH, Rows, Target
from tests.unit.cli.scale.support import refusal


def cells(file: Path) -> list[str]:
    return [row[LENGTH] for row in csv.DictReader(file.read_text().splitlines())]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "one place is recorded: give an environment, --redis or --prometheus"),
        (("--prometheus", "http://a", "--redis", "redis://a"), "one place is recorded"),
        (
            ("prod", "--queue", "default", "--prometheus", "http://a", "--query", "up", "--counts"),
            "--counts and an environment exclude each other: a replay goes by the list's length",
        ),
        (("prod", "--prometheus", "http://a", "--context", "c"), "--context is of an environment's cluster, which is"),
        (("prod", "--redis", "redis://a", "--queue", "other"), 'prod scales no queue "other"; known are '),
        (("--redis", "a:6379"), '--redis is "a:6379"; allowed: redis://[USER@]HOST'),
        (("--redis", "http://a"), '--redis is "http://a"; allowed: redis://'),
        (("--redis", "redis://a/x"), '--redis is "redis://a/x"; allowed'),
        (("--redis", "redis://a:99999"), '--redis is "redis://a:99999"; allowed'),
        (("--redis", "redis://a,b"), "--redis names 2 hosts; give --master NAME where they are Sentinels"),
        (("--redis", "redis://a", "--every", "0.01s"), '--every is "0.01s"; allowed: 0.1s or more'),
        (("--redis", "redis://a", "--every", "5"), '--every is "5"; allowed: a time with its unit'),
        (("--redis", "redis://a", "--query", "up"), "--query is of --prometheus, which is not asked; leave it out"),
        (("--redis", "redis://a", "--since", "1h"), "--since is of --prometheus, which is not asked; leave it out"),
        (("--redis", ""), '--redis is ""; allowed: redis://'),
        (("--prometheus", "http://a", "--query", "up", "--for", "1h"), "--for is of a list that is watched, and Prom"),
        (("--prometheus", "http://a", "--query", "up", "--queue", "a"), "--queue is of a list that is watched"),
        (("--redis", "redis://a", "--context", "c"), "--context is of an environment's cluster, which is not asked"),
        (("--redis", "redis://a", "--password-file", "/nowhere/p"), "/nowhere/p: cannot be read: No such file"),
        (("--prometheus", "http://a"), "--query is missing; allowed: PromQL"),
        (("nowhere",), 'there is no environment "nowhere"; known are dev, stg, prod'),
    ],
)
def test_what_is_wrong_is_told_in_a_line(tmp_path: Path, arguments: tuple[str, ...], line: str) -> None:
    queue = () if "--prometheus" in arguments or "--queue" in arguments else ("--queue", "default")
    assert refusal("record", *arguments, *queue, "--out", str(tmp_path / "a.csv")).startswith(f"error: {line}")
    assert not list(tmp_path.iterdir())


def test_no_recording_is_written_over(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    out.write_text("t,list_len\n")
    call = ("record", "--redis", "redis://a", "--queue", "default", "--out")
    assert f"--out is {out}, which is there already" in refusal(*call, str(out))
    assert f"there is no folder {tmp_path / 'b'}" in refusal(*call, str(tmp_path / "b" / "a.csv"))
    late = Target(tmp_path / "c.csv")
    late.check()
    (tmp_path / "c.csv").write_text("theirs")
    with pytest.raises(CommandError, match="File exists"):
        late.write(Rows(LENGTH, 1.0, [1]))
    assert (tmp_path / "c.csv").read_text() == "theirs"
    assert not list(tmp_path.glob(".*"))


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target(tmp_path / "a.csv")
    target.write(Rows(LENGTH, 1.0, [1]))

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("examx_cli.scale.record_rows.write_new", full)
    with pytest.raises(CommandError, match=r"a\.csv cannot be written: No space left on device"):
        target.write(Rows(LENGTH, 1.0, [1, 2]))
    assert cells(tmp_path / "a.csv") == ["1"]


class Slow:
    """A server that needs longer than a step, once."""

    def __init__(self) -> None:
        self.asked = 0

    def length(self) -> int:
        self.asked += 1
        if self.asked == 2:
            time.sleep(0.35)
        if self.asked == 3:
            raise Unanswered("gone")
        return self.asked


def test_rows_keep_their_moments_when_an_answer_is_late(tmp_path: Path) -> None:
    rows = record(Slow(), Target(tmp_path / "a.csv"), every=0.1, seconds=0.8)
    assert len(rows.figures) == 8
    assert rows.figures[:3] == [1, 2, None], "the answer that was late is of the moment at which it was asked for"
    assert rows.gaps[0][0] == pytest.approx(0.2)


def test_names_of_lists_reach_a_server_as_they_are() -> None:
    assert quoted("bulk_upload") == "bulk_upload"
    assert quoted('a"\x06') == '"\\x61\\x22\\x06"'


def test_sentinels_have_a_port_of_their_own() -> None:
    assert Address.parse("redis://a,[::1]:1/2", "examx").hosts == (("a", 26379), ("::1", 1))
    assert str(Address.parse("rediss://u@a")) == "a:6379"
    with pytest.raises(Unanswered, match=r"127\.0\.0\.1:1: "):
        Server(Address.parse("redis://127.0.0.1:1"), "default").length()


class Lists:
    """A list of one task."""

    def length(self) -> int:
        return 1


@dataclass
class Workload:
    """Two replicas, as long as the cluster answers."""

    answers_until: float

    def replicas(self, second: float) -> int:
        if second >= self.answers_until:
            raise Unanswered("the cluster is away")
        return 2


def test_a_cluster_that_does_not_answer_is_a_gap_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = Target(tmp_path / "a.csv", about=lambda: {"spec": {}})
    record(Lists(), target, every=0.05, seconds=0.15, scaler=Workload(0.01))
    assert target.path.read_text() == "t,list_len,deploy_spec\n0,1,2\n0.05,1,\n0.1,1,\n"
    assert target.beside.read_text() == '{\n "spec": {}\n}\n'
    assert "from 0.05 s on the workload is not counted: the cluster is away" in capsys.readouterr().err


def test_a_workload_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    target = Target(tmp_path / "a.csv", about=lambda: {"spec": {}})
    with pytest.raises(CommandError, match=r"^the workload cannot be counted: the cluster is away$"):
        record(Lists(), target, every=0.05, seconds=0.15, scaler=Workload(0.0))
    assert not list(tmp_path.iterdir())
