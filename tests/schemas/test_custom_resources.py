"""Every custom resource, strictly, against the published definitions of each version that must take it."""

from copy import deepcopy
from pathlib import Path

import pytest

from tests.schemas.conftest import Render
from tests.schemas.custom_resources import BUNDLES, Schema, group_of, strict, violations
from tests.schemas.published import published
from tests.schemas.violations import label
from tests.support import Manifest, of_kind

KEDA = [name for name, group in BUNDLES.items() if group == "keda.sh"]


@pytest.fixture(params=BUNDLES)
def bundle(request: pytest.FixtureRequest) -> Path:
    return published(request.param)


@pytest.fixture
def scaled_object(render: Render) -> Manifest:
    return deepcopy(of_kind(render("prod"), "ScaledObject")[0])


def test_objects_are_valid(objects: list[Manifest], bundle: Path):
    of_group = [each for each in objects if group_of(each) == BUNDLES[bundle.name]]
    found = {label(each): violations(each, bundle) for each in of_group}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_each_definition_has_an_object(render: Render):
    kinds = {each["kind"] for each in render("replicated-redis-with-password") if group_of(each) in BUNDLES.values()}
    assert kinds == {"ScaledObject", "TriggerAuthentication", "SecretProviderClass"}


@pytest.mark.parametrize("bundle", KEDA, indirect=True)
def test_an_unknown_field_is_found(scaled_object: Manifest, bundle: Path):
    scaled_object["spec"]["triggers"][0]["metricsType"] = "AverageValue"
    (found,) = violations(scaled_object, bundle)
    assert "'metricsType' was unexpected" in found


@pytest.mark.parametrize("bundle", KEDA, indirect=True)
def test_a_wrong_type_is_found(scaled_object: Manifest, bundle: Path):
    scaled_object["spec"]["triggers"][0]["metadata"]["listLength"] = 10
    assert violations(scaled_object, bundle) == [".spec.triggers.0.metadata.listLength: 10 is not of type 'string'"]


@pytest.mark.parametrize("bundle", KEDA, indirect=True)
def test_a_missing_required_field_is_found(scaled_object: Manifest, bundle: Path):
    del scaled_object["spec"]["triggers"]
    assert violations(scaled_object, bundle) == [".spec: 'triggers' is a required property"]


@pytest.mark.parametrize("bundle", ["secrets-store-csi-1.5.6.yaml"], indirect=True)
def test_mistakes_in_a_secret_provider_class_are_found(render: Render, bundle: Path):
    provider = deepcopy(of_kind(render("dev"), "SecretProviderClass")[0])
    provider["spec"] |= {"parameters": {"usePodIdentity": True}, "secretObject": []}
    assert len(violations(provider, bundle)) == 2


@pytest.mark.parametrize("bundle", KEDA, indirect=True)
def test_an_unknown_kind_is_found(scaled_object: Manifest, bundle: Path):
    scaled_object["kind"] = "ScaledObjects"
    assert violations(scaled_object, bundle) == [f"{bundle.name} defines no ScaledObjects of keda.sh/v1alpha1"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param({"type": "string"}, {"type": "string"}, id="a text"),
        pytest.param({"type": "object"}, {"type": "object", "additionalProperties": False}, id="an object"),
        pytest.param(
            {"type": "array", "items": {"type": "object"}},
            {"type": "array", "items": {"type": "object", "additionalProperties": False}},
            id="a list of objects",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": {"type": "object"}},
            {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": False}},
            id="a map of objects",
        ),
        pytest.param(
            {"type": "object", "x-kubernetes-preserve-unknown-fields": True, "properties": {"a": {"type": "object"}}},
            {
                "type": "object",
                "x-kubernetes-preserve-unknown-fields": True,
                "properties": {"a": {"type": "object", "additionalProperties": False}},
            },
            id="an object that preserves unknown fields",
        ),
    ],
)
def test_strict_closes_objects_alone(schema: Schema, expected: Schema):
    given = deepcopy(schema)
    assert strict(given) == expected
    assert given == schema
