"""What the group of docs/features.md may do, asked of a real API server: its role and its policy, under other names."""

import json
import re
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.cluster.conftest import TestCluster, real
from tests.runtime.waiting import eventually

pytestmark = pytest.mark.e2e

TEXT = (Path(__file__).parents[3] / "docs" / "features.md").read_text(encoding="utf-8")
NAME = "examxv2-feature-deployer"
OWN = "feat-policy-examxv2"
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
Ask = Callable[..., str]


@pytest.fixture
def cluster(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestCluster]:
    yield from real(request, monkeypatch)


@pytest.fixture
def ask(cluster: TestCluster) -> Iterator[Ask]:
    """Ask as a member of the group, by a dry run; returns why not, or nothing."""
    name = f"examx-e2e-{uuid.uuid4().hex[:8]}"
    _, manifests = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    objects = [each for each in yaml.safe_load_all(manifests.replace(NAME, name)) if each["kind"] != "StorageClass"]
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    cluster.kubectl("apply", "-f", "-", stdin=listed)

    def ask(*arguments: str, item: Any = None) -> str:
        given = [*(["-f", "-"] if item else []), *([] if arguments[0] == "get" else ["--dry-run=server"])]
        command = [cluster.binary, *arguments, *given, "--as=somebody", f"--as-group={name}s"]
        stdin = json.dumps(item) if item else None
        return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False).stderr

    try:
        # The API server takes a moment to know a policy.
        eventually(
            lambda: "restricted" in ask("apply", "--server-side", item=namespace(OWN)),
            because=lambda: "the policy is not enforced",
        )
        yield ask
    finally:
        cluster.kubectl("delete", "-f", "-", stdin=listed)


def namespace(name: str, **labels: str) -> Any:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def settings(namespace: str) -> Any:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": namespace}}


def test_what_it_may_and_what_not(ask: Ask, cluster: TestCluster) -> None:
    apply = ("apply", "--server-side")
    nowhere_else = "this identity may act in the namespaces of feature environments only"
    assert not ask(*apply, item=namespace(OWN, **RESTRICTED))
    for labels in ({}, {"pod-security.kubernetes.io/enforce": "privileged"}):
        assert "its namespaces enforce the Pod Security Standard restricted" in ask(
            *apply, item=namespace(OWN, **labels)
        )
    older = {**RESTRICTED, "pod-security.kubernetes.io/enforce-version": "v1.22"}
    assert "its namespaces enforce the Pod Security Standard restricted" in ask(*apply, item=namespace(OWN, **older))
    for foreign in ("dev-examxv2", "feat-policy", "policy-examxv2"):
        assert nowhere_else in ask(*apply, item=namespace(foreign, **RESTRICTED))
    assert nowhere_else in ask(*apply, item=settings("default"))
    assert nowhere_else in ask(*apply, item={**settings("default"), "kind": "Secret"})
    assert nowhere_else in ask("delete", "namespace/kube-node-lease")
    assert nowhere_else in ask("label", "namespace/default", "examx.ai/slug=x")
    assert "Forbidden" in ask("get", "secrets", "--namespace=default")
    assert not ask("get", "namespaces")


def test_volumes_of_its_class_alone(ask: Ask, cluster: TestCluster) -> None:
    suffix = uuid.uuid4().hex[:8]
    volumes = {kind: f"examx-e2e-{suffix}-{number}" for number, kind in enumerate(("examxv2-features", "gp2", ""))}
    items = [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name},
            "spec": {
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteMany"],
                "storageClassName": kind,
                "csi": {"driver": "efs.csi.aws.com", "volumeHandle": "fs-0123456789abcdef0"},
            },
        }
        for kind, name in volumes.items()
    ]
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    cluster.kubectl("apply", "-f", "-", stdin=listed)
    try:
        refused = {kind: bool(ask("delete", f"persistentvolume/{name}")) for kind, name in volumes.items()}
    finally:
        cluster.kubectl("delete", "-f", "-", "--wait=false", stdin=listed)
    assert refused == {"examxv2-features": False, "gp2": True, "": True}
