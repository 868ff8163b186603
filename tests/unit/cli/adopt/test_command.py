"""`examx adopt --against`, and what it says to bad input."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from examx_cli.app import app
from tests.support import read_documents
from tests.unit.cli.adopt.support import legacy

Examx = Callable[..., Result]


@pytest.fixture
def examx() -> Examx:
    return lambda *arguments: CliRunner().invoke(app, ["adopt", *arguments])


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_what_runs_today_against_what_is_rendered(examx: Examx, environment: str) -> None:
    done = examx(environment, "--against", str(legacy(environment)), "--format", "json")
    assert done.exit_code == 1, done.output
    said = json.loads(done.stdout)
    verdicts = {f"{each['object']['kind']} {each['object']['name']}": each["verdict"] for each in said["objects"]}
    assert verdicts["Deployment examxv2-backend"] == "replaced"
    assert verdicts["ConfigMap nginx-config"] == "removed afterwards"
    assert verdicts["Deployment celery-exam-submission-worker"] == "left alone"
    assert verdicts["HorizontalPodAutoscaler examxv2-backend-pod-autoscaler"] == "changed in place"
    assert verdicts["PersistentVolumeClaim examxv2-backend-pvc"] in ("same", "changed in place")
    assert not any("examxv2-frontend-service" in each for each in said["refusals"]), "today's leads there too"
    assert any("examxv2-frontend-service" in each for each in said["warnings"])
    assert not any(each.startswith("PersistentVolume") for each in said["refusals"])


def test_text_and_markdown_say_the_same(examx: Examx) -> None:
    path = str(legacy("dev"))
    text, markdown = (examx("dev", "--against", path, "--format", each).stdout for each in ("text", "markdown"))
    for said in ("examxv2-backend", "nginx-config", "workload/examxv2-backend", "its pods are killed 30 s"):
        assert said in text
        assert said in markdown
    assert markdown.startswith("### Adopting `dev`")


def test_a_folder_of_manifests(examx: Examx, tmp_path: Path) -> None:
    for number, each in enumerate(read_documents(legacy("dev").read_text(encoding="utf-8"))):
        (tmp_path / f"{number}.yaml").write_text(yaml.safe_dump(each), encoding="utf-8")
    (tmp_path / "kustomization.yaml").write_text("resources: []\n", encoding="utf-8")
    one, many = (examx("dev", "--against", str(path)).stdout for path in (legacy("dev"), tmp_path))
    assert one.splitlines()[1] == many.splitlines()[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["uat"], 'there is no environment "uat"'),
        (["dev", "--against", "nowhere.yaml"], "nowhere.yaml cannot be read"),
        (["dev", "--against", ".", "--context", "c"], "--context is of a cluster, and --against names manifests"),
        (["dev", "--against", ".", "--execute"], "--against, --execute, --undo and --finish exclude each other"),
        (["dev", "--until", "ingress"], "--until is of --execute"),
        (["dev", "--timeout", "soon"], "soon"),
    ],
)
def test_bad_input_is_one_clear_line(examx: Examx, arguments: list[str], said: str) -> None:
    done = examx(*arguments)
    assert done.exit_code == 2
    assert said in " ".join(done.output.replace("│", " ").split())
