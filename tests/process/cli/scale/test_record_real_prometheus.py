"""Recordings of a real Prometheus."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from examx_cli.prometheus import Prometheus
from examx_cli.scale.record_prometheus import Past
from examx_constructs.scaling import fixed, read_workload
from tests.prometheus import program, serving
from tests.unit.cli.scale.support import refusal, scale

STEP = 15.0


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, float]]:
    """A real server with a past of ten minutes, and the moment at which that ends."""
    tool = program("promtool")
    folder = tmp_path_factory.mktemp("prometheus")
    # Whole blocks are of two hours (promtool, tsdb create-blocks-from).
    end = (time.time() // STEP) * STEP - 7200
    lines = ["# TYPE waiting gauge"]
    lines += [
        f'waiting{{queue="default"}} {index * 10} {end - 600 + index * STEP}' for index in range(40) if index != 7
    ]
    lines += [f'waiting{{queue="other"}} 1 {end - 600 + index * STEP}' for index in range(40)]
    lines += ["# TYPE kube_deployment_spec_replicas gauge"]
    worker = 'namespace="examxv2-production",deployment="celery-worker-default"'
    lines += [
        f"kube_deployment_spec_replicas{{{worker}}} {2 if index < 6 else 4} {end - 600 + index * STEP}"
        for index in range(40)
    ]
    lines += ["# TYPE kube_horizontalpodautoscaler_status_target_metric gauge"]
    hpa = 'namespace="examxv2-production",horizontalpodautoscaler="keda-hpa-celery-worker-default-scaler"'
    lines += [
        "kube_horizontalpodautoscaler_status_target_metric"
        f'{{{hpa},metric_name="{name}",metric_target_type="utilization"}} {used} {end - 600 + index * STEP}'
        for name, used in (("cpu", 12), ("memory", 31))
        for index in range(1, 40)
    ]
    lines += ["# TYPE sent counter", *(f"sent_total {index * 4.5} {end - 600 + index * STEP}" for index in range(40))]
    (folder / "past").write_text("\n".join([*lines, "# EOF", ""]))
    (folder / "prometheus.yml").write_text("global: {}\n")
    data = folder / "data"
    subprocess.run([tool, "tsdb", "create-blocks-from", "openmetrics", "past", str(data)], cwd=folder, check=True)
    # Samples are looked back for as long, so that one that is missing is a gap, and not the one before it.
    options = ("--storage.tsdb.retention.time=30d", "--query.lookback-delta=14s")
    with serving(folder, *options, data=data) as url:
        yield url, end


def test_a_real_prometheus_tells_lengths_and_their_gap(prometheus: tuple[str, float]) -> None:
    url, end = prometheus
    asked = Past(Prometheus(url), 'waiting{queue="default"}')
    rows = asked.rows(now=end, since=600, step=STEP, counts=False)
    assert rows.figures == [None if index == 7 else index * 10 for index in range(40)]
    assert rows.gaps == [(105.0, 120.0)]


def test_a_real_prometheus_tells_of_the_replicas_too(
    prometheus: tuple[str, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What kube-state-metrics says of the workload: with it, the recording is one that is replayed."""
    url, end = prometheus
    monkeypatch.setattr(time, "time", lambda: end)
    out = tmp_path / "a.csv"
    call = ["record", "prod", "--queue", "default", "--prometheus", url, "--since", "480s", "--every", "15s"]
    scale(*call, "--query", 'max(waiting{queue="default"})', "--out", str(out))
    assert out.read_text().splitlines()[:2] == ["t,list_len,deploy_spec", "0,80,4"]
    about = json.loads(out.with_suffix(".json").read_text())
    assert about["usage_cpu_mem_pct"] == [[0.0, 12.5, 31.5]]
    assert about["spec"]["scaleTargetRef"]["name"] == about["workload"] == "celery-worker-default"
    assert "mean absolute error" in scale("replay", str(out), str(out.with_suffix(".json"))).stdout
    assert f"{out}, which is there already" in refusal(*call, "--query", "waiting", "--out", str(out))


def test_a_real_prometheus_tells_how_many_came_and_none_is_lost(prometheus: tuple[str, float], tmp_path: Path) -> None:
    url, end = prometheus
    # Tasks of each quarter of a minute; the query's window reaches one sample further back, which it does not count.
    rows = Past(Prometheus(url), "sent_total - sent_total offset 15s").rows(now=end, since=585, step=STEP, counts=True)
    assert set(rows.figures) == {4, 5}
    assert sum(each or 0 for each in rows.figures) == round(39 * 4.5)
    (tmp_path / "a.csv").write_text(rows.csv())
    assert len(read_workload(tmp_path / "a.csv", fixed(1))) == round(39 * 4.5)


def test_a_real_prometheus_refuses_what_is_no_query(prometheus: tuple[str, float], tmp_path: Path) -> None:
    call = ("record", "--prometheus", prometheus[0], "--out", str(tmp_path / "a.csv"), "--since", "3h", "--query")
    assert "refuses it: 1:5: parse error: unclosed" in refusal(*call, "sum(")
    assert 'has 2 series, such as {"__name__": "waiting"' in refusal(*call, "waiting")
    assert '--query "nothing" has no sample in this time' in refusal(*call, "nothing")
    scale(*call, 'waiting{queue="default"}', "--every", "15s")
    assert (tmp_path / "a.csv").read_text().startswith("t,list_len\n0,")
