"""The programs of the control plane, built from their Go modules, once for each machine.

    python -m tests.cluster.programs [NAME ...]

builds what is not built yet, of every set or of those that are named. A set is a folder of `modules/`: its go.mod pins
all versions, its `tool` lines say which programs there are. What is built lies in a folder of the user's cache, which
may be removed at any time. Its name has a hash of all that a build depends on. It appears when the build is complete,
and not before. Two processes that want the same set wait for each other.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.cluster.room import CACHE

MODULES = Path(__file__).parent / "modules"
KEDA = "keda-2.17"

_RECIPE = "1"  # to be changed with what `_build` does

_RENAMED = {"server": "etcd", "operator": "keda-operator", "adapter": "keda-adapter", "webhooks": "keda-webhooks"}
_VERSION = "k8s.io/component-base/version"


def names() -> list[str]:
    """The sets that there are."""
    return sorted(each.name for each in MODULES.iterdir())


def refusal(name: str) -> str | None:
    """Why this machine builds no set of this name; None where it does."""
    needed = re.search(r"^go (\d+\.\d+)", _module(name), re.MULTILINE)
    assert needed, f"{name}/go.mod names no version of Go"
    if not shutil.which("go"):
        return f"Go {needed[1]} or newer is needed, and there is none"
    has = re.match(r"go(\d+)\.(\d+)", _go("GOVERSION"))
    if has and (int(has[1]), int(has[2])) < tuple(map(int, needed[1].split("."))) and _go("GOTOOLCHAIN") == "local":
        return f"Go {needed[1]} or newer is needed, this is {has[1]}.{has[2]}"
    return None


def built(name: str) -> Path | None:
    """The folder of a set, if it was built."""
    folder = _folder(name)
    return folder if folder.is_dir() else None


def build(name: str) -> Path:
    """The folder of a set; builds it where it must be."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with _locked(CACHE / f"{name}.lock"):
        if folder := built(name):
            return folder
        for left in CACHE.glob(f".{name}-*"):
            shutil.rmtree(left)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=CACHE))
        _build(name, unfinished)
        return unfinished.rename(_folder(name))


def _build(name: str, folder: Path) -> None:
    (folder / "bin").mkdir()
    command = ["go", "build", "-ldflags", f"-s -w {_stamp(name)}", "-o", f"{folder / 'bin'}{os.sep}", "tool"]
    subprocess.run(command, cwd=MODULES / name, env=_environment(), check=True, stdout=sys.stderr)
    for program in (folder / "bin").iterdir():
        program.rename(program.with_name(_RENAMED.get(program.name, program.name)))
    if name == KEDA:
        # KEDA's own manifests, which are a part of its module.
        shutil.copytree(_source(name, "github.com/kedacore/keda/v2") / "config", folder / "config")


def _stamp(name: str) -> str:
    """What Kubernetes' own build writes into its programs: they tell each other their version."""
    if not (version := re.search(r"k8s\.io/kubernetes (v(\d+)\.(\d+)\.\d+)", _module(name))):
        return ""
    values = {"gitVersion": version[1], "gitMajor": version[2], "gitMinor": version[3]}
    return " ".join(f"-X {_VERSION}.{key}={text}" for key, text in values.items())


def _source(name: str, module: str) -> Path:
    """The folder of a module in the module cache."""
    command = ["go", "list", "-m", "-f", "{{.Dir}}", module]
    listed = subprocess.run(command, cwd=MODULES / name, env=_environment(), check=True, capture_output=True, text=True)
    return Path(listed.stdout.strip())


def _folder(name: str) -> Path:
    digest = hashlib.sha256()
    for part in ("go.mod", "go.sum"):
        digest.update((MODULES / name / part).read_bytes())
    digest.update(" ".join([_RECIPE, *map(_go, ("GOVERSION", "GOOS", "GOARCH"))]).encode())
    return CACHE / f"{name}-{digest.hexdigest()[:16]}"


def _module(name: str) -> str:
    return (MODULES / name / "go.mod").read_text(encoding="utf-8")


def _environment() -> dict[str, str]:
    return {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false", "GOWORK": "off"}


@cache
def _go(variable: str) -> str:
    # Outside of a module, whose version of Go would be fetched to answer.
    done = subprocess.run(["go", "env", variable], cwd="/", check=True, capture_output=True, text=True)
    return done.stdout.strip()


@contextmanager
def _locked(path: Path) -> Generator[None]:
    with path.open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(wanted: Sequence[str]) -> int:
    for name in wanted or names():
        if reason := refusal(name):
            sys.stderr.write(f"{name} is not built: {reason}\n")
        elif not built(name):
            sys.stderr.write(f"Building {name}, once: this takes minutes ...\n")
            start = time.monotonic()
            build(name)
            sys.stderr.write(f"{name} was built in {time.monotonic() - start:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
