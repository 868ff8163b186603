"""A checkout with one small environment, and the cluster that it goes to."""

import json
import os
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from examx_cli.app import app
from examx_constructs.environments import ENVIRONMENTS
from tests.support import Manifest

SHOP = Path(__file__).with_name("shop.yaml").read_text(encoding="utf-8")
IMAGE = "registry.example.com/examxv2-backend"


@dataclass
class TestCluster:
    """A cluster, as its administrator sees it."""

    __test__ = False

    name: str
    namespace: str
    binary: str
    state: Path | None = None

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        command = [self.binary, *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, kind: str, name: str) -> Manifest | None:
        """A live object, if there is one."""
        stub = {"apiVersion": "apps/v1" if kind == "Deployment" else "v1", "kind": kind}
        metadata = {"name": name} if kind == "Namespace" else {"name": name, "namespace": self.namespace}
        arguments = ("get", "-f", "-", "--ignore-not-found", "--show-managed-fields", "-o", "json")
        printed = self.kubectl(*arguments, stdin=json.dumps({**stub, "metadata": metadata}))
        found = json.loads(printed)["items"] if printed.strip() else []
        return found[0] if found else None

    def apply(self, item: Manifest, manager: str) -> None:
        """What somebody else applies."""
        arguments = ("apply", "--server-side", f"--field-manager={manager}", "--force-conflicts", "-f", "-")
        self.kubectl(*arguments, stdin=json.dumps(item))

    def scale(self, name: str, replicas: int) -> None:
        """What an autoscaler does."""
        self.kubectl("scale", f"deployment/{name}", f"--namespace={self.namespace}", f"--replicas={replicas}")

    def wish(self, what: str, value: Any) -> None:
        """Make something happen in the cluster that is played."""
        assert self.state is not None
        content = json.loads(self.state.read_text(encoding="utf-8"))
        content[what] = value
        self.state.write_text(json.dumps(content), encoding="utf-8")

    @property
    def calls(self) -> list[list[str]]:
        """What the cluster that is played was asked."""
        assert self.state is not None
        return json.loads(self.state.read_text(encoding="utf-8"))["calls"]


@dataclass
class Checkout:
    """A checkout of a project with the one environment `dev`, whose manifests a test changes as it likes."""

    root: Path
    cluster: TestCluster
    manifests: list[Manifest] = field(init=False)

    def __post_init__(self) -> None:
        text = SHOP.replace("NAMESPACE", self.cluster.namespace).replace("CLUSTER", self.cluster.name)
        self.manifests = list(yaml.safe_load_all(text))
        (self.root / "dist").mkdir(parents=True)
        (self.root / "cdk8s.yaml").touch()
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("first")

    def one(self, kind: str) -> Manifest:
        return next(each for each in self.manifests if each["kind"] == kind)

    def write(self, tag: str) -> None:
        images = "".join(f"{name}: {IMAGE}:{name}-{tag}\n" for name in ENVIRONMENTS)
        (self.root / "images.yaml").write_text(images, encoding="utf-8")
        (self.root / "dist" / "dev.k8s.yaml").write_text(yaml.safe_dump_all(self.manifests), encoding="utf-8")

    def commit(self, tag: str) -> str:
        """Commit what the manifests are now, as a release of this tag, and let origin's main be that."""
        self.write(tag)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", tag)
        self.merged()
        return self.git("rev-parse", "HEAD")

    def merged(self) -> None:
        """Let origin's main, as it was fetched, be what is checked out."""
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.com")
        command = ["git", "-C", str(self.root), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(params=["played", pytest.param("real", marks=pytest.mark.e2e)])
def cluster(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestCluster]:
    """A cluster: played in every run; in runs with `-m e2e` a real one."""
    if request.param == "real":
        yield from real(request, monkeypatch)
    else:
        yield _played(tmp_path, monkeypatch)


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestCluster:
    """A cluster that does what a test wishes for."""
    return _played(tmp_path, monkeypatch)


def _played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestCluster:
    state = tmp_path / "cluster.json"
    empty: dict[str, Any] = {"objects": {}, "forbidden": [], "stuck": {}, "slow": {}, "calls": []}
    name = "arn:aws:eks:ap-south-1:123456789012:cluster/testing"
    state.write_text(json.dumps({**empty, "name": name, "pods": [], "events": [], "logs": {}}), encoding="utf-8")
    binary = tmp_path / "kubectl"
    program = Path(__file__).with_name("start_kubectl.py")
    binary.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {program} "$@"\n', encoding="utf-8")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EXAMX_TEST_CLUSTER", str(state))
    monkeypatch.setenv("EXAMX_KUBECTL", str(binary))
    return TestCluster("testing", "shop", str(binary), state)


def real(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestCluster]:
    """The cluster that KUBECONFIG leads to, or else the one of tests/cluster; with a namespace for the test."""
    if not os.environ.get("KUBECONFIG"):
        plane = request.getfixturevalue("control_plane")
        monkeypatch.setenv("KUBECONFIG", str(plane.kubeconfig))
        monkeypatch.setenv("EXAMX_KUBECTL", str(plane.kubectl_binary))
    binary = os.environ.get("EXAMX_KUBECTL", "kubectl")
    view = subprocess.run(
        [binary, "config", "view", "--minify", "-o", "json"], check=True, capture_output=True, text=True
    )
    name = json.loads(view.stdout)["clusters"][0]["name"].rpartition("/")[2]
    cluster = TestCluster(name, f"examx-e2e-{uuid.uuid4().hex[:8]}", binary)
    monkeypatch.setenv("EXAMX_KUBECTL", binary)
    try:
        yield cluster
    finally:
        cluster.kubectl("delete", "namespace", cluster.namespace, "--ignore-not-found", "--wait=false")


@pytest.fixture
def checkout(cluster: TestCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.chdir(tmp_path)
    made = Checkout(tmp_path / "checkout", cluster)
    monkeypatch.chdir(made.root)
    return made


Examx = Callable[..., Result]


@pytest.fixture
def examx() -> Examx:
    """The command, in this process."""
    return lambda *arguments: CliRunner().invoke(app, arguments)
