"""What feature environments hold, and which command takes it away: docs/reliability.md, "What deletes data"."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer

from examx_cli.app import app
from examx_constructs.features import Feature
from examx_constructs.features.environment import STORAGE_CLASS
from examx_constructs.features.feature import rfc3339
from tests.process.cli.cluster.conftest import TestCluster
from tests.process.cli.cluster.test_data import leaves
from tests.process.cli.features.conftest import Features
from tests.support import Manifest
from tests.unit.cli.features.conftest import DEV_IMAGE, ME, feature

OTHERS = {"PersistentVolume dev-examxv2-backend-pv", "PersistentVolumeClaim dev-examxv2/examxv2-backend-pvc"}
"""What is dev's, in the same cluster, and on the same file system."""


def volume(name: str, namespace: str, storage_class: str, policy: str, *, phase: str = "Bound") -> Manifest:
    since = rfc3339(datetime.now(UTC) - timedelta(hours=2))
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        # As the driver makes them, where it looks after them.
        "metadata": {"name": name, "finalizers": ["external-provisioner.volume.kubernetes.io/finalizer"]},
        "spec": {
            "storageClassName": storage_class,
            "claimRef": {"namespace": namespace, "name": "examxv2-backend-pvc"},
            "persistentVolumeReclaimPolicy": policy,
        },
        "status": {"phase": phase, "lastPhaseTransitionTime": since},
    }


def hold_data(features: Features, wanted: Feature) -> set[str]:
    """A claim, the volume and so the directory that the driver made for it, and a Secret with a `.env`."""
    where = {"namespace": wanted.slug.namespace}
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "examxv2-backend-pvc", **where},
        "spec": {"storageClassName": STORAGE_CLASS.name, "accessModes": ["ReadWriteMany"]},
    }
    features.cluster.apply(claim, "examx")
    features.cluster.apply(volume(f"pvc-{wanted.slug}", wanted.slug.namespace, STORAGE_CLASS.name, "Delete"), "driver")
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "env-file-0123", **where}, "data": {}}
    features.cluster.apply(secret, "examx")
    return {
        f"PersistentVolumeClaim {wanted.slug.namespace}/examxv2-backend-pvc",
        f"PersistentVolume pvc-{wanted.slug}",
        f"Secret {wanted.slug.namespace}/env-file-0123",
    }


def there(features: Features) -> set[str]:
    """What of the cluster holds data."""
    found: set[str] = set()
    for key in features.objects():
        _, kind, namespace, name = key.split("|")
        if kind in ("PersistentVolumeClaim", "PersistentVolume", "Secret"):
            found.add(f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}")
    return found


# Its volumes are those of a driver, which a real API server would want to see whole.
@pytest.mark.parametrize("cluster", ["played"], indirect=True)
def test_only_down_and_reap_take_the_data_of_an_environment_away(
    played: TestCluster, features: Features, tmp_path: Path
) -> None:
    played.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "dev-examxv2"}}, "examx")
    played.apply(volume("dev-examxv2-backend-pv", "dev-examxv2", "standard", "Retain"), "examx")
    claim = {"name": "examxv2-backend-pvc", "namespace": "dev-examxv2"}
    played.apply({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": claim}, "examx")
    wanted, other, over = (
        features.add(name, left=left)
        for name, left in (
            ("feature/login", timedelta(days=3)),
            ("other", timedelta(days=3)),
            ("feature/over", -timedelta(hours=1)),
        )
    )
    mine, others, expired = (hold_data(features, each) for each in (wanted, other, over))
    played.apply(volume("pvc-left", "feat-gone-examxv2", STORAGE_CLASS.name, "Delete", phase="Released"), "driver")
    left = {"PersistentVolume pvc-left"}
    kept = {*OTHERS, *mine, *others, *expired, *left}
    assert there(features) == kept

    at = wanted.branch
    commands: dict[str, set[str]] = {
        "list": set(),
        f"show {at}": set(),
        f"tag {at} --commit 0123456": set(),
        f"extend {at} --for 5d": set(),
        f"up {at} --dry-run --image {DEV_IMAGE} --for 5d --owner {ME}": set(),
        "reap --dry-run": set(),
        "reap --yes": {*expired, *left},
        f"down {at} --yes --owner {ME}": mine,
    }
    said = {line.split()[0] for line in commands}
    assert said == {each.split()[1] for each in leaves(typer.main.get_command(app)) if each.startswith("feature ")}
    for line, gone in commands.items():
        feature(*line.split())
        kept -= gone
        assert there(features) == kept, line
    assert kept == {*OTHERS, *others}
