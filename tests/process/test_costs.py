"""A test below tests/process may start one."""

import subprocess


def test_below_this_folder_a_process_may_start() -> None:
    assert subprocess.run(["true"], check=True).returncode == 0
