"""The command `examx` as it is installed: with what the extra `cli` brings, and without."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.process.packaging.conftest import Installed

ENTRY = "from examx_cli import main; main()"


def test_it_runs(installed: Installed, tmp_path: Path) -> None:
    done = installed.run(installed.root / "bin" / "examx", "env", "list", "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage: examx env list" in done.stdout


@pytest.mark.parametrize(("package", "command"), [("typer", "env"), ("kubernetes_validate", "validate")])
def test_without_the_extra_it_says_which(tmp_path: Path, installed: Installed, package: str, command: str) -> None:
    """One line, whichever of its packages is missing."""
    packages = tmp_path / "packages"
    packages.mkdir()
    for each in Path(sysconfig.get_path("purelib")).iterdir():
        if each.name != package and each.suffix != ".pth":
            (packages / each.name).symlink_to(each)
    ours = next(installed.root.glob("lib/*/site-packages"))
    for each in (ours / "examx_cli", ours / "examx_constructs"):
        (packages / each.name).symlink_to(each)
    done = subprocess.run(
        [sys.executable, "-S", "-c", ENTRY, command],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(packages)},
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"error: examx needs the package {package}, which is not installed; the extra `cli` brings all of them:"
        ' pip install "examx-constructs[cli]"\n'
    )


def test_an_error_of_our_own_is_not_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "examx_cli.app", None)
    with pytest.raises(ModuleNotFoundError, match=r"examx_cli\.app"):
        exec(ENTRY)
