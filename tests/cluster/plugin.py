"""What pytest needs for tests of a real control plane: the option, the markers, the fixture.

tests/conftest.py names it as a plugin, so that tests of every folder share the one control plane of a session.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kubernetes", default="1.34", help="the version of Kubernetes of the tests marked e2e")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "every_version: of the tests marked e2e, one that the newest Kubernetes gets too"
    )


@pytest.fixture(scope="session")
def control_plane(request: pytest.FixtureRequest) -> "Iterator[ControlPlane]":
    """A real control plane, one for all tests. Skips where there can be none, and says why."""
    # Imported here, for this file is read in every run.
    from tests.cluster import control_plane  # noqa: PLC0415

    version = str(request.config.getoption("kubernetes"))
    if hasattr(request.config, "workerinput"):
        pytest.skip("there is one control plane: run pytest with -n 0, as `make e2e` does")
    if reason := control_plane.refusal(version):
        pytest.skip(f"no control plane: {reason}")
    with control_plane.running(version) as plane:
        yield plane
