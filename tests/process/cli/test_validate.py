"""`examx validate`: every finding, not just the first, and the same as the checks have."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import evolve
from cdk8s import App
from typer.testing import CliRunner, Result

from examx_cli import synth
from examx_cli.app import app
from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import ImageReference
from tests.support import read_documents
from tests.unit.schemas.published import published

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of the project as it is here, whose dist/ is what it renders."""
    checkout = tmp_path_factory.mktemp("validate")
    for name in ("examx_constructs", "imports"):
        (checkout / name).symlink_to(PROJECT / name)
    for name in ("main.py", "cdk8s.yaml", "images.yaml"):
        shutil.copy(PROJECT / name, checkout / name)
    synth.synthesize(checkout, checkout / "dist")
    return checkout


@pytest.fixture
def checkout(fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = Path(shutil.copytree(fresh, tmp_path / "checkout", symlinks=True))
    monkeypatch.chdir(copy)
    return copy


def _validate(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["validate", *arguments])


def _change(file: Path, kind: str, change: dict[str, Any]) -> None:
    objects = read_documents(file.read_text(encoding="utf-8"))
    next(each for each in objects if each["kind"] == kind)["spec"].update(change)
    file.write_text(yaml.safe_dump_all(objects), encoding="utf-8")


def test_nothing_is_wrong(checkout: Path):
    done = _validate()
    assert done.exit_code == 0
    assert re.fullmatch(r"dev, stg, prod: \d+ objects, 0 findings\n", done.stdout)


def test_all_that_is_wrong_is_told_at_once(checkout: Path):
    _change(checkout / "dist" / "dev.k8s.yaml", "Deployment", {"replica": 1, "minReadySeconds": "5"})
    _change(checkout / "dist" / "dev.k8s.yaml", "ScaledObject", {"maxReplicaCount": 0})
    done = _validate("dev")
    assert done.exit_code == 1
    for line in (
        "dist/dev.k8s.yaml: error: the file is not what the code and images.yaml render; allowed: what `make",
        "examxv2-backend: spec is refused: Additional properties are not allowed ('replica' was unexpected); allowed: ",
        "examxv2-backend: spec.minReadySeconds is refused: '5' is not of type 'integer'",
        "[replica-range-is-possible",
    ):
        assert line in done.stdout
    assert done.stdout.splitlines()[-1].startswith("dev: 42 objects, ")


def test_other_environments_are_not_looked_at(checkout: Path):
    _change(checkout / "dist" / "dev.k8s.yaml", "Deployment", {"replica": 1})
    assert _validate("stg", "prod").exit_code == 0


OPEN = "anyone who has the address of a file under /media, exam papers too, gets it without a login"


def test_files_without_a_login_are_told_for_each_environment(checkout: Path):
    done = _validate("dev", "prod")
    assert done.exit_code == 0
    warnings = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
    assert [line.partition(": anyone")[0] for line in warnings] == [
        "warning: dist/dev.k8s.yaml",
        "warning: dist/prod.k8s.yaml",
    ]
    for line in warnings:
        assert OPEN in line
        assert "NginxSettings.protected_media" in line
        assert 'docs/application.md, "Who may read /media"' in line
    guide = (PROJECT / "docs" / "application.md").read_text(encoding="utf-8")
    assert "### Who may read /media\n" in guide


def test_they_are_told_of_any_file_and_beside_json(checkout: Path):
    copy = Path(shutil.copy(checkout / "dist" / "dev.k8s.yaml", checkout / "copy.yaml"))
    done = _validate("copy.yaml", "--json")
    assert (done.exit_code, json.loads(done.stdout)["findings"]) == (0, [])
    assert f"warning: {copy.name}: {OPEN}" in done.stderr


def test_where_django_is_asked_nothing_is_told(checkout: Path, image: ImageReference):
    settings = ENVIRONMENTS["dev"](image)
    closed = evolve(settings, nginx=evolve(settings.nginx, protected_media=True))
    file = checkout / "closed.yaml"
    file.write_text(yaml.safe_dump_all(ExamxChart(App(), closed).to_json()), encoding="utf-8")
    done = _validate("closed.yaml")
    assert done.exit_code == 0
    assert done.stdout.endswith(" objects, 0 findings\n")
    assert "/media" not in done.stderr


def _upgrade(file: Path, **versions: str) -> None:
    """What a synth writes for an environment whose cluster runs other versions than the usual ones."""
    said = "".join(f"\n    examx.ai/{program}-version: '{version}'" for program, version in versions.items())
    before = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"(\n    examx\.ai/cluster: \S+)", rf"\1{said}", before, count=1), encoding="utf-8")


def test_an_environment_is_judged_by_its_own_cluster(checkout: Path):
    """By rules and by schemas, with one flag for all where somebody asks."""
    for name in ENVIRONMENTS:
        file = checkout / "dist" / f"{name}.k8s.yaml"
        file.write_text(re.sub(r"(\n  behavior:\n    scaleDown:\n)", r"\1      tolerance: '0.05'\n", file.read_text()))
    file = checkout / "dist" / "prod.k8s.yaml"
    assert "tolerance: '0.05'" in file.read_text()
    paths = [f"dist/{name}.k8s.yaml" for name in ENVIRONMENTS]

    def found(*flags: str) -> set[tuple[str, str]]:
        findings = json.loads(_validate(*paths, *flags, "--json").stdout)["findings"]
        return {(each["file"], each["rule"]) for each in findings}

    dropped = {(path, "tolerance-is-kept") for path in paths}
    wrong = {*dropped, *((path, "schema") for path in paths)}
    assert found() == wrong
    _upgrade(file, kubernetes="1.35")
    assert found() == {each for each in wrong if "prod" not in each[0]}
    # The schema of 1.34 knows the field; its API server drops it all the same.
    assert found("--kubernetes-version", "1.34") == dropped
    assert found("--kubernetes-version", "1.35") == set()


def test_a_missing_file(checkout: Path):
    (checkout / "dist" / "prod.k8s.yaml").unlink()
    done = _validate("prod")
    assert done.exit_code == 2
    assert "prod.k8s.yaml" in done.stderr


def test_json(checkout: Path):
    _change(checkout / "dist" / "dev.k8s.yaml", "Deployment", {"replica": 1})
    done = _validate("dev", "--json")
    assert done.exit_code == 1
    printed = json.loads(done.stdout)
    assert (printed["errors"], printed["warnings"]) == (2, 0)
    told = [(each["rule"], each["file"], each["field"]) for each in printed["findings"]]
    assert told == [("synth", "dist/dev.k8s.yaml", "the file"), ("schema", "dist/dev.k8s.yaml", "spec")]
    assert printed["findings"][1]["line"] > 1


def test_a_setting_that_can_not_be_rendered(checkout: Path):
    (checkout / "images.yaml").write_text("dev: registry.example.com/examx:latest\n", encoding="utf-8")
    done = _validate("dev")
    assert done.exit_code == 2
    assert "error: images.yaml:1: dev.image.tag is" in done.stderr


class TestAFolderOfOthers:
    @pytest.fixture(autouse=True)
    def _elsewhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        manifest = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": {"name": "a"}, "spec": {}}
        file = tmp_path / "scaler.yaml"
        file.write_text(yaml.safe_dump(manifest), encoding="utf-8")
        return file

    def test_the_rules_hold_for_it(self, file: Path):
        done = _validate(str(file))
        assert done.exit_code == 1
        assert "[scaled-object-has-triggers" in done.stdout

    def test_definitions_are_taken_from_files(self, file: Path):
        done = _validate(str(file), "--crds", str(published("keda-2.17.2.yaml")))
        assert "ScaledObject a: spec is refused: 'triggers' is a required property; allowed: " in done.stdout

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("nowhere",), "nowhere: cannot be read"),
            (("",), "the name of a file is empty"),
            (("empty",), "no Kubernetes objects in empty"),
            (("dev",), "is not in a checkout of this project"),
            (("scaler.yaml", "--cluster"), "--cluster needs an environment"),
            (("scaler.yaml", "--crds", "scaler.yaml"), "ScaledObject a is no CustomResourceDefinition"),
        ],
    )
    def test_unusable_input(self, file: Path, tmp_path: Path, arguments: tuple[str, ...], message: str):
        (tmp_path / "empty").mkdir()
        done = _validate(*arguments)
        assert done.exit_code == 2
        assert message in done.stderr

    def test_all_options_of_the_checks_hold_for_it(self, file: Path, tmp_path: Path):
        (tmp_path / "checks-waivers.toml").write_text(
            '[[waiver]]\nrule = "scaled-object-has-triggers"\nobject = "*"\nreason = "a sketch"\n', encoding="utf-8"
        )
        done = _validate(str(file), "--kubernetes-version", "1.33", "--keda-version", "2.17", "--fail-on", "error")
        assert (done.exit_code, done.stdout) == (0, f"{file}: 1 object, 0 findings; 1 waived\n")
        done = _validate(str(file), "--keda-version", "1.0")
        assert done.exit_code == 2
        assert "version of KEDA" in done.stderr
        (tmp_path / "checks-waivers.toml").write_text("[[waiver]]\n", encoding="utf-8")
        done = _validate(str(file))
        assert done.exit_code == 2
        assert "waiver.rule is missing" in done.stderr
