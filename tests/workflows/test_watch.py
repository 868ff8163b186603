"""What a deployment did, some time after it: Slack is told."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.workflows.conftest import PROMETHEUS_TOKEN, World, role
from tests.workflows.model import JobRun
from tests.workflows.test_deployments import deploy_to_dev


class Prometheus:
    """Answers by what it is asked, in the order in which the windows are."""

    def __init__(self, httpserver: HTTPServer) -> None:
        self.errors: Iterator[str] = iter(())
        self.tokens: set[str] = set()
        httpserver.expect_request("/prometheus/api/v1/query", method="POST").respond_with_handler(self._answer)
        self.url = httpserver.url_for("/prometheus")

    def _answer(self, request: Request) -> Response:
        self.tokens.add(request.headers.get("Authorization", ""))
        query = parse_qs(request.get_data(as_text=True))["query"][0]
        value = "1"
        if query.startswith("100 *"):
            value = next(self.errors)
        elif "increase" in query:
            value = "9000"
        data = {"resultType": "vector", "result": [{"metric": {}, "value": [1.0, value]}]}
        return Response(json.dumps({"status": "success", "data": data}))


@pytest.fixture
def prometheus(world: World, httpserver: HTTPServer) -> Prometheus:
    """Let dev name a Prometheus."""
    made = Prometheus(httpserver)
    world.settings.variables["PROMETHEUS_URL_DEV"] = made.url
    return made


def jobs(run: JobRun) -> dict[str, str]:
    """How the jobs of the watch ended."""
    return {name: job.result for name, job in run.jobs["deploy"].jobs["watch"].jobs.items()}


def titles(world: World) -> list[str]:
    return [each["blocks"][0]["text"]["text"] for each in world.messages]


def test_a_deployment_that_made_nothing_worse(world: World, prometheus: Prometheus) -> None:
    prometheus.errors = iter(("0.1", "0.1"))
    run = deploy_to_dev(world)
    assert run.result == "success", run.log()
    assert jobs(run) == {"watch": "success", "notify": "success"}
    assert titles(world) == [
        ":white_check_mark: dev: deployment succeeded",
        ":white_check_mark: dev: quiet after the deployment",
    ]
    assert prometheus.tokens == {f"Bearer {PROMETHEUS_TOKEN}"}
    assert world.stand_ins.roles == [role("deploy-dev"), role("observe")]
    assert PROMETHEUS_TOKEN not in run.log()
