"""Every custom resource, strictly, against the published definitions of each version that must take it."""

import functools
from copy import deepcopy

import pytest

from examx_cli.errors import CommandError
from examx_cli.schemas.custom_resources import Definitions, Schema, strict
from examx_cli.schemas.kubernetes import is_built_in
from examx_constructs.manifests import ObjectId
from tests.support import Manifest, label, of_kind
from tests.unit.schemas.conftest import Render
from tests.unit.schemas.published import BUNDLES, published

KEDA = [name for name, group in BUNDLES.items() if group == "keda.sh"]


@functools.cache
def _definitions(bundle: str) -> Definitions:
    return Definitions.read(published(bundle))


@pytest.fixture(params=BUNDLES)
def bundle(request: pytest.FixtureRequest) -> Definitions:
    return _definitions(request.param)


@pytest.fixture
def scaled_object(render: Render) -> Manifest:
    return deepcopy(of_kind(render("prod"), "ScaledObject")[0])


def test_objects_are_valid(objects: list[Manifest], bundle: Definitions):
    found = {label(each): bundle.findings(each) for each in objects}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_each_definition_has_an_object(render: Render):
    custom = [each for each in render("replicated-redis-with-given-passwords") if not is_built_in(each)]
    assert {ObjectId.of(each).group for each in custom} == set(BUNDLES.values())
    kinds = {each["kind"] for each in custom}
    assert kinds == {"ScaledObject", "TriggerAuthentication", "SecretProviderClass"}


@pytest.mark.parametrize("bundle", KEDA, indirect=True)
def test_an_unknown_field_is_found(scaled_object: Manifest, bundle: Definitions):
    scaled_object["spec"]["triggers"][0]["metricsType"] = "AverageValue"
    (found,) = bundle.findings(scaled_object)
    assert "'metricsType' was unexpected" in found


@pytest.mark.parametrize("bundle", KEDA, indirect=True)
def test_a_wrong_type_is_found(scaled_object: Manifest, bundle: Definitions):
    scaled_object["spec"]["triggers"][0]["metadata"]["listLength"] = 10
    assert bundle.findings(scaled_object) == [".spec.triggers.0.metadata.listLength: 10 is not of type 'string'"]


@pytest.mark.parametrize("bundle", KEDA, indirect=True)
def test_a_missing_required_field_is_found(scaled_object: Manifest, bundle: Definitions):
    del scaled_object["spec"]["triggers"]
    assert bundle.findings(scaled_object) == [".spec: 'triggers' is a required property"]


@pytest.mark.parametrize("bundle", ["secrets-store-csi-1.5.6.yaml"], indirect=True)
def test_mistakes_in_a_secret_provider_class_are_found(render: Render, bundle: Definitions):
    provider = deepcopy(of_kind(render("dev"), "SecretProviderClass")[0])
    provider["spec"] |= {"parameters": {"usePodIdentity": True}, "secretObject": []}
    assert len(bundle.findings(provider)) == 2


@pytest.mark.parametrize("bundle", KEDA, indirect=True)
def test_an_unknown_kind_is_found(scaled_object: Manifest, bundle: Definitions):
    scaled_object["kind"] = "ScaledObjects"
    assert bundle.findings(scaled_object) == ["no definition has ScaledObjects of keda.sh/v1alpha1"]


def test_something_else_is_no_definition():
    with pytest.raises(CommandError, match="ConfigMap a is no CustomResourceDefinition"):
        Definitions([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}])


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
