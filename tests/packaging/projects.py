"""Projects of another team: a chart, and KEDA as that team has imported it for itself."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]
TEAM = Path(__file__).parent / "team"


def project(folder: Path, crds: Path, *, prefix: str = "", initialised: bool = False) -> Path:
    """A project with `imports/` of its own, as `cdk8s import` writes it: from these CRDs, with this class prefix.

    `initialised`: with an `__init__.py` in imports/, which some add and some do not.
    """
    folder.mkdir(exist_ok=True)
    names = ("chart.py", "keda.yaml")
    for name in names:
        shutil.copy(TEAM / name, folder)
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
    names = ("ScaledObject", "ScaledObjectSpec", "ScaledObjectSpecScaleTargetRef")
    imported = "".join(f"from imports.sh.keda import {prefix}{name} as {name}\n" for name in names)
    (folder / "own.py").write_text(imported, encoding="utf-8")
    initialise(folder, wanted=initialised)
    return folder


def initialise(folder: Path, *, wanted: bool) -> None:
    """Make `imports` of a project a regular package, or the namespace package that cdk8s leaves."""
    file = folder / "imports" / "__init__.py"
    if wanted:
        file.touch()
    else:
        file.unlink(missing_ok=True)
