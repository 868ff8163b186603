"""The controllers' own code as programs: histories in, what they do out.

A program is a test, because only tests have a clock of their own (testing/synctest, Go 1.25), by which hours pass in no
time. What decides is public in KEDA. In the HPA controller it is not. So its package is copied out of the module cache,
unchanged, and the test is compiled into the copy.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster import programs
from tests.cluster.room import CACHE

_NEEDED = (1, 25)
_FOLDER = "histories"


@dataclass(frozen=True)
class Program:
    """A test file beside this one, the set of modules that it is built with, and a package that it is compiled into."""

    test: str
    modules: str
    package: tuple[str, str] | None = None
    """The module, and the folder within it."""

    def refusal(self) -> str | None:
        """Why this machine cannot build it; None where it can."""
        if reason := programs.refusal(self.modules):
            return reason
        has = re.match(r"go(\d+)\.(\d+)", _go("env", "GOVERSION", cwd="/"))
        if has and (int(has[1]), int(has[2])) < _NEEDED:
            return f"Go {_NEEDED[0]}.{_NEEDED[1]} or newer is needed for a clock of its own, this is {has[1]}.{has[2]}"
        return None

    def run(self, histories: list[dict[str, Any]], folder: Path) -> list[list[int]]:
        """What it does at each step of each history."""
        given, said = folder / "histories.json", folder / "said.json"
        given.write_text(json.dumps(histories), encoding="utf-8")
        done = subprocess.run(
            [str(self._built()), "-test.run=^TestHistories$", "-test.timeout=10m"],
            env={**os.environ, "HISTORIES": str(given), "SAID": str(said)},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return json.loads(said.read_text(encoding="utf-8"))

    def _built(self) -> Path:
        module, test = programs.MODULES / self.modules, Path(__file__).with_name(self.test)
        digest = hashlib.sha256(_go("env", "GOVERSION", cwd="/").encode())
        for each in (module / "go.mod", module / "go.sum", test):
            digest.update(each.read_bytes())
        program = CACHE / f"{test.stem}-{digest.hexdigest()[:16]}"
        if program.exists():
            return program
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{test.stem}-", dir=CACHE) as made:
            room = Path(made)
            (room / _FOLDER).mkdir()
            for name in ("go.mod", "go.sum"):
                shutil.copyfile(module / name, room / name)
            for each in self._sources(module):
                shutil.copyfile(each, room / _FOLDER / each.name)
            shutil.copyfile(test, room / _FOLDER / test.name)
            _go("test", "-c", "-vet=off", "-o", str(room / "program"), f"./{_FOLDER}", cwd=room)
            # Another one that built it meanwhile built the same.
            return (room / "program").replace(program)

    def _sources(self, module: Path) -> list[Path]:
        if self.package is None:
            return []
        name, folder = self.package
        source = Path(_go("list", "-m", "-f", "{{.Dir}}", name, cwd=module)) / folder
        return [each for each in source.glob("*.go") if not each.name.endswith("_test.go")]


CONTROLLER = Program("controller_test.go", "kubernetes-1.34", ("k8s.io/kubernetes", "pkg/controller/podautoscaler"))
KEDA = Program("keda_test.go", programs.KEDA)


def _go(*arguments: str, cwd: Path | str) -> str:
    flags = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false", "GOWORK": "off"}
    done = subprocess.run(
        ["go", *arguments], cwd=cwd, env={**os.environ, **flags}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout.strip()
