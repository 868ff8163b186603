"""Most tests leave out jsii's checks of arguments, as `python -O main.py` does. What is rendered passes them."""

from datetime import UTC, datetime
from typing import cast

import pytest
from cdk8s import App
from cdk8s_plus_27 import k8s

from examx_constructs import ExamxChart
from examx_constructs.environments import ENVIRONMENTS, load
from examx_constructs.features import Feature, feature
from examx_constructs.settings import ImageReference
from tests.argument_types import checked
from tests.conftest import FIXED_IMAGE
from tests.support import Manifest


def test_every_environment_passes_them(rendered: dict[str, list[Manifest]]) -> None:
    app = App()
    with checked():
        made = {each.name: ExamxChart(app, each).to_json() for each in load(dict.fromkeys(ENVIRONMENTS, FIXED_IMAGE))}
    assert made == rendered


def test_a_feature_passes_them() -> None:
    image = ImageReference.parse(FIXED_IMAGE)
    login = Feature(branch="login", image=image, owner="ada", expires=datetime(2030, 1, 1, tzinfo=UTC))
    with checked():
        assert ExamxChart(App(), feature(login)).to_json()


def test_they_refuse_another_type_where_they_are_asked() -> None:
    given = cast("str", 1)
    k8s.ObjectMeta(name=given)
    with checked(), pytest.raises(TypeError, match="argument name must be"):
        k8s.ObjectMeta(name=given)
