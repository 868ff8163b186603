"""Recordings: what is read of them, and how a wrong one is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from examx_constructs.scaling import KedaPolicy, Lost, Outage, ScalingError, read_recording, replay
from tests.unit.scaling.support import scaled_object

ABOUT: dict[str, Any] = {
    "spec": scaled_object(minReplicaCount=1, maxReplicaCount=5)["spec"],
    "usage_cpu_mem_pct": [[0, 10, 10]],
    "actions": [[10, "metrics down"], [20, "metrics up"], [30, "redis kill"]],
    "pod_ready_delay_s": 20,
}
ON_CPU = scaled_object({"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}, minReplicaCount=1)[
    "spec"
]
ROWS = [f"{second},{0 if second < 5 else 30},{1 if second < 12 else 3}" for second in range(40)]


def write(folder: Path, about: Any = None, rows: list[str] | None = None, header: str = "t,list_len,deploy_spec"):
    (folder / "a.json").write_text(json.dumps(ABOUT if about is None else about), encoding="utf-8")
    lines = [header, *(ROWS if rows is None else rows)]
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "a.json", folder / "a.csv"


def test_what_is_read(tmp_path: Path):
    found = read_recording(*write(tmp_path))
    assert (found.name, found.seconds, found.lengths[4:6], found.replicas[11:13]) == ("a", 40, [0, 30], [1, 3])
    assert found.outages == (Outage(Lost.METRICS, 10.0, 20.0),)
    assert found.has_outages
    assert (found.used("cpu", 3.0), found.used("memory", 3.0), found.pod_start) == (0.1, 0.1, 20.0)


def test_an_outage_without_an_end_lasts(tmp_path: Path):
    found = read_recording(*write(tmp_path, {**ABOUT, "actions": [[10, "metrics down"], [12, "keda-operator DOWN"]]}))
    assert found.outages == (Outage(Lost.METRICS, 10.0, 41.0), Outage(Lost.KEDA, 12.0, 41.0))


def test_a_list_that_cannot_be_read_is_an_outage(tmp_path: Path):
    rows = [row if index < 20 else row.replace(",30,", ",,") for index, row in enumerate(ROWS)]
    found = read_recording(*write(tmp_path, rows=rows))
    assert found.lengths[19:22] == [30, None, None]


def test_sentinels_bring_a_list_back(tmp_path: Path):
    trigger = {"type": "redis-sentinel", "metadata": {"listName": "default", "listLength": "10"}}
    spec = scaled_object(trigger, minReplicaCount=1, maxReplicaCount=5)["spec"]
    rows = [f"{second},{'' if second >= 20 else 30},3,7" for second in range(40)]
    paths = write(tmp_path, {**ABOUT, "spec": spec}, rows, "t,list_len,deploy_spec,list_target")
    found = read_recording(*paths, failover=5)
    assert found.lengths[19:27] == [30, None, None, None, None, None, 7, 7]


def test_a_replay_finds_the_step(tmp_path: Path):
    found = replay(read_recording(*write(tmp_path, {**ABOUT, "actions": []})))
    assert found.steps == [(0, 1), (12, 3)] == found.recorded
    assert (found.mean, found.largest) == (0.0, 0)


def test_rows_may_be_further_apart(tmp_path: Path):
    found = read_recording(*write(tmp_path, {**ABOUT, "actions": []}, rows=ROWS[::5]))
    assert (found.step, found.seconds, found.lengths) == (5, 40, [0, *[30] * 7])
    of = replay(found)
    assert of.recorded == [(0, 1), (15, 3)]
    assert (of.mean, of.steps) == (0.0, of.recorded)


def test_nothing_is_used_where_nothing_scales_on_it(tmp_path: Path):
    found = read_recording(*write(tmp_path, {key: ABOUT[key] for key in ("spec",)}))
    assert found.use == [(0.0, 0.0, 0.0)]


def test_annotations_and_versions_are_those_of_the_recording(tmp_path: Path):
    paused = {"autoscaling.keda.sh/paused-replicas": "2"}
    of = {**ABOUT, "annotations": paused, "kubernetes": "v1.35.1 (default flags)", "keda": "2.17.2"}
    found = read_recording(*write(tmp_path, of))
    assert isinstance(found.policy, KedaPolicy)
    assert found.policy.paused_at == 2
    assert (found.versions.kubernetes, found.versions.keda) == ("1.35", "2.17")


@pytest.mark.parametrize(
    ("about", "rows", "header", "said"),
    [
        ({**ABOUT, "spec": None}, None, None, "a.json: spec is missing; allowed: the spec of a ScaledObject"),
        ([], None, None, "a.json: holds no recording"),
        ({**ABOUT, "spec": ON_CPU, "usage_cpu_mem_pct": []}, None, None, "a.json: usage_cpu_mem_pct is missing"),
        ({**ABOUT, "keda": "9.9"}, None, None, "a.json: version of KEDA is "),
        ({**ABOUT, "usage_cpu_mem_pct": [[0, 10]]}, None, None, "a.json: usage_cpu_mem_pct[0] is"),
        ({**ABOUT, "actions": [["x", 1]]}, None, None, "a.json: actions is"),
        ({**ABOUT, "pod_ready_delay_s": -1}, None, None, "a.json: pod_ready_delay_s is -1; allowed: a number"),
        (None, [], None, "a.csv: has no rows"),
        (None, ROWS[:5] + ROWS[6:], None, 'a.csv:7: t is "6"; allowed: 5; a recording has a row each second'),
        (
            None,
            ["0,0,1", "5,0,1", "11,0,1"],
            None,
            'a.csv:4: t is "11"; allowed: 10; a recording has a row each second',
        ),
        (None, ["0,0,1", "0.5,0,1"], None, 'a.csv:3: t is "0.5"; allowed: 1; a recording has a row each second'),
        (None, [*ROWS[:5], "5,many,1"], None, 'a.csv:7: list_len is "many"; allowed: a whole number'),
        (None, [*ROWS[:5], "5,0,"], None, 'a.csv:7: deploy_spec is ""; allowed: a number in each row'),
        (None, [*ROWS[:5], "5"], None, 'a.csv:7: deploy_spec is ""; allowed: a number in each row'),
        (None, None, "t,length,deploy_spec", "a.csv: has no column list_len"),
    ],
)
def test_a_wrong_one_is_refused_in_a_line(tmp_path: Path, about: Any, rows: Any, header: Any, said: str):
    paths = write(tmp_path, about, rows, header or "t,list_len,deploy_spec")
    with pytest.raises(ScalingError) as caught:
        read_recording(*paths)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_spec_names_the_file(tmp_path: Path):
    spec = scaled_object({"type": "kafka", "metadata": {}})["spec"]
    with pytest.raises(ScalingError, match=r"a\.json: .*spec\.triggers\[0\]\.type is \"kafka\""):
        read_recording(*write(tmp_path, {**ABOUT, "spec": spec}))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b"[" * 100_000])
def test_what_is_no_json(tmp_path: Path, content: bytes):
    about, rows = write(tmp_path)
    about.write_bytes(content)
    with pytest.raises(ScalingError, match=r"a\.json: "):
        read_recording(about, rows)


def test_a_missing_file(tmp_path: Path):
    about, _ = write(tmp_path)
    with pytest.raises(ScalingError, match=r"none\.csv: cannot be read"):
        read_recording(about, tmp_path / "none.csv")
