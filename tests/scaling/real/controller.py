"""The HPA controller's own code as a program: histories in, replicas out.

The package of the pinned version is copied out of the module cache, unchanged, and `histories_test.go` is compiled into
the copy, for what decides is not public there. It runs as a test because only tests have a clock of their own
(testing/synctest, Go 1.25), by which hours pass in no time.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.cluster import programs
from tests.cluster.room import CACHE

_SET = "kubernetes-1.34"
_PACKAGE = "pkg/controller/podautoscaler"
_ACCESS = Path(__file__).with_name("histories_test.go")
_NEEDED = (1, 25)


def refusal() -> str | None:
    """Why this machine cannot build it; None where it can."""
    if reason := programs.refusal(_SET):
        return reason
    has = re.match(r"go(\d+)\.(\d+)", _go("env", "GOVERSION", cwd="/"))
    if has and (int(has[1]), int(has[2])) < _NEEDED:
        return f"Go {_NEEDED[0]}.{_NEEDED[1]} or newer is needed for a clock of its own, this is {has[1]}.{has[2]}"
    return None


def replicas(histories: list[dict[str, Any]], folder: Path) -> list[list[int]]:
    """What the controller sets at each look of each history."""
    given, said = folder / "histories.json", folder / "replicas.json"
    given.write_text(json.dumps(histories), encoding="utf-8")
    program = [str(_built()), "-test.run=^TestHistories$", "-test.timeout=10m"]
    done = subprocess.run(
        program,
        env={**os.environ, "HISTORIES": str(given), "REPLICAS": str(said)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return json.loads(said.read_text(encoding="utf-8"))


def _built() -> Path:
    module = programs.MODULES / _SET
    digest = hashlib.sha256(_go("env", "GOVERSION", cwd="/").encode())
    for each in (module / "go.mod", module / "go.sum", _ACCESS):
        digest.update(each.read_bytes())
    program = CACHE / f"podautoscaler-{digest.hexdigest()[:16]}"
    if program.exists():
        return program
    CACHE.mkdir(parents=True, exist_ok=True)
    source = Path(_go("list", "-m", "-f", "{{.Dir}}", "k8s.io/kubernetes", cwd=module)) / _PACKAGE
    with tempfile.TemporaryDirectory(prefix=".podautoscaler-", dir=CACHE) as made:
        room = Path(made)
        for name in ("go.mod", "go.sum"):
            shutil.copyfile(module / name, room / name)
        (room / "controller").mkdir()
        for each in source.glob("*.go"):
            if not each.name.endswith("_test.go"):
                shutil.copyfile(each, room / "controller" / each.name)
        shutil.copyfile(_ACCESS, room / "controller" / _ACCESS.name)
        _go("test", "-c", "-vet=off", "-o", str(room / "histories"), "./controller", cwd=room)
        # Whoever else built it meanwhile built the same.
        return (room / "histories").replace(program)


def _go(*arguments: str, cwd: Path | str) -> str:
    flags = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false", "GOWORK": "off"}
    done = subprocess.run(
        ["go", *arguments], cwd=cwd, env={**os.environ, **flags}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout.strip()
