"""Projects of another team: a chart, and KEDA as that team has imported it for itself."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]
TEAM = Path(__file__).parent / "team"
OWN = """
from cdk8s import ApiObjectMetadata, Chart
from imports.sh import keda


def add(chart: Chart) -> None:
    spec = {{"scale_target_ref": {{"name": "app"}}, {fields}}}
    keda.{prefix}ScaledObject(chart, "own", metadata=ApiObjectMetadata(name="own"), spec=spec)
"""


def project(folder: Path, crds: Path, fields: str, *, prefix: str = "", initialised: bool = False) -> Path:
    """A project with `imports/` of its own, as `cdk8s import` writes it: from these CRDs, with this class prefix.

    `fields`: what its ScaledObject has beside a target, as the items of a dict. `initialised`: with an `__init__.py` in
    imports/, which some add and some do not.
    """
    folder.mkdir(exist_ok=True)
    shutil.copy(TEAM / "chart.py", folder)
    path = f"{Path(sys.executable).parent}:{PROJECT / 'node_modules' / '.bin'}:{os.environ['PATH']}"
    command = ["cdk8s", "import", str(crds), "--language", "python", "--no-save"]
    subprocess.run(
        [*command, *(["--class-prefix", prefix] if prefix else [])],
        cwd=folder,
        env={**os.environ, "PATH": path, "CDK8S_CHECK_UPGRADE": "false", "NODE_NO_WARNINGS": "1"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    (folder / "own.py").write_text(OWN.format(fields=fields, prefix=prefix), encoding="utf-8")
    initialise(folder, wanted=initialised)
    return folder


def initialise(folder: Path, *, wanted: bool) -> None:
    """Make `imports` of a project a regular package, or the namespace package that cdk8s leaves."""
    file = folder / "imports" / "__init__.py"
    if wanted:
        file.touch()
    else:
        file.unlink(missing_ok=True)
