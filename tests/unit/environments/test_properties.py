"""Any environment: what is accepted renders, validates and breaks no rule; what is refused says why."""

from typing import Any

import attrs
from cdk8s import App
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from examx_cli.schemas import kubernetes
from examx_constructs.chart import ExamxChart
from examx_constructs.checks import Manifests, check
from examx_constructs.environments import ENVIRONMENTS, load
from examx_constructs.settings import Environment
from tests.argument_types import checked
from tests.examples import examples
from tests.support import Manifest
from tests.unit.settings import strategies as own
from tests.unit.settings.samples import SAMPLES
from tests.unit.settings.support import attempt, reproducible

OLDEST_AND_NEWEST = (kubernetes.VERSIONS[0], kubernetes.VERSIONS[-1])
CUSTOM = ("keda.sh", "secrets-store.csi.x-k8s.io")

# An environment is large: drawing one is slow by the measure of the health check, not beside rendering it.
# A failure is not shrunk: that renders hundreds of environments to make a page of figures a little shorter.
few = settings(
    reproducible,
    max_examples=examples(25),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(SAMPLES)


def rendered(environment: Environment) -> list[Manifest]:
    return ExamxChart(App(), environment).to_json()


def findings(manifests: list[Manifest]) -> list[str]:
    return [str(finding) for finding in check(Manifests.of(manifests))]


def schema_findings(manifests: list[Manifest]) -> list[str]:
    return [
        f"{version} {each['kind']} {each['metadata']['name']}: {finding}"
        for version in OLDEST_AND_NEWEST
        for each in manifests
        if not each["apiVersion"].startswith(CUSTOM)
        for finding in kubernetes.findings(each, version)
    ]


@few
@given(own.environments())
def test_what_is_accepted_renders_and_validates(environment: Environment) -> None:
    with checked():
        manifests = rendered(environment)
    assert schema_findings(manifests) == []
    assert findings(manifests) == []


@settings(few, max_examples=examples(8))
@given(own.environments())
def test_what_is_rendered_is_the_same_every_time(environment: Environment) -> None:
    assert rendered(environment) == rendered(environment)


@settings(reproducible, max_examples=examples(300))
@given(st.data())
def test_what_is_refused_names_the_setting(data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(SAMPLES))
    fields = {field.name: ANYTHING for field in attrs.fields(type(sample))}
    changes: dict[str, Any] = data.draw(st.fixed_dictionaries({}, optional=fields))
    made = attempt(lambda: attrs.evolve(sample, **changes))
    if isinstance(made, str):
        setting, _, rest = made.partition(" is ")
        assert setting.partition(".")[0].removesuffix(" name") in {
            *(type(each).__name__ for each in SAMPLES),
            "ScaledObject",
            "image",
        }
        assert "; " in rest
    else:
        assert {name: getattr(made, name) for name in changes} == changes


def test_every_environment_of_the_project_is_one_that_is_accepted() -> None:
    for environment in load(dict.fromkeys(ENVIRONMENTS, "registry.example.com/app:v1")):
        assert findings(rendered(environment)) == []
