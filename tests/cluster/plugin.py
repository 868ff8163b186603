"""What pytest needs for tests of a real control plane: the options, the markers, the fixture, the rooms.

tests/conftest.py names it as a plugin. So tests of every folder share the one control plane of a session, or of each
room where there are several.
"""

import os
import shlex
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kubernetes", default="1.34", help="the version of Kubernetes of the tests marked e2e")
    parser.addoption(
        "--rooms",
        type=int,
        default=0,
        metavar="NUMBER",
        help="run the tests in so many rooms at the same time, each with a control plane; a file stays in one room",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "every_version: of the tests marked e2e, one that the newest Kubernetes gets too"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Have the workers of pytest-xdist start in rooms. Tests mostly wait there, so rooms share processors well."""
    if config.option.rooms and not hasattr(config, "workerinput"):
        python = shlex.quote(sys.executable)
        config.option.tx = [f"{config.option.rooms}*popen//python={python} -m tests.cluster.room {python}"]
        config.option.numprocesses, config.option.dist = None, "loadfile"


@pytest.fixture(scope="session")
def control_plane(request: pytest.FixtureRequest) -> "Iterator[ControlPlane]":
    """A real control plane, one for all tests of a room. Skips where there can be none, and says why."""
    # Imported here, for this file is read in every run.
    from tests.cluster import control_plane  # noqa: PLC0415

    version = str(request.config.getoption("kubernetes"))
    # The parent of what a room runs is the first process in there.
    if hasattr(request.config, "workerinput") and os.getppid() != 1:
        pytest.skip("a room has one control plane: run pytest with --rooms, as `make e2e` does, or with -n 0")
    if reason := control_plane.refusal(version):
        pytest.skip(f"no control plane: {reason}")
    with control_plane.running(version) as plane:
        yield plane
