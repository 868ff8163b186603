"""What holds data, and which command takes it away: none but those of docs/reliability.md, "What deletes data"."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from examx_cli.app import app
from tests.process.cli.cluster.conftest import IMAGE, Checkout, Examx, TestCluster
from tests.support import Manifest

DOCUMENT = Path(__file__).parents[4] / "docs" / "reliability.md"
DATA = (
    ("PersistentVolumeClaim", "uploads"),
    ("PersistentVolumeClaim", "data-redis-0"),
    ("PersistentVolume", "media"),
    ("ConfigMap", "examx-releases"),
    ("Secret", "examx-adoption"),
    ("Secret", "shop-env"),
    ("Secret", "redis-auth"),
)
"""One of each sort.

Ours and no longer rendered, a server's own, static, the releases, an adoption, somebody's, and the passwords that an
apply made for a Redis.
"""

COMMANDS: dict[str, tuple[int, str]] = {
    "diff dev --against cluster": (0, ""),
    "drift dev": (0, ""),
    "doctor dev": (0, ""),
    "status dev": (0, ""),
    "validate dist/dev.k8s.yaml": (0, ""),
    "restart dev --dry-run": (0, ""),
    "restart dev web": (0, ""),
    "rotate dev": (1, ""),
    "rotate dev --forget": (1, ""),
    # What is called a record of an adoption here is none. What an adoption takes: tests/unit/cli/adopt/test_data.py.
    "adopt dev --undo": (2, ""),
    "adopt dev --finish": (2, ""),
    "rollback dev --dry-run": (0, ""),
    "rollback dev": (0, ""),
    "apply dev --dry-run --prune-storage": (0, ""),
    "apply dev": (0, ""),
    "apply dev --prune-storage": (0, "PersistentVolumeClaim uploads"),
}
"""Each on the data above: how it ends, and what it takes away."""

LOCAL = {
    "env list": 0,
    "env show dev": 0,
    f"image set dev {IMAGE}:dev-2": 0,
    "image tag dev --commit 0123456": 0,
    "image verify dev": 0,
    # They read, and run what is typed in a pod: who is not named a part or an environment is asked again.
    "logs nowhere web": 2,
    "shell nowhere": 2,
    "notify dev --dry-run --results {}": 2,
    "release dev": 2,
    "scale compare dev --burst 5 --task 8s": 2,
    "scale record --redis redis://127.0.0.1:1 --queue default --out a.csv": 2,
    "scale replay nowhere": 2,
    "scale simulate dev --burst 5 --task 8s": 2,
    "scale tune dev --queue default --p95 5s --burst 5 --task 8s": 2,
    "verify-password --stdin": 2,
    # With --rollback-on it does what `rollback` does, which is tried above.
    "watch nowhere --prometheus http://127.0.0.1:1": 2,
}
"""Those that ask no cluster anything."""


def leaves(command: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that does something, by its words."""
    below: dict[str, object] = getattr(command, "commands", {})
    for name, each in below.items():
        yield from leaves(each, (*path, name))
    if not below:
        yield " ".join(path)


def test_every_command_is_tried() -> None:
    """Those of feature environments in tests/process/cli/features/test_data.py."""
    tried = [*COMMANDS, *LOCAL]
    assert {each for each in leaves(typer.main.get_command(app)) if not each.startswith("feature ")} == {
        each for each in leaves(typer.main.get_command(app)) if any(f"{line} ".startswith(f"{each} ") for line in tried)
    }


def item(cluster: TestCluster, kind: str, name: str) -> Manifest:
    """Something that holds data."""
    where = {} if kind == "PersistentVolume" else {"namespace": cluster.namespace}
    storage = {"storage": "1Gi"}
    body: dict[str, Manifest] = {
        "PersistentVolumeClaim": {
            "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "gp2", "resources": {"requests": storage}}
        },
        "PersistentVolume": {
            "spec": {
                "accessModes": ["ReadWriteMany"],
                "capacity": storage,
                "csi": {"driver": "efs.csi.aws.com", "volumeHandle": "fs-0123456789abcdef0"},
                "persistentVolumeReclaimPolicy": "Retain",
                "storageClassName": "examx-tests-media",
            }
        },
        "Secret": {"stringData": {"note": "kept"}},
    }
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": actual(cluster, kind, name), **where}, **body[kind]}


def actual(cluster: TestCluster, kind: str, name: str) -> str:
    """Its name: what has no namespace is named after ours."""
    return f"{cluster.namespace}-{name}" if kind == "PersistentVolume" else name


def there(cluster: TestCluster) -> set[str]:
    """What of the data is there, and not on its way out."""
    return {f"{kind} {name}" for kind, name in DATA if is_there(cluster, kind, actual(cluster, kind, name))}


def is_there(cluster: TestCluster, kind: str, name: str) -> bool:
    where = [] if kind == "PersistentVolume" else [f"--namespace={cluster.namespace}"]
    printed = cluster.kubectl("get", f"{kind.lower()}/{name}", *where, "--ignore-not-found", "-o", "json").strip()
    found = json.loads(printed) if printed else {}
    # The cluster that is played answers with a list.
    live = found["items"][0] if found.get("items") else found
    return "metadata" in live and not live["metadata"].get("deletionTimestamp")


ALL = {f"{kind} {name}" for kind, name in DATA}


@pytest.fixture
def shop(checkout: Checkout, cluster: TestCluster, examx: Examx) -> Iterator[Checkout]:
    """An environment that was applied twice, and rendered a claim only at first; with what others made beside it."""
    assert examx("apply", "dev").exit_code == 0
    checkout.manifests.remove(checkout.one("PersistentVolumeClaim"))
    checkout.commit("second")
    assert examx("apply", "dev").exit_code == 0
    # The manager is the one of our own applies, where an administrator applies what belongs to the cluster.
    cluster.apply(item(cluster, "PersistentVolume", "media"), "examx")
    cluster.apply(item(cluster, "PersistentVolumeClaim", "data-redis-0"), "kube-controller-manager")
    cluster.apply(item(cluster, "Secret", "examx-adoption"), "examx-adoption")
    cluster.apply(item(cluster, "Secret", "shop-env"), "examx")
    cluster.apply(item(cluster, "Secret", "redis-auth"), "examx-credentials")
    assert there(cluster) == ALL
    yield checkout
    if not cluster.state:
        name = actual(cluster, "PersistentVolume", "media")
        cluster.kubectl("delete", f"persistentvolume/{name}", "--ignore-not-found", "--wait=false")


@pytest.mark.usefixtures("shop")
def test_only_what_is_told_to_takes_data_away(cluster: TestCluster, examx: Examx) -> None:
    kept = set(ALL)
    for line, (status, gone) in COMMANDS.items():
        done = examx(*line.split())
        # What a doctor says of a real cluster depends on the cluster.
        assert done.exit_code == status or line == "doctor dev", f"{line}: {done.output}"
        kept -= {gone}
        assert there(cluster) == kept, line


def test_other_commands_ask_no_cluster(
    checkout: Checkout, played: TestCluster, examx: Examx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout.root)
    asked = len(played.calls)
    for line, status in LOCAL.items():
        done = examx(*line.split())
        assert done.exit_code == status, f"{line}: {done.output}"
        assert len(played.calls) == asked, line


def test_the_document_names_what_takes_data_away() -> None:
    section = DOCUMENT.read_text(encoding="utf-8").partition("## What deletes data\n")[2].partition("\n## ")[0]
    said = set(re.findall(r"`examx ([a-z-]+(?: [a-z-]+)*(?: --[a-z-]+)?)", section.partition("\n\n|")[2]))
    ours = {"apply --prune-storage", "adopt --finish", "adopt --undo", "feature down", "feature reap"}
    assert said == {*ours, "feature up --env-file"}
    for kind in {kind for kind, _ in DATA}:
        assert kind in section
