"""`examx scale record` out of a Prometheus: a real one where one is installed, and what a server may answer."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from examx_cli.prometheus import TOKEN_VARIABLE, Prometheus
from examx_cli.scale.record_prometheus import Past
from examx_constructs.scaling import fixed, read_workload
from tests.cli.scale.support import refusal, scale
from tests.prometheus import program, serving

STEP = 15.0
API = "/api/v1/query_range"


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


@pytest.mark.process
def test_a_real_prometheus_tells_lengths_and_their_gap(prometheus: tuple[str, float]) -> None:
    url, end = prometheus
    asked = Past(Prometheus(url), 'waiting{queue="default"}')
    rows = asked.rows(now=end, since=600, step=STEP, counts=False)
    assert rows.figures == [None if index == 7 else index * 10 for index in range(40)]
    assert rows.gaps == [(105.0, 120.0)]


@pytest.mark.process
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


@pytest.mark.process
def test_a_real_prometheus_tells_how_many_came_and_none_is_lost(prometheus: tuple[str, float], tmp_path: Path) -> None:
    url, end = prometheus
    # Tasks of each quarter of a minute; the query's window reaches one sample further back, which it does not count.
    rows = Past(Prometheus(url), "sent_total - sent_total offset 15s").rows(now=end, since=585, step=STEP, counts=True)
    assert set(rows.figures) == {4, 5}
    assert sum(each or 0 for each in rows.figures) == round(39 * 4.5)
    (tmp_path / "a.csv").write_text(rows.csv())
    assert len(read_workload(tmp_path / "a.csv", fixed(1))) == round(39 * 4.5)


@pytest.mark.process
def test_a_real_prometheus_refuses_what_is_no_query(prometheus: tuple[str, float], tmp_path: Path) -> None:
    call = ("record", "--prometheus", prometheus[0], "--out", str(tmp_path / "a.csv"), "--since", "3h", "--query")
    assert "refuses it: 1:5: parse error: unclosed" in refusal(*call, "sum(")
    assert 'has 2 series, such as {"__name__": "waiting"' in refusal(*call, "waiting")
    assert '--query "nothing" has no sample in this time' in refusal(*call, "nothing")
    scale(*call, 'waiting{queue="default"}', "--every", "15s")
    assert (tmp_path / "a.csv").read_text().startswith("t,list_len\n0,")


def matrix(*series: object) -> str:
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [*series]}})


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute after time began."""
    monkeypatch.setattr(time, "time", lambda: 60.0)


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize(
    ("body", "status", "line"),
    [
        ("<html>", 502, "answers 502, and no JSON; is it a Prometheus?"),
        ("[" * 100_000, 200, "answers 200, and no JSON; is it a Prometheus?"),
        ("[]", 200, "answers 200, and no JSON; is it a Prometheus?"),
        ('{"status": "success", "data": {"resultType": "vector", "result": []}}', 200, "another thing than a matrix"),
        ('{"status": "error", "errorType": "x", "error": "too\\nmuch"}', 400, "refuses it: too much"),
        ('{"status": "error"}', 503, "refuses it: it answers 503"),
        (matrix({"metric": {}, "values": [["x", "y"]]}), 200, "answers with values that are none"),
        (matrix({"metric": {}}), 200, "answers with values that are none"),
        (matrix({"metric": {}, "values": [[15.0, "-1"]]}), 200, "allowed: 0 or more"),
        (matrix(), 200, "has no sample in this time"),
    ],
)
def test_strange_answers_are_told_in_a_line(
    httpserver: HTTPServer, tmp_path: Path, body: str, status: int, line: str
) -> None:
    httpserver.expect_request(API).respond_with_data(body, status=status)
    call = ("record", "--prometheus", httpserver.url_for("/"), "--query", "q", "--every", "15s", "--since", "1m")
    assert line in refusal(*call, "--out", str(tmp_path / "a.csv"))
    assert not list(tmp_path.iterdir())


def test_a_long_time_is_asked_for_in_parts_with_a_token(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "invented")
    asked: list[tuple[float, float]] = []

    def answer(request: Request) -> Response:
        assert request.headers["Authorization"] == "Bearer invented"
        form = {name: values[0] for name, values in parse_qs(request.get_data(as_text=True)).items()}
        first, last = float(form["start"]), float(form["end"])
        asked.append((first, last))
        values = [[first + index, "NaN" if first + index == 5 else "1"] for index in range(int(last - first) + 1)]
        return Response(matrix({"metric": {}, "values": values}))

    httpserver.expect_request(API, method="POST").respond_with_handler(answer)
    rows = Past(Prometheus(httpserver.url_for("")), "q").rows(now=25_000.5, since=25_000, step=1.0, counts=False)
    assert asked == [(0, 10_999), (11_000, 21_999), (22_000, 24_999)]
    assert len(rows.figures) == 25_000
    assert rows.gaps == [(5.0, 6.0)], "what is no number is not known"


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("localhost:9090", '--prometheus is "localhost:9090"; allowed: the address of a server'),
        ("ftp://a", '--prometheus is "ftp://a"; allowed'),
        ("http://[", '--prometheus is "http://["; allowed'),
        ("http://a:b@c", "--prometheus holds credentials, which others on this machine see"),
        ("http://127.0.0.1:1", "--prometheus http://127.0.0.1:1 does not answer: Connection refused"),
    ],
)
def test_addresses_that_lead_nowhere(tmp_path: Path, url: str, line: str) -> None:
    call = ("record", "--prometheus", url, "--query", "q", "--out", str(tmp_path / "a.csv"))
    assert refusal(*call).startswith(f"error: {line}")


def test_a_token_does_not_go_in_plain_text(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("invented")
    call = ("record", "--query", "q", "--token-file", str(tmp_path / "token"), "--out", str(tmp_path / "a.csv"))
    line = refusal(*call, "--prometheus", "http://metrics.example.com")
    assert line == "error: --prometheus is no https address; everybody on the way could read the token"
    too_long = refusal(*call, "--prometheus", "https://metrics.example.com", "--since", "400d", "--every", "1s")
    assert "--since has 34560000 steps of --every; allowed: 1 to 1000000" in too_long
