"""The wheel, built as a release builds it, and an environment that has our packages for it but not the checkout."""

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

PROJECT = Path(__file__).parents[2]


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
    root = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root)], check=True, timeout=120)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = root / "lib" / version / "site-packages"
    # The .pth files of a folder that a .pth file names are not read, so the checkout is not there.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    install = ["uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--python", str(root / "bin" / "python")]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run([*install, str(wheel)], env={**os.environ, "PATH": path}, check=True, timeout=120)
    return Installed(root)


@pytest.fixture(scope="session")
def shipped(wheel: Path) -> list[str]:
    """The names of the files in the wheel."""
    with ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="session")
def node() -> str:
    """The Node that jsii shall start."""
    return os.environ["JSII_NODE"]
