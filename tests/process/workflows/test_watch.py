"""What a deployment did, some time after it: Slack is told. One test has the deployment before it as well."""

import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from examx_constructs.environments.shared import DEV_STG_CLUSTER
from tests.process.workflows.conftest import IMAGE, PROMETHEUS_TOKEN, World, role
from tests.unit.workflows.model import JobRun


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
    return {name: job.result for name, job in run.jobs["watch"].jobs.items()}


def watch(deployed: World) -> JobRun:
    """What comes after the deployment, as deploy.yaml calls it."""
    given = deployed.settings.variables
    settings = {"prometheus": given["PROMETHEUS_URL_DEV"], "rollback_on": given["ROLLBACK_ON_DEV"]}
    return deployed.call("watch", of="deploy.yaml", environment="dev", **settings)


QUIET = {
    "watch": "success",
    "notify": "success",
    "rollback": "skipped",
    "release": "skipped",
    "notify-rollback": "skipped",
}
"""How the jobs end where nothing is taken back."""


def titles(world: World) -> list[str]:
    return [each["blocks"][0]["text"]["text"] for each in world.messages]


def test_a_deployment_that_made_nothing_worse(deployed: World, prometheus: Prometheus) -> None:
    prometheus.errors = iter(("0.1", "0.1"))
    run = watch(deployed)
    assert run.result == "success", run.log()
    assert jobs(run) == QUIET
    assert titles(deployed) == [
        ":white_check_mark: dev: quiet after the deployment",
    ]
    assert prometheus.tokens == {f"Bearer {PROMETHEUS_TOKEN}"}
    assert deployed.stand_ins.roles == [role("observe")]
    assert PROMETHEUS_TOKEN not in run.log()


def test_without_the_variable_it_only_tells(deployed: World, prometheus: Prometheus) -> None:
    prometheus.errors = iter(("0.1", "50"))
    run = watch(deployed)
    assert run.result == "success", run.log()
    assert jobs(run) == QUIET
    assert titles(deployed) == [":x: dev: errors rose after the deployment"]
    assert deployed.images()["dev"] == IMAGE
    assert deployed.clusters[DEV_STG_CLUSTER].images("dev-examxv2") >= {IMAGE}


def test_with_it_what_made_things_worse_is_taken_back(world: World, prometheus: Prometheus) -> None:
    before, cluster = world.images()["dev"], world.clusters[DEV_STG_CLUSTER]
    world.settings.variables["ROLLBACK_ON_DEV"] = "latency,errors"
    prometheus.errors = iter(("0.1", "50"))
    run = world.deploy_to_dev()
    assert run.result == "success", run.log()
    assert set(jobs(run.jobs["deploy"]).values()) == {"success"}, run.log()
    assert before in cluster.images("dev-examxv2")
    assert IMAGE not in cluster.images("dev-examxv2")
    assert world.images()["dev"] == before, "or the next deployment would bring it back"
    assert titles(world)[1:] == [
        ":x: dev: errors rose after the deployment",
        ":white_check_mark: dev: rollback succeeded",
    ]
    # What only reads finds out, and only the job in the environment changes anything.
    assert world.stand_ins.roles == [role("deploy-dev"), role("observe"), role("deploy-dev")]


def test_what_moved_and_is_not_named_is_not_taken_back(deployed: World, prometheus: Prometheus) -> None:
    deployed.settings.variables["ROLLBACK_ON_DEV"] = "latency"
    prometheus.errors = iter(("0.1", "50"))
    run = watch(deployed)
    assert jobs(run) == QUIET
    assert deployed.images()["dev"] == IMAGE


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        (
            "ROLLBACK_ON_DEV",
            "error",
            '--rollback-on names "error"; allowed: errors, latency, waits, with commas between',
        ),
        (
            "PROMETHEUS_URL_DEV",
            "prometheus.example.com",
            '--prometheus is "prometheus.example.com"; allowed: the address',
        ),
    ],
)
def test_a_setting_that_cannot_be_used_fails_with_its_line(
    deployed: World, prometheus: Prometheus, variable: str, value: str, line: str
) -> None:
    deployed.settings.variables[variable] = value
    run = watch(deployed)
    assert run.result == "failure"
    assert jobs(run) == {**QUIET, "watch": "failure"}
    assert line in run.log()
    assert deployed.images()["dev"] == IMAGE, "what was deployed stays"
    assert ":warning: dev: " in titles(deployed)[-1]


def test_a_window_that_is_none_fails_as_well(deployed: World, prometheus: Prometheus) -> None:
    observe = deployed.settings.environments["observe"]
    soon = replace(observe, variables={**observe.variables, "WATCH_AFTER": "soon"})
    deployed.settings = replace(deployed.settings, environments={**deployed.settings.environments, "observe": soon})
    run = watch(deployed)
    assert jobs(run) == {**QUIET, "watch": "failure"}
    assert "soon" in run.log()
