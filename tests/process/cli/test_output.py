"""What a command prints has a place to go, or a line says why not."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="no /dev/full, which stands for a full disk, on this machine"
)
@pytest.mark.parametrize("asked", ["validate a.yaml", "validate a.yaml --format sarif", "env list", "env list --help"])
def test_a_full_disk_is_told_in_a_line(tmp_path: Path, asked: str) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n", encoding="utf-8")
    for name in ("images.yaml", "cdk8s.yaml"):
        shutil.copy(PROJECT / name, tmp_path)
    command = [sys.executable, "-m", "examx_cli", *asked.split()]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "GITHUB_ACTIONS": ""}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (2, "error: the result cannot be printed: No space left on device\n")


@pytest.mark.parametrize(
    ("asked", "closed", "status", "said"),
    [
        ("env list --json", "<&-", 0, ""),
        ("env list --json", "2>&-", 0, ""),
        ("env list --json", ">&-", 2, "error: the result cannot be printed: Bad file descriptor\n"),
        ("env list --help", ">&-", 2, "error: the result cannot be printed: Bad file descriptor\n"),
        ("env list --json", "<&- >&- 2>&-", 2, ""),
        ("verify-password dev --expected RIGHT --stdin", "<&-", 1, "error: wrong password for dev: "),
    ],
)
def test_closed_standard_streams_are_no_mistake(asked: str, closed: str, status: int, said: str) -> None:
    command = f"exec {shlex.quote(sys.executable)} -m examx_cli {asked} {closed}"
    environment = {**os.environ, "RIGHT": "a long enough password", "GITHUB_ACTIONS": ""}
    done = subprocess.run(
        ["sh", "-c", command], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == (1 if said else 0)
