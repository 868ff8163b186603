"""A real Prometheus, as Debian's package has it, on a port of its own."""

import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.ports import free_port
from tests.runtime.waiting import eventually


def program(name: str) -> str:
    """The path of `prometheus` or `promtool`; the test is skipped where there is none."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} is on the PATH (Debian's package prometheus has it)")
    return found


@contextmanager
def serving(folder: Path, *options: str, data: Path | None = None) -> Generator[str]:
    """A server with the prometheus.yml of a folder: its address, for as long as it is wanted."""
    port = free_port()
    command = [
        program("prometheus"),
        "--config.file=prometheus.yml",
        f"--storage.tsdb.path={data or folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
        *options,
    ]
    process = subprocess.Popen(command, cwd=folder)
    try:
        eventually(lambda: _ready(port), because=lambda: "it does not start", ignoring=(URLError, OSError))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _ready(port: int) -> bool:
    with urlopen(f"http://127.0.0.1:{port}/-/ready") as answer:
        return answer.status == 200
