"""What README.md shows of the checks."""

import subprocess
import sys

from tests.blocks import PROJECT


def test_the_readme_shows_what_the_checks_print() -> None:
    command = [sys.executable, "-m", "examx_constructs.checks", "dist"]
    printed = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    assert f"examx_constructs.checks dist\n{printed}" in (PROJECT / "README.md").read_text(encoding="utf-8")
