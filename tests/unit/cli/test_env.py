"""`examx env list` and `examx env show`."""

import json
import re
import shutil
from pathlib import Path

import attrs
import pytest
from typer.testing import CliRunner, Result

from examx_cli.app import app
from examx_constructs.environments import ENVIRONMENTS, load, read_images
from examx_constructs.environments.dev import dev
from examx_constructs.settings import (
    ConfigurationError,
    Environment,
    ExternalRedis,
    ImageReference,
    Replicas,
    ReplicatedRedis,
)
from tests.support import number_of

PROJECT = Path(__file__).parents[3]
FILES = PROJECT / "examx_constructs" / "environments"
IMAGES = "".join(f"{name}: registry.example.com/team/app:{name}-1\n" for name in ENVIRONMENTS)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with images of its own, which is where the commands run."""
    shutil.copy(PROJECT / "cdk8s.yaml", tmp_path)
    (tmp_path / "images.yaml").write_text(IMAGES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path


def env(*arguments: str, status: int = 0) -> Result:
    done = CliRunner().invoke(app, ["env", *arguments])
    assert done.exit_code == status, done.output
    assert bool(done.stderr) == bool(status)
    return done


COLUMNS = ["environment", "cluster", "namespace", "host", "image", "backend", "workers", "Redis", "CPU", "GiB"]


def test_list() -> None:
    heading, *rows = env("list").stdout.splitlines()
    assert heading.split() == COLUMNS
    assert all(row.endswith("not rendered  not rendered") for row in rows)
    assert [row.replace("not rendered", "").split() for row in rows] == [row_of(made(name)) for name in ENVIRONMENTS]


def made(name: str) -> Environment:
    """An environment with its figures of today, which are told elsewhere: these tests are about the command."""
    return ENVIRONMENTS[name](ImageReference.parse(f"registry.example.com/team/app:{name}-1"))


def row_of(each: Environment) -> list[str]:
    backend, pods = each.backend.replicas, [queue.replicas for queue in each.queues]
    return [
        *(each.name, each.cluster, each.namespace, each.ingress.host, f"{each.name}-1"),
        f"{backend.minimum}..{backend.maximum}",
        f"{sum(one.minimum for one in pods)}..{sum(one.maximum for one in pods)}",
        *(
            ["replicated", f"{each.redis.replicas.minimum}..{each.redis.replicas.maximum}"]
            if isinstance(each.redis, ReplicatedRedis)
            else ["standalone"]
        ),
    ]


def test_list_for_a_machine() -> None:
    listed = json.loads(env("list", "--json").stdout)
    assert [each["name"] for each in listed] == [*ENVIRONMENTS]
    prod = made("prod")
    assert isinstance(prod.redis, ReplicatedRedis)
    assert listed[2] == {
        "name": "prod",
        "cluster": prod.cluster,
        "namespace": prod.namespace,
        "host": prod.ingress.host,
        "image": "registry.example.com/team/app:prod-1",
        "backend": limits(prod.backend.replicas),
        "workers": {queue.name: limits(queue.replicas) for queue in prod.queues},
        "redis": {"shape": "replicated", "replicas": limits(prod.redis.replicas)},
        "requests": None,
    }
    assert listed[0]["redis"] == {"shape": "standalone"}


def limits(replicas: Replicas) -> dict[str, int]:
    return {"minimum": replicas.minimum, "maximum": replicas.maximum}


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: dev-examxv2}
spec:
  replicas: 2
  template:
    spec:
      containers: [{name: web, resources: {requests: {cpu: 250m, memory: 512Mi}}}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: dev-examxv2}
spec: {scaleTargetRef: {kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 10}
"""


def test_list_tells_what_is_requested_and_what_that_costs(project: Path) -> None:
    (project / "dist").mkdir()
    (project / "dist" / "dev.k8s.yaml").write_text(DEPLOYMENT)
    (project / "prices.yaml").write_text("currency: EUR\ncpu_hour: 0.04\ngib_hour: 0.01\n")
    heading, dev_row, *_ = env("list", "--prices", "prices.yaml").stdout.splitlines()
    assert heading.split()[-5:] == ["CPU", "GiB", "EUR", "a", "month"]
    # (0.5 CPU * 0.04 + 1 GiB * 0.01) * 730 h, and five times that.
    assert dev_row.split()[-3:] == ["0.5..2.5", "1..5", "22..110"]
    listed = json.loads(env("list", "--json", "--prices", "prices.yaml").stdout)
    at_most = {"cpu": 2.5, "memory": 5 * 2**30, "per_month": 109.5, "currency": "EUR"}
    assert listed[0]["requests"]["at_most"] == at_most


def test_list_refuses_prices_that_are_none(project: Path) -> None:
    (project / "prices.yaml").write_text("cpu_hour: -1\n")
    assert (
        "prices.yaml: cpu_hour is -1; allowed: a number, 0 or more"
        in env("list", "--prices", "prices.yaml", status=2).stderr
    )


def test_list_of_an_environment_whose_redis_is_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(image: ImageReference) -> Environment:
        return attrs.evolve(dev(image), redis=ExternalRedis(host="cache.example.com"))

    monkeypatch.setitem(ENVIRONMENTS, "dev", elsewhere)
    assert " external cache.example.com " in env("list").stdout.splitlines()[1]
    assert json.loads(env("list", "--json").stdout)[0]["redis"] == {"shape": "external", "host": "cache.example.com"}


def test_show() -> None:
    lines = env("show", "dev").stdout.splitlines()
    shown = [" ".join(line.split()) for line in lines]
    workers = number_of(FILES / "dev.py", " workers=")
    assert f"workers {made('dev').backend.workers} examx_constructs/environments/dev.py:{workers}" in shown
    assert "image registry.example.com/team/app:dev-1 images.yaml:1" in shown
    assert any(
        line.startswith("role_arn none examx_constructs/settings/") and line.endswith(" (default)") for line in shown
    )
    assert any(line.startswith("deletion_protection false ") for line in shown)
    assert any(line.startswith("load_balancer_cidrs 10.0.0.0/8, 100.64.0.0/10, ") for line in shown)
    # nested, and every group named once
    at = lines.index("backend")
    assert [line.rstrip() for line in lines[at : at + 8] if line.startswith("  ")][2] == "  resources"
    assert lines[at + 4].startswith("    cpu_request")
    assert [line for line in lines if line.strip() in ("queues", "bulk_upload", "labels", "service_levels")] == [
        "labels",
        "queues",
        "  bulk_upload",
        "service_levels",
        "  bulk_upload",
    ]
    kind = next(line for line in lines if line.startswith("redis "))
    assert kind.split()[1] == "StandaloneRedis"


def test_show_says_as_much_as_its_json(environment_name: str) -> None:
    """Each setting is one line of the outline, however long: nothing is cut or folded on its way into a pipe."""
    for_machines = json.loads(env("show", environment_name, "--json").stdout)
    lines = [line for line in env("show", environment_name).stdout.splitlines() if len(line.split()) > 1]
    assert len(lines) == len(for_machines)
    for line, (name, figure) in zip(lines, for_machines.items(), strict=True):
        assert f".{name}".endswith(f".{line.split()[0]}")
        assert line.removesuffix(" (default)").endswith(f" {figure['source']}")
        assert line.endswith(" (default)") == figure["default"]
        if isinstance(figure["value"], str):
            assert f" {figure['value']} " in line


def test_show_for_a_machine() -> None:
    shown = json.loads(env("show", "prod", "--json").stdout)
    prod = made("prod")
    line = number_of(FILES / "prod.py", "backend=BackendSettings( ... replicas=")
    place = f"examx_constructs/environments/prod.py:{line}"
    most = prod.backend.replicas.maximum
    assert shown["backend.replicas.maximum"] == {"value": most, "source": place, "default": False}
    assert shown["image"] == {
        "value": "registry.example.com/team/app:prod-1",
        "source": "images.yaml:3",
        "default": False,
    }
    [bulk_upload] = [each for each in prod.queues if each.name == "bulk_upload"]
    assert shown["queues.bulk_upload.longest_task"]["value"] == f"{bulk_upload.longest_task.seconds}s"
    assert shown["worker_resources.memory_limit"]["value"] == str(prod.worker_resources.memory_limit)
    assert shown["ingress.frontend.service"]["value"] == "examxv2-frontend-service"
    assert shown["limits"]["value"] is None
    assert shown["ingress.deletion_protection"]["value"] is True
    assert shown["network.external_flows.https.cidrs"]["value"] == ["0.0.0.0/0"]
    assert shown["variables"]["value"] == {}
    assert shown["variables"]["default"] is True


@pytest.mark.parametrize(
    ("field", "printed"),
    [
        ("cluster", "dev-stg-cluster\n"),
        ("backend.replicas.maximum", "2\n"),
        ("queues.question_generator_ai.concurrency", "25\n"),
        ("backend.rollout.pre_stop_pause", "135s\n"),
        ("beat_resources.memory_limit", "6Gi\n"),
        ("ingress.deletion_protection", "false\n"),
        ("image", "registry.example.com/team/app:dev-1\n"),
        ("redis", "StandaloneRedis\n"),
        ("ingress.certificate_arn", "\n"),
        ("variables", "\n"),
        ("network.load_balancer_cidrs", "10.0.0.0/8\n100.64.0.0/10\n172.16.0.0/12\n192.168.0.0/16\n"),
    ],
)
def test_show_one_bare_value(field: str, printed: str) -> None:
    assert env("show", "dev", "--field", field).stdout == printed


def test_show_one_for_a_machine() -> None:
    shown = json.loads(env("show", "stg", "--json", "--field", "backend.workers").stdout)
    assert {name: figure["value"] for name, figure in shown.items()} == {"backend.workers": made("stg").backend.workers}


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (
            "backend.replicas",
            '"backend.replicas" is a group of settings; name one of them, such as backend.replicas.minimum',
        ),
        (
            "backend.replicas.max",
            'environment dev has no setting "backend.replicas.max"; did you mean backend.replicas.maximum?',
        ),
        ("weather", 'environment dev has no setting "weather"; `examx env show dev` lists them'),
        ("", 'environment dev has no setting ""; `examx env show dev` lists them'),
    ],
)
def test_show_of_no_setting(field: str, message: str) -> None:
    done = env("show", "dev", "--field", field, status=2)
    assert (done.stdout, done.stderr) == ("", f"error: {message}\n")


def test_show_of_no_environment() -> None:
    message = env("show", "nowhere", status=2).stderr
    assert 'there is no environment "nowhere"; known are dev, stg, prod' in " ".join(message.replace("│", "").split())


@pytest.mark.parametrize("command", [["list"], ["show", "dev"]])
@pytest.mark.parametrize(
    ("images", "message"),
    [
        ("stg: registry.example.com/team/app:stg-1\n", "environment dev: images.yaml has no image for it; add a line "),
        ("dev: [\n", "images.yaml cannot be read as YAML: "),
        ("dev: 5\n", "images.yaml:1: dev.image is no text"),
        (IMAGES.replace("dev-1", "latest"), 'images.yaml:1: dev.image.tag is "latest"'),
    ],
)
def test_an_images_file_that_is_none(project: Path, command: list[str], images: str, message: str) -> None:
    (project / "images.yaml").write_text(images)
    done = env(*command, status=2)
    assert done.stdout == ""
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_mistake_in_another_environment_stops_the_list_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: ImageReference) -> Environment:
        raise ConfigurationError("broken")

    monkeypatch.setitem(ENVIRONMENTS, "prod", broken)
    assert re.fullmatch(r"error: tests/unit/cli/test_env\.py:\d+: prod: broken\n", env("list", status=2).stderr)
    assert env("show", "dev", "--field", "name").stdout == "dev\n"


def test_outside_of_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere := tmp_path / "images.yaml").unlink()
    assert not elsewhere.exists()
    assert "is not in a checkout of this project" in env("list", status=2).stderr


@pytest.mark.parametrize("command", ["list", "show"])
def test_help_shows_an_example(command: str) -> None:
    assert f"examx env {command}" in env(command, "--help").stdout.partition("Usage:")[2].partition("\n")[2]


def test_a_field_is_what_the_environment_has(environment_name: str, project: Path) -> None:
    environment = next(each for each in load(read_images(project / "images.yaml")) if each.name == environment_name)
    assert env("show", environment_name, "--field", "cluster").stdout == f"{environment.cluster}\n"
    assert env("show", environment_name, "--field", "namespace").stdout == f"{environment.namespace}\n"
