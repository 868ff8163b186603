"""Production's backend with figures of the test's own: the sequence stays, the waiting shrinks."""

from collections.abc import Callable
from functools import cache

import pytest
from attrs import evolve
from cdk8s import App

from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS, load
from examx_constructs.settings import Rollout
from tests.conftest import FIXED_IMAGE
from tests.support import Manifest

Render = Callable[[Rollout], list[Manifest]]


@pytest.fixture(scope="session")
def render() -> Render:
    """Renders production with another rollout, and one process of gunicorn: a small machine runs all pods."""

    @cache
    def manifests(rollout: Rollout) -> list[Manifest]:
        environments = load(dict.fromkeys(ENVIRONMENTS, FIXED_IMAGE))
        production = next(each for each in environments if each.name == "prod")
        backend = evolve(production.backend, workers=1, rollout=rollout)
        return ExamxChart(App(), evolve(production, backend=backend)).to_json()

    return manifests
