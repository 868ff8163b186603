"""Every object of a Kubernetes kind, strictly, against the oldest supported version to the newest."""

from copy import deepcopy

import pytest

from examx_cli.schemas.kubernetes import VERSIONS, findings, is_built_in, metadata_findings
from examx_constructs.manifests import ObjectId
from tests.support import Manifest, label, of_kind, one
from tests.unit.schemas.conftest import Render
from tests.unit.schemas.published import BUNDLES


@pytest.mark.parametrize("version", VERSIONS)
def test_objects_are_valid(objects: list[Manifest], version: str):
    built_in = [each for each in objects if is_built_in(each)]
    found = {label(each): findings(each, version) for each in built_in}
    assert built_in
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("version", VERSIONS)
def test_metadata_of_custom_resources_is_valid(objects: list[Manifest], version: str):
    custom = [each for each in objects if not is_built_in(each)]
    # A kind that neither Kubernetes nor a known definition has is an error: nothing goes unvalidated.
    assert {ObjectId.of(each).group for each in custom} <= set(BUNDLES.values())
    found = {label(each): metadata_findings(each, version) for each in custom}
    assert custom
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_newest_version_is_newer_than_the_others():
    minors = [int(version.removeprefix("1.")) for version in VERSIONS]
    assert minors == sorted(set(minors))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        pytest.param(["spec", "replica"], 1, "'replica' was unexpected", id="an unknown field"),
        pytest.param(
            ["spec", "template", "spec", "securityContext", "runAsRoot"],
            0,
            "'runAsRoot' was unexpected",
            id="an unknown field of a pod",
        ),
        pytest.param(["spec", "minReadySeconds"], "5", "'5' is not of type 'integer'", id="a wrong type"),
        pytest.param(
            ["spec", "template", "spec", "nodeSelector"],
            {"arch": True},
            "True is not of type",
            id="a wrong type in a map",
        ),
        pytest.param(["spec", "replicas"], None, ".spec.replicas: is null", id="a null"),
    ],
)
def test_mistakes_are_found(render: Render, version: str, path: list[str], value: object, message: str):
    deployment = deepcopy(one(render("dev"), "Deployment", "examxv2-backend"))
    *parents, field = path
    parent = deployment
    for each in parents:
        parent = parent[each]
    parent[field] = value
    (found,) = findings(deployment, version)
    assert message in found


def test_a_missing_required_field_is_found(render: Render):
    deployment = deepcopy(one(render("dev"), "Deployment", "examxv2-backend"))
    del deployment["spec"]["selector"]
    assert findings(deployment, VERSIONS[0]) == [".spec: 'selector' is a required property"]


def test_an_unknown_kind_is_found():
    deployment = {"apiVersion": "apps/v1", "kind": "Deploymnet", "metadata": {"name": "a"}}
    assert findings(deployment, VERSIONS[0]) == ["Kubernetes has no Deploymnet of apps/v1"]


def test_a_mistake_in_metadata_is_found(render: Render):
    scaled_object = deepcopy(of_kind(render("dev"), "ScaledObject")[0])
    scaled_object["metadata"]["annotation"] = {}
    (found,) = metadata_findings(scaled_object, VERSIONS[0])
    assert found.startswith(".metadata: ")
    assert "'annotation' was unexpected" in found
