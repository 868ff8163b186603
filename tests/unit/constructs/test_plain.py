"""Patches: what a class of cdk8s-plus takes of them, what an object without a class does, and what misses."""

import pytest
from cdk8s import ApiObject, Chart, JsonPatch

from examx_constructs import CeleryBeat, DjangoApp, RestrictedNamespace
from examx_constructs.plain import plain_object
from tests.support import Manifest, label, one, synth
from tests.unit.constructs.conftest import RESOURCES

CONTAINER = "/spec/template/spec/containers/0"
CPU, SIGNAL = f"{CONTAINER}/resources/limits/cpu", f"{CONTAINER}/lifecycle"
PATCHES = [JsonPatch.replace(CPU, "2"), JsonPatch.add(SIGNAL, {"stopSignal": "SIGINT"})]


@pytest.fixture
def beat(chart: Chart, minimal_app: DjangoApp) -> CeleryBeat:
    return CeleryBeat(chart, "beat", app=minimal_app, resources=RESOURCES)


def deployment(chart: Chart) -> Manifest:
    return one(synth(chart), "Deployment")


def test_it_says_the_same_in_the_same_chart(chart: Chart, beat: CeleryBeat) -> None:
    beat.deployment.add_json_patch(JsonPatch.add("/spec/revisionHistoryLimit", 3))
    before = {label(each): each for each in synth(chart)}
    plain = plain_object(beat.deployment)
    assert {label(each): each for each in synth(chart)} == before
    assert (plain.name, plain.kind, plain.node.path) == ("celery-beat", "Deployment", beat.deployment.node.path)


def test_it_takes_what_its_class_leaves_out(chart: Chart, beat: CeleryBeat) -> None:
    """The guide warns of the first half: where it is no longer so, the guide has to say less."""
    before = beat.deployment.to_json()["spec"]["template"]["spec"]["containers"][0]
    beat.deployment.add_json_patch(*PATCHES)
    lost = deployment(chart)["spec"]["template"]["spec"]["containers"][0]
    assert (lost["resources"]["limits"], lost["lifecycle"]) == ({"memory": "512Mi"}, {})
    plain = plain_object(beat.deployment)
    plain.add_json_patch(JsonPatch.add(CPU, "2"), JsonPatch.add(f"{SIGNAL}/stopSignal", "SIGINT"))
    kept = deployment(chart)["spec"]["template"]["spec"]["containers"][0]
    assert kept["resources"]["limits"] == {"cpu": "2", "memory": "512Mi"}
    assert kept["lifecycle"] == {"stopSignal": "SIGINT"}
    assert kept["image"] == before["image"]


def test_what_it_depends_on_stays_before_it(chart: Chart, beat: CeleryBeat) -> None:
    last = ApiObject(chart, "last", api_version="v1", kind="ConfigMap")
    beat.deployment.add_dependency(last)
    plain_object(beat.deployment)
    kinds = [each["kind"] for each in synth(chart)]
    assert kinds.index("ConfigMap", kinds.index("StatefulSet")) < kinds.index("Deployment")


def test_what_is_cluster_scoped_stays_so(chart: Chart) -> None:
    namespace = RestrictedNamespace(chart, "namespace", name="team-a").namespace
    before = one(synth(chart), "Namespace")
    plain_object(namespace)
    assert one(synth(chart), "Namespace") == before


def test_it_is_replaced_once(beat: CeleryBeat) -> None:
    plain_object(beat.deployment)
    with pytest.raises(ValueError, match=r"beat/deployment is no part of a chart any more: it was replaced"):
        plain_object(beat.deployment)


SPEC = {"list": ["a", "b"], "text": "t"}


@pytest.mark.parametrize(
    ("patch", "changed"),
    [
        (JsonPatch.remove("/spec/none"), {}),
        (JsonPatch.remove("/spec/list/-1"), {"spec": {**SPEC, "list": ["a"]}}),
        (JsonPatch.remove("/spec/list/name"), {"spec": {**SPEC, "list": ["b"]}}),
        (JsonPatch.replace("/spec/none", "x"), {"spec": {**SPEC, "none": "x"}}),
        (JsonPatch.replace("/spec/list/3", "x"), {"spec": {**SPEC, "list": ["a", "b", None, "x"]}}),
        (JsonPatch.add("/spec/list/3", "x"), {"spec": {**SPEC, "list": ["a", "b", "x"]}}),
        (JsonPatch.add("spec/none", "x"), {"none": "x"}),
        (JsonPatch.replace("spec/kind", "Other"), {"kind": "Other"}),
        (JsonPatch.add("/spec/text/none", "x"), {}),
        (JsonPatch.add("/spec/none/below", "x"), None),
        (JsonPatch.test("/spec/none", "x"), None),
        (JsonPatch.test("/spec/text", "x"), None),
        (JsonPatch.test("/spec/text", "t"), {}),
    ],
)
def test_a_patch_that_misses_does_what_the_guide_says(chart: Chart, patch: JsonPatch, changed: Manifest | None) -> None:
    made = ApiObject(chart, "any", api_version="v1", kind="Any")
    made.add_json_patch(JsonPatch.add("/spec", SPEC))
    before = made.to_json()
    made.add_json_patch(patch)
    if changed is None:
        with pytest.raises(RuntimeError, match="Failed serializing construct at path"):
            made.to_json()
    else:
        assert made.to_json() == before | changed
