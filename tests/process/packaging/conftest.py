"""The wheel, built as a release builds it, and an environment that has our packages for it but not the checkout."""

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

PROJECT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Installed:
    """A virtual environment that holds the wheel. `python` is its interpreter."""

    root: Path

    @property
    def python(self) -> Path:
        return self.root / "bin" / "python"

    def run(self, *arguments: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run its Python without anything of the environment of the tests, as somebody who has not activated it."""
        return subprocess.run(
            [self.python, *arguments],
            cwd=cwd,
            env={"PATH": "/usr/bin:/bin", "HOME": str(cwd), **variables},
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )


def build(project: Path, folder: Path) -> Path:
    """The source distribution of a project, and from it the wheel, as a release builds them; without a network."""
    subprocess.run(
        ["uv", "build", "--quiet", "--offline", "--no-build-isolation", "--out-dir", folder, project],
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one that the environment names, as a release tests what it built, else one of the checkout as it is."""
    if given := os.environ.get("EXAMX_WHEEL"):
        return Path(given).absolute()
    return build(PROJECT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Without a network: the dependencies are those that the tests run with."""
    root = _environment(tmp_path_factory.mktemp("installed") / "venv")
    packages = next(root.glob("lib/*/site-packages"))
    # The .pth files of a folder that a .pth file names are not read, so the checkout is not there.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    _install(root, "--offline", "--no-deps", str(wheel)).check_returncode()
    return Installed(root)


@pytest.fixture(scope="session")
def fresh(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An environment with packages of its own: what the wheel asks for, with `cli` and `dashboards`."""
    root = _environment(tmp_path_factory.mktemp("fresh") / "venv")
    done = _install(root, f"{wheel}[cli,dashboards]")
    if "error sending request" in done.stderr:
        pytest.skip("there is no network to install packages from")
    assert not done.returncode, done.stderr
    return Installed(root)


def _environment(root: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root)], check=True, timeout=120)
    return root


def _install(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["uv", "pip", "install", "--quiet", "--python", str(root / "bin" / "python"), *arguments],
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.fixture(scope="session")
def shipped(wheel: Path) -> list[str]:
    """The names of the files in the wheel."""
    with ZipFile(wheel) as archive:
        return archive.namelist()
