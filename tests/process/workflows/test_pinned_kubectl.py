"""A kubectl that is not the pinned one."""

import os
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.unit.workflows.test_definitions import COMPOSITES


@pytest.mark.parametrize("content", ["the pinned one", "another one"])
def test_a_kubectl_of_another_sum_ends_the_job(content: str, tmp_path: Path) -> None:
    """With the real sha256sum, and the sum of a file of the test."""
    (step,) = [each for each in COMPOSITES["cluster"]["runs"]["steps"] if each.get("name") == "Refuse another kubectl"]
    program = tmp_path / "kubectl"
    program.write_text(content, encoding="utf-8")
    program.chmod(0o755)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", step["run"]],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "SHA256": sha256(b"the pinned one").hexdigest()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == (content == "the pinned one"), done.stderr
