"""The rendered probes of Celery, run on real processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import Manifest, one
from tests.unit.constructs.test_celery import synthesized

__all__ = ["synthesized"]


SLEEPER = "import time\nwhile True: time.sleep(0.05)"
BUSY = "while True: pass"


@pytest.mark.parametrize(("program", "what"), [(SLEEPER, "idle"), (BUSY, "busy")])
def test_liveness_passes_while_the_process_runs(
    synthesized: list[Manifest], tmp_path: Path, program: str, what: str
) -> None:
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        try:
            probe = _probe(synthesized, process.pid, tmp_path)
            assert [_ends_with(probe, 0, within=100) for _ in range(3)] == [True] * 3, what
        finally:
            process.kill()


def test_liveness_fails_when_the_process_is_stuck(synthesized: list[Manifest], tmp_path: Path) -> None:
    stuck = "import threading\nlock = threading.Lock()\nlock.acquire()\nprint(flush=True)\nlock.acquire()"
    with subprocess.Popen([sys.executable, "-c", stuck], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            process.stdout.readline()
            probe = _probe(synthesized, process.pid, tmp_path)
            _ends_with(probe, 0, within=1)
            assert _ends_with(probe, 1, within=100)
        finally:
            process.kill()


def _probe(manifests: list[Manifest], pid: int, folder: Path) -> list[str]:
    """The rendered probe, told of a process that is not number 1 here, and of a folder of its own."""
    container = one(manifests, "Deployment", "reports-worker")["spec"]["template"]["spec"]["containers"][0]
    command: list[str] = container["livenessProbe"]["exec"]["command"]
    return [part.replace("/proc/1/", f"/proc/{pid}/").replace("/tmp/", f"{folder}/") for part in command]


def _ends_with(command: list[str], status: int, *, within: int) -> bool:
    return any(subprocess.run(command, check=False, timeout=10).returncode == status for _ in range(within))
