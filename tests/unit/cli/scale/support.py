"""`examx scale` as people type it, on manifests in a folder."""

import json
from pathlib import Path
from typing import Any

import yaml
from typer.testing import CliRunner, Result

from examx_cli.app import app
from tests.unit.scaling.support import deployment

PROJECT = Path(__file__).parents[4]
PROD = str(PROJECT / "dist" / "prod.k8s.yaml")
BURST = ("--burst", "500", "--task", "8s")


def scale(*arguments: str, status: int = 0, given: bytes | None = None) -> Result:
    """Run it; nothing but an answer, and one line of what is wrong, comes out."""
    done = CliRunner().invoke(app, ["scale", *arguments], input=given)
    assert done.exit_code == status, done.output
    assert isinstance(done.exception, SystemExit | None), done.exception
    assert "did not expect this" not in done.output
    return done


def said(*arguments: str, given: bytes | None = None) -> Any:
    """What it prints for a machine."""
    return json.loads(scale(*arguments, "--json", given=given).stdout)


def refusal(*arguments: str, given: bytes | None = None) -> str:
    """The one line that says what is wrong with the input."""
    done = scale(*arguments, status=2, given=given)
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def scaled_object(name: str = "worker", queue: str = "default", **spec: Any) -> dict[str, Any]:
    """A ScaledObject of the worker, ten tasks a pod."""
    trigger = {"type": "redis", "metadata": {"address": "redis:6379", "listName": queue, "listLength": "10"}}
    bounds = {"minReplicaCount": 1, "maxReplicaCount": 8, "pollingInterval": 15}
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": name, "namespace": "team"},
        "spec": {"scaleTargetRef": {"name": "worker"}, **bounds, "triggers": [trigger], **spec},
    }


def written(folder: Path, *objects: dict[str, Any], name: str = "all.yaml") -> str:
    """A file with these objects; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(yaml.safe_dump_all(objects))
    return str(folder / name)


def worker() -> dict[str, Any]:
    """Its Deployment: four tasks at once."""
    return deployment()
