"""What Kustomize takes for an environment of as many objects, beside which `tools.bench` puts what ours takes.

A base holds the objects of a feature environment. Each environment has an overlay of its own, with its namespace, its
image and a patch. People run `kubectl kustomize` once for each, so its start counts.
"""

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import yaml

from examx_cli.kubectl import BINARY_VARIABLE
from examx_constructs.settings import Environment
from examx_constructs.synthesis import synthesize

OVERLAYS = 10


def seconds(environment: Environment) -> float | None:
    """Return the median of several overlays over the objects of an environment; None where there is no kubectl."""
    kubectl = shutil.which(os.environ.get(BINARY_VARIABLE) or "kubectl")
    if kubectl is None:
        return None
    with tempfile.TemporaryDirectory(prefix="examx-bench-") as scratch:
        folder = Path(scratch)
        synthesize([environment], folder / "base")
        (rendered,) = (folder / "base").glob("*.yaml")
        _write(folder / "base", {"resources": [rendered.name]})
        return statistics.median(_timed(kubectl, _overlay(folder, number)) for number in range(OVERLAYS))


def _overlay(folder: Path, number: int) -> Path:
    overlay = folder / f"overlay-{number}"
    overlay.mkdir()
    patch = [{"op": "add", "path": "/metadata/annotations/example.com~1owner", "value": "bench"}]
    content: dict[str, object] = {
        "resources": ["../base"],
        "namespace": f"feature-{number}",
        "labels": [{"pairs": {"environment": f"feature-{number}"}}],
        "images": [{"name": "registry.example.com/examxv2-backend", "newTag": f"feature-{number}"}],
        "patches": [{"target": {"kind": "Ingress"}, "patch": yaml.safe_dump(patch)}],
    }
    _write(overlay, content)
    return overlay


def _write(folder: Path, content: dict[str, object]) -> None:
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def _timed(kubectl: str, overlay: Path) -> float:
    started = time.perf_counter()
    subprocess.run([kubectl, "kustomize", str(overlay)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started
