"""A cluster with feature environments, and the command that looks after them."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from examx_cli.app import app
from examx_cli.features import registry
from examx_cli.features.registry import Registry
from examx_cli.kubectl import Kubectl
from examx_constructs.features import Feature
from examx_constructs.features.environment import CLUSTER
from examx_constructs.settings import ImageReference
from tests.process.cli.cluster import conftest as clusters
from tests.process.cli.cluster.conftest import TestCluster
from tests.support import Manifest
from tests.unit.cli.features import conftest as commands
from tests.unit.cli.features.conftest import DEV_IMAGE, ME, feature

MANAGER = "examx"

_surroundings = commands._surroundings
workflow = commands.workflow
cluster = clusters.cluster
played = clusters.played


@dataclass
class Features:
    """The feature environments of the cluster, for tests: what they make is theirs alone, and goes with them."""

    cluster: TestCluster
    suffix: str
    made: dict[str, Feature] = field(default_factory=dict[str, Feature])

    def wanted(
        self, name: str, owner: str = ME, left: timedelta = timedelta(days=3), image: ImageReference = DEV_IMAGE
    ) -> Feature:
        """A branch, called so; in a cluster that others use too, with something behind it."""
        expires = datetime.now(UTC).replace(microsecond=0) + left
        made = Feature(branch=f"{name}{self.suffix}", image=image, owner=owner, expires=expires)
        self.made[name] = made
        self.cluster.namespace = made.slug.namespace
        return made

    def add(
        self,
        name: str,
        owner: str = ME,
        left: timedelta = timedelta(days=3),
        *,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> Feature:
        """The Namespace of one: all that it takes to be one."""
        made = self.wanted(name, owner, left)
        metadata = {
            "name": made.slug.namespace,
            "labels": {**made.labels, **(labels or {})},
            "annotations": {**made.annotations, **(annotations or {})},
        }
        self.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, MANAGER)
        return made

    def namespace(self, wanted: Feature) -> Manifest | None:
        """The Namespace as it is."""
        return self.cluster.get("Namespace", wanted.slug.namespace)

    def annotations(self, wanted: Feature) -> dict[str, str]:
        """What the Namespace remembers."""
        found = self.namespace(wanted)
        assert found is not None
        return found["metadata"]["annotations"]

    def get(self, wanted: Feature, kind: str, name: str) -> Manifest | None:
        """An object of the environment."""
        self.cluster.namespace = wanted.slug.namespace
        return self.cluster.get(kind, name)

    def image(self, wanted: Feature) -> str:
        """The image that the backend runs."""
        backend = self.get(wanted, "Deployment", "examxv2-backend")
        assert backend is not None
        return backend["spec"]["template"]["spec"]["containers"][0]["image"]

    def add_backend(self, wanted: Feature, ready: int | None = None) -> None:
        """A backend that runs the image, as far as the command looks at it."""
        labels = {**wanted.labels, "app.kubernetes.io/component": "backend"}
        pod = {
            "metadata": {"labels": labels},
            "spec": {"containers": [{"name": "backend", "image": str(wanted.image)}]},
        }
        backend = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "examxv2-backend", "namespace": wanted.slug.namespace, "labels": labels},
            "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": pod},
            **({"status": {"readyReplicas": ready}} if ready else {}),
        }
        self.cluster.apply(backend, MANAGER)

    def hold(self, wanted: Feature) -> None:
        """Let something keep the namespace from going."""
        if self.cluster.state:
            held = {"type": "NamespaceFinalizersRemaining", "status": "True", "message": "in 1 resource instances"}
            passed = {"type": "NamespaceDeletionDiscoveryFailure", "status": "False", "message": "all discovered"}
            self.cluster.wish("held_up", {wanted.slug.namespace: {"conditions": [passed, held]}})
        else:
            self._keep(wanted, ["examx.ai/held-up"])

    def release(self, wanted: Feature) -> None:
        """Let it go."""
        if self.cluster.state:
            self.cluster.wish("held_up", {})
        else:
            self._keep(wanted, [])

    def _keep(self, wanted: Feature, finalizers: list[str]) -> None:
        metadata = {"name": "held-up", "namespace": wanted.slug.namespace, "finalizers": finalizers}
        self.cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}, "driver")

    def let_go(self, wanted: Feature) -> None:
        """Take away what keeps a namespace: of a test that failed, and where no controller looks after claims."""
        free = '--patch={"metadata":{"finalizers":null}}'
        for name in ("persistentvolumeclaim/examxv2-backend-pvc", "configmap/held-up"):
            where = (name, f"--namespace={wanted.slug.namespace}")
            if self.cluster.kubectl("get", *where, "--ignore-not-found"):
                self.cluster.kubectl("patch", *where, "--type=merge", free)

    def objects(self) -> dict[str, Manifest]:
        """All that is in the cluster that is played."""
        assert self.cluster.state is not None
        content = json.loads(self.cluster.state.read_text(encoding="utf-8"))
        return {key: each["object"] for key, each in content["objects"].items()}

    @property
    def registry(self) -> Registry:
        """As the commands see it."""
        return Registry(Kubectl())


@pytest.fixture
def features(cluster: TestCluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Features]:
    """The feature environments of a cluster, which passes for the one that they belong to."""
    monkeypatch.setattr(registry, "CLUSTER", cluster.name)
    features = Features(cluster, "" if cluster.state else f"-{uuid.uuid4().hex[:8]}")
    try:
        yield features
    finally:
        if not cluster.state:
            for made in filter(features.namespace, features.made.values()):
                cluster.kubectl("delete", f"namespace/{made.slug.namespace}", "--ignore-not-found", "--wait=false")
                features.let_go(made)


STARTED: list[str] = []


@pytest.fixture
def running(features: Features) -> Feature:
    """An environment that was brought up: once for each process where the cluster is played, for it takes seconds."""
    state, wanted = features.cluster.state, features.wanted("feature/login")
    if state and STARTED:
        state.write_text(STARTED[0], encoding="utf-8")
    else:
        feature("up", wanted.branch, "--image", str(DEV_IMAGE), "--owner", ME, "--for", "3d")
        features.cluster.namespace = wanted.slug.namespace
    if state:
        content = json.loads(state.read_text(encoding="utf-8"))
        state.write_text(json.dumps({**content, "calls": []}), encoding="utf-8")
        STARTED[:] = [state.read_text(encoding="utf-8")]
    return wanted


@contextmanager
def terminal(typed: str = "") -> Generator[None]:
    """A terminal on standard input, at which somebody types."""
    master, slave = pty.openpty()
    os.write(master, typed.encode())
    with pytest.MonkeyPatch.context() as patch, os.fdopen(slave, encoding="utf-8") as stdin:
        patch.setattr("sys.stdin", stdin)
        yield
    os.close(master)


def at_a_terminal(*arguments: str, typed: str = "") -> int:
    """The command at a terminal; returns its exit status. What it says is in `capsys`."""
    with terminal(typed):
        return app(["feature", *arguments], standalone_mode=False) or 0


def interrupted(features: Features, *arguments: str, stop: signal.Signals, after: str, stdin: bytes = b"") -> str:
    """The command in a process of its own, stopped after it asked kubectl for something; returns what it said."""
    cluster = features.cluster
    cluster.wish("name", f"arn:aws:eks:ap-south-1:123456789012:cluster/{CLUSTER}")
    process = subprocess.Popen(
        [sys.executable, "-m", "examx_cli", "feature", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(stdin)
    process.stdin.close()
    process.stdin = None
    while not any(call[0] == after for call in cluster.calls):
        assert process.poll() is None, "it ended early"
        time.sleep(0.05)
    process.send_signal(stop)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    cluster.wish("name", cluster.name)
    return said.decode()
