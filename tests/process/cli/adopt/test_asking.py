"""What only a cluster can tell beforehand, and the command on one."""

import argparse
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from examx_cli import processes
from examx_cli.app import app
from examx_cli.deploy import rollouts
from examx_constructs.settings.naming import MADE_SECRET_ANNOTATION
from tests.unit.cli.adopt.played import Json, Played, Refused
from tests.unit.cli.adopt.support import deployment, item

HOST = {"rules": [{"host": "shop.example.com"}]}


def _elsewhere() -> Json:
    made = item("Ingress", "other", HOST)
    made["metadata"]["namespace"] = "elsewhere"
    return made


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    """A cluster that runs one Deployment, and a checkout whose environment dev is that one and an Ingress."""
    root = tmp_path / "checkout"
    (root / "dist").mkdir(parents=True)
    (root / "cdk8s.yaml").touch()
    (root / "images.yaml").write_text("dev: registry.example.com/shop:1\n", encoding="utf-8")
    namespace = item("Namespace", "shop", annotations={"examx.ai/cluster": "testing"})
    wanted = [namespace, {**item("ConfigMap", "settings"), "data": {}}, item("Ingress", "shop", HOST)]
    (root / "dist" / "dev.k8s.yaml").write_text(yaml.safe_dump_all(wanted), encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    monkeypatch.chdir(root)
    monkeypatch.setattr("examx_cli.deploy.rules.check", lambda _: [])
    monkeypatch.setattr(rollouts, "wait", lambda *_, **__: {})
    played = Played()
    monkeypatch.setattr(processes, "run", played.run)
    played.add(item("Namespace", "shop"), deployment("guest", replicas=1))
    return played


def _adopt(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["adopt", "dev", *arguments])
    return done.exit_code, done.output


def test_the_command_plans_does_takes_back_and_forgets(cluster: Played) -> None:
    status, said = _adopt()
    assert status == 0, said
    assert "left alone: 1" in said
    assert cluster.get("ConfigMap", "settings") is None
    assert _adopt("--execute", "--until", "nowhere") == (2, _adopt("--execute", "--until", "nowhere")[1])
    assert _adopt("--execute", "--until", "foundation")[0] == 0
    assert "foundation: apply 1 object that no pod of today notices (begun)" in _adopt()[1]
    assert _adopt("--undo")[0] == 0
    assert cluster.get("ConfigMap", "settings") is None
    assert _adopt("--execute", "--settle", "1s")[0] == 0
    status, said = _adopt("--finish")
    assert (status, cluster.get("Secret", "examx-adoption")) == (0, None), said
    assert cluster.get("ConfigMap", "settings")


def test_without_a_namespace_there_is_nothing_to_take_over(cluster: Played) -> None:
    del cluster.objects["Namespace", "shop"]
    status, said = _adopt()
    assert status == 1
    assert "there is no namespace shop to take over" in said


def test_an_ingress_elsewhere_with_the_same_host_is_refused(cluster: Played) -> None:
    cluster.add(_elsewhere())
    status, said = _adopt("--execute")
    assert status == 1
    assert "Ingress other of the namespace elsewhere has the host shop.example.com as well" in said


def test_who_may_not_list_ingresses_is_told_to_make_sure(cluster: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **more: object) -> str:
        if "--all-namespaces" in command:
            raise processes.ProcessError(command, 1, "Error from server (Forbidden): ingresses is forbidden")
        return cluster.run(command, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(processes, "run", run)
    status, said = _adopt()
    assert status == 0
    assert "may not list the Ingresses of other namespaces" in said


def test_a_record_that_is_none_is_told(cluster: Played) -> None:
    cluster.add({**item("Secret", "examx-adoption"), "data": {"record": "bm90aGluZw=="}})
    status, said = _adopt("--execute")
    assert status == 2
    assert "is no record of an adoption" in said


def test_an_interruption_says_how_to_go_on(cluster: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("examx_cli.adopt.adoption.wait_for", interrupted)
    status, said = _adopt("--execute", "--settle", "1s")
    assert status == 130
    assert "the same command goes on, --undo takes it back" in said
    assert cluster.get("Secret", "examx-adoption")


def test_a_secret_that_could_not_be_made_is_a_finding(cluster: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights are asked about as such; what else refuses it, such as a policy, is found by trying."""
    server = item("StatefulSet", "redis", {}, annotations={MADE_SECRET_ANNOTATION: "redis-auth"})
    file = Path("dist/dev.k8s.yaml")
    file.write_text(f"{file.read_text(encoding='utf-8')}---\n{yaml.safe_dump(server)}", encoding="utf-8")
    assert "redis-auth" not in _adopt()[1]
    create = Played._create

    def refuses(self: Played, options: argparse.Namespace, words: list[str], stdin: str | None) -> None:
        if '"redis-auth"' in (stdin or ""):
            raise Refused(f"Error from server (BadRequest): a webhook denied the request: {stdin}")
        create(self, options, words, stdin)

    monkeypatch.setattr(Played, "_create", refuses)
    said = _adopt()[1]
    assert "the Secret redis-auth of shop could not be made: BadRequest; what else it said is not shown" in said
    assert "application" not in said
