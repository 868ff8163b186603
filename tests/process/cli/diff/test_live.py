"""The comparison with a cluster.

What the cluster answers was recorded from an API server of version 1.34 to which the manifests beside it were applied.
"""

import copy

import pytest

from examx_cli.comparison import Action, Difference, Impact, NotCompared
from examx_cli.comparison.fields import shown
from examx_cli.diff.live import rendered_part
from examx_cli.processes import ProcessError
from tests.process.cli.diff.conftest import RECORDED, StandIn
from tests.unit.cli.diff.support import Manifest, find, only, put

IMAGE = "spec.template.spec.containers[celery-beat].image"


def fields(found: Difference) -> list[str]:
    return [shown(field.path) for change in found.changes for field in change.fields]


def test_what_was_applied_is_no_change(cluster: StandIn) -> None:
    found = cluster.compare()

    assert found == Difference()
    assert not any(each.startswith("apply") and "--dry-run=server" not in each for each in cluster.asked)


def test_only_what_would_really_change_is_shown(cluster: StandIn) -> None:
    cluster.change("Deployment celery-beat", IMAGE, "registry.example.com/examxv2-backend:dev-2")

    found = cluster.compare()
    assert fields(found) == [IMAGE]
    assert found.summary() == "1 object changes: restarts celery-beat"


def test_what_was_changed_by_hand_is_shown(cluster: StandIn) -> None:
    put("Service redis", "spec.ports[0].port", 6380)(cluster.answers["live"])

    assert fields(cluster.compare()) == ["spec.ports[6380/TCP]", "spec.ports[6379/TCP]"]


def test_what_others_own_is_no_change(cluster: StandIn) -> None:
    for side in ("live", "tried"):
        put("Deployment celery-beat", "spec.replicas", 3)(cluster.answers[side])
    del find(cluster.manifests, "Deployment celery-beat")["spec"]["replicas"]

    assert not cluster.compare()


def test_what_may_not_be_read_is_not_compared(cluster: StandIn) -> None:
    cluster.answers["no_get"] = ["PersistentVolume"]

    found = cluster.compare()
    assert found == Difference(
        not_compared=(NotCompared("PersistentVolume dev-examxv2-examxv2-backend-pv", "this identity may not read it"),)
    )


@pytest.mark.parametrize("kind", ["Namespace", "PersistentVolume", "Deployment"])
def test_what_may_not_be_tried_is_compared_by_its_own_fields(cluster: StandIn, kind: str) -> None:
    cluster.answers["no_patch"] = [kind]

    assert not cluster.compare()


def test_a_change_of_what_may_not_be_tried_is_shown(cluster: StandIn) -> None:
    cluster.answers["no_patch"] = ["Namespace", "Deployment"]
    put("Namespace dev-examxv2", "metadata.labels.tier", "other")(cluster.manifests)
    put("Deployment celery-beat", IMAGE, "registry.example.com/examxv2-backend:dev-2")(cluster.manifests)

    assert fields(cluster.compare()) == ["metadata.labels.tier", IMAGE]


def test_what_the_server_refuses_is_said(cluster: StandIn) -> None:
    put("Deployment celery-beat", "spec.selector.matchLabels.team", "a")(cluster.manifests)
    cluster.answers["refused"] = {"Deployment": 'The Deployment "celery-beat" is invalid: field is immutable'}

    found = cluster.compare()
    assert fields(found) == ["spec.selector.matchLabels.team"]
    assert only(found).impact is Impact.REFUSED


def test_what_only_the_server_knows_to_be_wrong_is_said_in_its_words(cluster: StandIn) -> None:
    put("Deployment celery-beat", "spec.template.metadata.labels", {"a": "b"})(cluster.manifests)
    said = 'The Deployment "celery-beat" is invalid: `selector` does not match template `labels`'
    cluster.answers["refused"] = {"Deployment": said}

    assert only(cluster.compare()).effects[0].reason == said


def test_everything_is_new_where_the_namespace_is(cluster: StandIn) -> None:
    cluster.answers |= {"live": [], "owned": []}

    found = cluster.compare()
    assert {each.action for each in found.changes} == {Action.ADDED}
    assert len(found.changes) == len(cluster.manifests)
    assert not any(each.startswith("apply") for each in cluster.asked)


def _named(name: str) -> Manifest:
    return {**copy.deepcopy(RECORDED["live"][4]), "metadata": {**RECORDED["live"][4]["metadata"], "name": name}}


def test_what_is_no_longer_rendered_is_removed(cluster: StandIn) -> None:
    foreign = _named("foreign")
    foreign["metadata"] = {**foreign["metadata"], "managedFields": [{"manager": "helm", "operation": "Update"}]}
    cluster.answers["owned"] += [_named("earlier"), foreign]

    change = only(cluster.compare())
    assert (str(change.key), change.action) == ("Deployment earlier", Action.REMOVED)
    assert change.effects[0].reason == "stops 1 pod"
    asked, *of_jobs = [each for each in cluster.asked if each.startswith("get") and " -f " not in each]
    # Those who deploy need no rights to what an environment has none of, so each is asked for by itself.
    assert ["cronjobs.batch" in of_jobs[0], "jobs.batch" in of_jobs[1], len(of_jobs)] == [True, True, 2]
    assert "persistentvolumeclaims" not in asked
    assert "--namespace=dev-examxv2" in asked


def test_what_may_not_be_listed_is_not_compared(cluster: StandIn) -> None:
    cluster.answers["no_list"] = "Error from server (Forbidden): roles is forbidden"

    assert cluster.compare().not_compared == (
        NotCompared("objects that are no longer rendered", "this identity may not list all kinds"),
    )


@pytest.mark.parametrize("answer", ["no_list", "broken"])
def test_what_else_goes_wrong_ends_the_comparison(cluster: StandIn, answer: str) -> None:
    cluster.answers[answer] = "The connection to the server was refused"

    with pytest.raises(ProcessError, match="The connection to the server was refused"):
        cluster.compare()


@pytest.mark.parametrize(
    ("live", "wanted", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 3}, {"a": 1}),
        (
            {"env": [{"name": "x", "b": 1, "c": 2}]},
            {"env": [{"name": "y"}, {"name": "x", "b": 3}]},
            {"env": [{"name": "x", "b": 1}]},
        ),
        ({"env": [{"name": "x", "b": 1}]}, {"env": []}, {"env": [{"name": "x", "b": 1}]}),
        ({"a": ["x"]}, {"a": ["y", "z"]}, {"a": ["x"]}),
        ({"a": [{"b": 1, "c": 2}, {"d": 4}]}, {"a": [{"b": 1}]}, {"a": [{"b": 1}, {"d": 4}]}),
        ({}, {"a": "", "b": False, "c": [], "d": {}, "e": 0}, {"a": "", "b": False, "c": [], "e": 0}),
        ({"a": {"b": 1}}, {"a": "text"}, {"a": {"b": 1}}),
    ],
)
def test_the_rendered_part(live: Manifest, wanted: Manifest, expected: Manifest) -> None:
    assert rendered_part(live, wanted) == expected
