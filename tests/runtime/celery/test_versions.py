"""What is under test is what the requirements say: in pods, in the test process that sends tasks, and as a server."""

import os
import re
import sys
from pathlib import Path

from tests.runtime.celery.conftest import StartSystem
from tests.runtime.matrix import PACKAGES, ROWS, installed
from tests.runtime.redis.programs import binary
from tests.runtime.redis.servers import version_of
from tests.support import Manifest

REQUIREMENTS = Path("requirements")
ROW = os.environ.get("EXAMX_TEST_ROW") or "dev"


def test_pods_senders_and_the_server_have_the_versions_of_the_row(
    start_system: StartSystem, rendered: dict[str, list[Manifest]]
) -> None:
    locked = pinned(ROW)
    assert locked.items() >= installed(Path(sys.executable)).items()
    system = start_system(rendered["dev"])
    worker = system.worker("default")
    # kombu reads redis-py's version with `packaging`, which kombu 5.5 does not ask for: it comes with the extra.
    code = f"import kombu.transport.redis; from importlib.metadata import version; print(*map(version, {PACKAGES}))"
    told = worker.exec(["python", "-c", code])
    assert told.returncode == 0, told.stderr
    answer = told.stdout.split()
    assert locked.items() >= dict(zip(PACKAGES, answer, strict=True)).items()
    information = system.redis["redis-0"].information("server")
    name = information.get("server_name", "redis").capitalize()
    assert f"{name} {information.get('valkey_version', information['redis_version'])}" == version_of(binary())


def test_the_matrix_spans_what_is_pinned() -> None:
    rows = {row.name: pinned(row.name) for row in ROWS}
    for package in PACKAGES:
        oldest, middle, newest = (number(each[package]) for each in (rows["oldest"], pinned("dev"), rows["newest"]))
        assert oldest <= middle <= newest, package


def pinned(row: str) -> dict[str, str]:
    """The versions of a requirements file, for this Python."""
    text = (REQUIREMENTS / f"{row}.txt").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z][\w.-]*)(?:\[\w+\])?==([\w.]+)([^\\\n]*)", text, re.MULTILINE)
    newer = "python_full_version >= '3.12'"
    return {name: version for name, version, marker in found if (newer in marker) <= (sys.version_info >= (3, 12))}


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))
