"""Every environment and every further chart in turn, each rendered once a process."""

from collections.abc import Callable

import pytest
from cdk8s import App

from examx_constructs.environments import ENVIRONMENTS
from tests.support import Manifest
from tests.unit.schemas.charts import CHARTS

Render = Callable[[str], list[Manifest]]


@pytest.fixture(scope="session")
def render(rendered: dict[str, list[Manifest]]) -> Render:
    """The manifests of a chart by its name."""
    seen = dict(rendered)

    def manifests_of(name: str) -> list[Manifest]:
        if name not in seen:
            seen[name] = CHARTS[name](App()).to_json()
        return seen[name]

    return manifests_of


@pytest.fixture(params=[*ENVIRONMENTS, *CHARTS])
def objects(request: pytest.FixtureRequest, render: Render) -> list[Manifest]:
    """The manifests of each chart in turn."""
    return render(request.param)
