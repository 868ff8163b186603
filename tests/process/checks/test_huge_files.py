"""A file that is larger than any memory."""

import os
import resource
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]


def test_of_ten_gigabytes(tmp_path: Path) -> None:
    """It takes no place on the disk; to read it would take 10 GiB of memory."""
    with (tmp_path / "a.yaml").open("wb") as stream:
        stream.truncate(10 << 30)
    script = "import sys; from examx_constructs.checks import load; print(load(sys.argv[1]).unread)"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)),
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "cannot be read: it has more than 16 MiB" in done.stdout
    assert "MemoryError" not in done.stderr
