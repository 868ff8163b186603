"""What a command prints has a place to go, or a line says why not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="no /dev/full, which stands for a full disk, on this machine"
)
@pytest.mark.parametrize("form", ["text", "sarif"])
def test_a_full_disk_is_told_in_a_line(tmp_path: Path, form: str) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n", encoding="utf-8")
    command = [sys.executable, "-m", "examx_cli", "validate", "a.yaml", "--format", form]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "GITHUB_ACTIONS": ""}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (2, "error: the result cannot be printed: No space left on device\n")
