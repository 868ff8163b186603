"""The scripts of the workflows, as ShellCheck reads them."""

import subprocess
from pathlib import Path

from tests.unit.workflows.test_definitions import SCRIPTS


def test_shellcheck(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.sh" for number in range(len(SCRIPTS))]
    for file, script in zip(files, SCRIPTS, strict=True):
        file.write_text(f"# {script.where}\n{script.step['run']}", encoding="utf-8")
    command = ["shellcheck", "--shell=bash", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout
