"""`examx watch` with a real Prometheus: what a deployment did to an application, and what is done about it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import Result
from werkzeug import Request, Response

from examx_cli.prometheus import TOKEN_VARIABLE
from examx_cli.scale.standard import values
from examx_cli.watching.watched import Watch
from tests.ports import free_port
from tests.process.cli.cluster.application import Application, answering
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.prometheus import serving

WINDOW = 6
AFTER = f"--after={WINDOW}s"
DEV = values("dev")


@pytest.fixture(scope="module")
def application() -> Application:
    return Application(DEV.namespace, tuple(each for queue in DEV.queues for each in queue.lists))


@pytest.fixture(scope="module")
def server(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Prometheus that asks the application all the time."""
    folder = tmp_path_factory.mktemp("prometheus")
    with answering(application) as port:
        (folder / "prometheus.yml").write_text(
            "global: {scrape_interval: 250ms, scrape_timeout: 250ms}\n"
            f'scrape_configs: [{{job_name: application, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}]\n'
        )
        with serving(folder, "--query.lookback-delta=2s") as url:
            yield url


@pytest.fixture
def cluster(played: TestCluster) -> TestCluster:
    return played


@pytest.fixture
def slack(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Slack was told, each message as text."""
    told: list[str] = []

    def take(request: Request) -> Response:
        told.append(json.dumps(request.get_json(), ensure_ascii=False))
        return Response("ok")

    httpserver.expect_request("/slack", method="POST").respond_with_handler(take)
    monkeypatch.setenv("SLACK_WEBHOOK_URL", httpserver.url_for("/slack"))
    return told


@dataclass
class Scene:
    """A checkout, the cluster that it goes to, and what Slack was told."""

    checkout: Checkout
    cluster: TestCluster
    examx: Examx
    slack: list[str]

    def release(self, colour: str) -> str:
        """Release something that can be told from what ran before."""
        self.checkout.one("ConfigMap")["data"]["colour"] = colour
        commit = self.checkout.commit(colour)
        assert self.examx("apply", "dev").exit_code == 0
        return commit

    @property
    def colour(self) -> str:
        """What runs."""
        settings = self.cluster.get("ConfigMap", "settings")
        assert settings is not None
        return settings["data"]["colour"]

    def watch(self, server: str, *options: str) -> Result:
        return self.examx("watch", "dev", "--prometheus", server, *options)


@pytest.fixture
def scene(checkout: Checkout, cluster: TestCluster, examx: Examx, slack: list[str]) -> Scene:
    return Scene(checkout, cluster, examx, slack)


def deployed(scene: Scene, application: Application, **wishes: float | bool) -> None:
    """Release twice, the second time after a calm window, and let that do something to the application."""
    scene.release("green")
    application.calm()
    time.sleep(WINDOW + 2)
    scene.release("blue")
    application.wish(**wishes)


def test_errors_rise_and_the_release_is_taken_back(scene: Scene, application: Application, server: str) -> None:
    deployed(scene, application, failing=0.2)
    done = scene.watch(server, AFTER, "--rollback-on", "waits,errors", "--slack")
    assert done.exit_code == 1, done.output
    first, second, query, *others = done.stdout.splitlines()
    assert first == "dev: errors rose after the deployment"
    assert second.startswith("errors: 0.00 % -> ")
    assert second.endswith(" %; moved: above 1.00 %, the floor of its bounds")
    assert query.startswith('  100 * (sum(rate(django_http_responses_total_by_status_total{namespace="dev-examxv2",')
    assert all("; quiet: at most " in each for each in others), others
    assert scene.colour == "green"
    assert "`examx release dev --image" in done.stderr
    assert len(scene.slack) == 2
    assert ":x: dev: errors rose after the deployment" in scene.slack[0]
    assert "6s before the deployment against 6s after it. It is to be taken back." in scene.slack[0]
    assert ":white_check_mark: dev: rollback succeeded" in scene.slack[1]


def test_all_quiet_is_said_and_nothing_is_done(scene: Scene, application: Application, server: str) -> None:
    deployed(scene, application)
    done = scene.watch(server, AFTER, "--rollback-on", "errors,latency,waits", "--slack")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("dev: quiet after the deployment\nerrors: 0.00 % -> 0.00 %; quiet")
    assert scene.colour == "blue"
    (told,) = scene.slack
    assert ":white_check_mark: dev: quiet after the deployment" in told


def test_latency_and_waits_move_and_only_what_is_named_takes_it_back(
    scene: Scene, application: Application, server: str
) -> None:
    deployed(scene, application, slow=0.3, age=900.0)
    done = scene.watch(server, AFTER, "--rollback-on", "errors", "--json")
    assert done.exit_code == 1, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    assert (found["verdict"], found["goes_back"]) == ("moved", False)
    verdicts = {each["kind"]: each["verdict"] for each in found["figures"]}
    assert verdicts == {"errors": "quiet", "latency": "moved", "waits": "moved"}
    assert scene.colour == "blue"


def test_too_few_requests_and_no_data_are_said_and_never_acted_on(
    scene: Scene, application: Application, server: str
) -> None:
    deployed(scene, application, requests=2, failing=1.0, measured=False)
    done = scene.watch(server, AFTER, "--rollback-on", "errors,latency,waits", "--slack")
    assert done.exit_code == 2, done.output
    assert "dev: not known what the deployment did to errors, latency, waits" in done.stdout
    assert "after; fewer than 500 are not judged" in done.stdout
    assert "-> no data; unknown: no data after the deployment" in done.stdout
    assert scene.colour == "blue"
    (told,) = scene.slack
    assert ":warning: dev: not known what the deployment did to errors, latency, waits" in told


# ---- What keeps it from its work: one line each, and nothing is done.


def nothing(_request: Request) -> Response:
    return Response(json.dumps({"status": "success", "data": {"resultType": "vector", "result": []}}))


@pytest.mark.parametrize(
    ("status", "body", "line"),
    [
        (401, "<html>", f"answers 401: it wants a token, in {TOKEN_VARIABLE}"),
        (302, "", "answers 302: it leads elsewhere, such as to a login"),
        (503, "Service Unavailable", "answers 503, and no JSON; is it a Prometheus?"),
        (200, "<html>", "answers 200, and no JSON; is it a Prometheus?"),
        (422, '{"status": "error", "error": "too many\\nsamples"}', "refuses it: too many samples"),
    ],
)
def test_a_prometheus_that_gives_no_answer_is_told_at_once(
    scene: Scene, httpserver: HTTPServer, status: int, body: str, line: str
) -> None:
    httpserver.expect_request("/api/v1/query").respond_with_data(body, status=status)
    scene.release("green")
    started = time.monotonic()
    done = scene.watch(httpserver.url_for(""), "--rollback-on", "errors", "--slack")
    assert time.monotonic() - started < 60, "it does not wait first"
    assert (done.exit_code, done.stdout) == (2, "")
    (said,) = [each for each in done.stderr.splitlines() if each.startswith("error: ")]
    assert line in said
    assert ":warning: dev: not known what the deployment did" in scene.slack[0]
    assert line in json.loads(scene.slack[0])["text"]


def test_one_that_is_away_and_one_that_is_slow(
    scene: Scene, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.release("green")
    done = scene.watch(f"http://127.0.0.1:{free_port()}")
    assert done.exit_code == 2
    assert "does not answer: Connection refused" in done.stderr
    monkeypatch.setattr("examx_cli.commands.watch._ANSWER_SECONDS", 0.3)
    httpserver.expect_request("/api/v1/query").respond_with_handler(lambda _: time.sleep(1) or Response(""))
    done = scene.watch(httpserver.url_for(""))
    assert done.exit_code == 2
    assert "within 0.3 s" in done.stderr or "timed out" in done.stderr


def test_another_release_that_was_deployed_meanwhile_is_not_taken_back(
    scene: Scene, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/api/v1/query").respond_with_handler(nothing)
    scene.release("green")
    scene.release("blue")
    monkeypatch.setattr(Watch, "_wait", lambda *_: scene.release("black"))
    done = scene.watch(httpserver.url_for(""), AFTER, "--rollback-on", "errors")
    assert done.exit_code == 2, done.output
    assert "error: another release of dev was deployed meanwhile (" in done.stderr
    assert scene.colour == "black"


def test_a_rollback_that_is_for_one_release_leaves_another_alone(scene: Scene) -> None:
    for colour in ("green", "blue", "black"):
        scene.release(colour)
    blue, black = (scene.checkout.git("rev-parse", each) for each in ("HEAD~1", "HEAD"))
    done = scene.examx("rollback", "dev", "--from", blue)
    assert done.exit_code == 1
    assert f"the release {blue[:10]} no longer runs; the newest is {black[:10]}" in done.stderr
    assert scene.colour == "black"
    assert scene.examx("rollback", "dev", "--from", black).exit_code == 0
    assert scene.colour == "blue"


def test_without_a_release_there_is_nothing_to_watch(scene: Scene) -> None:
    done = scene.watch("http://127.0.0.1:1")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "the cluster remembers no release of dev: `examx apply dev` writes it down" in done.stderr


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_while_it_waits_it_changes_nothing(
    scene: Scene, httpserver: HTTPServer, sent: signal.Signals
) -> None:
    httpserver.expect_request("/api/v1/query").respond_with_handler(nothing)
    scene.release("green")
    command = [sys.executable, "-m", "examx_cli", "watch", "dev", "--prometheus", httpserver.url_for("")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=Path.cwd(), env=os.environ) as process:
        assert process.stderr is not None
        while "watching dev until" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(sent)
        assert "interrupted: nothing was compared, and nothing was changed" in process.stderr.read()
    assert process.returncode == 130
    assert scene.colour == "green"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--rollback-on", "errors,speed"), '--rollback-on names "speed"; allowed: errors, latency, waits'),
        (("--after", "10"), 'duration is "10"; it must be a whole number with a unit'),
        (("--after", "2s"), "DeploymentBounds.window is 2s; it must be from 5s to 2700s"),
        (("--prometheus", "localhost:9090"), '--prometheus is "localhost:9090"; allowed: the address of a server'),
        (("--prometheus", "http://a:b@c"), "--prometheus holds credentials, which others on this machine see"),
    ],
)
def test_what_is_typed_wrongly_is_told_before_anything_is_asked(
    scene: Scene, options: tuple[str, ...], line: str
) -> None:
    scene.release("green")
    done = scene.watch("http://127.0.0.1:1", *options)
    assert (done.exit_code, done.stdout) == (2, "")
    (said,) = done.stderr.splitlines()
    assert line in said


def test_a_token_does_not_go_in_plain_text(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("invented")
    done = scene.watch("http://metrics.example.com", "--token-file", str(tmp_path / "token"))
    assert "everybody on the way could read the token" in done.stderr
