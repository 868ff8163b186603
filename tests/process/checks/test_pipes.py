"""The checks as a program: a closed pipe, a full disk, and no Node."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.unit.checks.test_command import folder

__all__ = ["folder"]


PROJECT = Path(__file__).parents[3]


def run(folder: Path, *arguments: str, **streams: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "examx_constructs.checks", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run(command, cwd=folder, env=environment, text=True, check=False, timeout=120, **given)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--list"], 0),
        (["--help"], 0),
        (["sound.yaml"], 0),
        (["broken.yaml"], 1),
        (["broken.yaml", "--format", "sarif"], 1),
    ],
)
def test_a_closed_pipe_is_no_error(folder, arguments, status):
    """As `head` closes it that has enough."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = run(folder, *arguments, stdout=writer)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (status, "")


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="no /dev/full, which stands for a full disk, on this machine"
)
@pytest.mark.parametrize("arguments", [["--list"], ["sound.yaml"], ["broken.yaml", "--format", "json"]])
def test_a_full_disk_is_told_in_a_line(folder, arguments):
    with Path("/dev/full").open("w") as full:
        done = run(folder, *arguments, stdout=full)
    assert done.returncode == 2
    assert done.stderr == "error: the result cannot be printed: No space left on device\n"


def test_as_a_module_without_node(folder):
    script = "import sys; sys.argv = ['checks', 'broken.yaml']; import runpy\n" + dedent(
        """\
        try:
            runpy.run_module("examx_constructs.checks", run_name="__main__")
        except SystemExit as stopped:
            assert stopped.code == 1
        assert not {"jsii", "cdk8s", "constructs"} & set(sys.modules)
        """
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith("1 object, 2 findings: 2 errors\n")
