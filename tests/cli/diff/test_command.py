"""`examx diff` as it is typed, in real checkouts."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from examx_cli.app import app
from examx_constructs.environments import ENVIRONMENTS
from tests.cli.diff.support import DIST, Edit, manifests, put
from tests.cli.diff.test_live import RECORDED, StandIn, cluster

__all__ = ["cluster"]

MEMORY = put(
    "Deployment celery-beat", "spec.template.spec.containers[celery-beat].resources.limits.memory", "7Gi"
)


class Checkout:
    """A checkout of the project, as far as the command needs one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(DIST, root / "dist")
        (root / "cdk8s.yaml").touch()
        (root / "images.yaml").touch()
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("first")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.com")
        command = ["git", "-C", str(self.root), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def change(self, environment: str, edit: Edit) -> None:
        items = manifests(environment)
        edit(items)
        (self.root / "dist" / f"{environment}.k8s.yaml").write_text(yaml.safe_dump_all(items), encoding="utf-8")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    (tmp_path / "checkout").mkdir()
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.chdir(tmp_path / "checkout")
    return Checkout(tmp_path / "checkout")


def examx(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["diff", *arguments])


def test_nothing_has_changed(checkout: Checkout) -> None:
    done = examx("dev", "--exit-code")

    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"dev, against HEAD ({checkout.git('rev-parse', 'HEAD')[:10]})\nno change\n\n"


def test_the_working_tree_is_compared_with_the_last_commit(checkout: Checkout) -> None:
    checkout.change("dev", MEMORY)
    done = examx("dev")

    assert done.exit_code == 0
    assert "1 object changes: restarts celery-beat" in done.stdout
    assert "    - spec.template.spec.containers[celery-beat].resources.limits.memory: 6Gi\n" in done.stdout
    assert examx("dev", "--exit-code").exit_code == 1
    assert examx("stg", "--exit-code").exit_code == 0


def test_another_commit_can_be_named(checkout: Checkout) -> None:
    first = checkout.git("rev-parse", "HEAD")
    checkout.change("dev", MEMORY)
    checkout.commit("second")
    checkout.git("tag", "v1")

    assert "no change" in examx("dev", "--against", "v1").stdout
    for revision in ("HEAD~1", first):
        assert f"dev, against {revision} ({first[:10]})\n1 object changes" in examx("dev", "--against", revision).stdout


def test_all_is_new_where_a_commit_has_no_manifests(checkout: Checkout) -> None:
    checkout.git("rm", "--quiet", "--cached", "dist/stg.k8s.yaml")
    commit = checkout.commit("second") if not (checkout.root / "dist/stg.k8s.yaml").exists() else None
    if commit is None:
        checkout.git("commit", "--quiet", "--message", "third", "--allow-empty")
    done = examx("stg", "--against", "HEAD~1" if commit else "HEAD")

    assert done.exit_code == 0, done.stderr
