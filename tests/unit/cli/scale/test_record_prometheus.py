"""`examx scale record` out of a Prometheus: a real one where one is installed, and what a server may answer."""

import json
import time
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from examx_cli.prometheus import TOKEN_VARIABLE, Prometheus
from examx_cli.scale.record_prometheus import Past
from tests.unit.cli.scale.support import refusal

API = "/api/v1/query_range"


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
