"""What differs between two versions of an object."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examx_cli.comparison import Impact, compare
from examx_cli.comparison.fields import ABSENT, differences, shown
from tests.examples import examples
from tests.unit.cli.diff.support import Manifest, difference, find, manifests, only, put, turn

NAMES = st.sampled_from(
    ["name", "containers", "env", "ports", "labels", "spec", "value", "a.b/c", "limits", "template"]
)
SCALARS = st.none() | st.booleans() | st.integers(-1, 3) | st.sampled_from(["", "1", "1000m", "two\nlines", "x"])
VALUES = st.recursive(
    SCALARS, lambda child: st.lists(child, max_size=3) | st.dictionaries(NAMES, child, max_size=3), max_leaves=12
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)


def paths(before: Manifest, after: Manifest) -> list[str]:
    return [shown(field.path) for field in differences(before, after)]


@given(OBJECTS)
def test_an_object_does_not_differ_from_itself(item: Manifest) -> None:
    assert differences(item, copy.deepcopy(item)) == []


@given(OBJECTS, OBJECTS)
def test_the_same_fields_differ_from_right_to_left(one: Manifest, other: Manifest) -> None:
    there, back = differences(one, other), differences(other, one)

    assert len(there) == len(back)
    values = [(repr(field.before), repr(field.after)) for field in there]
    assert sorted(values) == sorted((repr(field.after), repr(field.before)) for field in back)


@settings(max_examples=examples(50), deadline=None)
@given(st.data())
def test_one_other_value_is_found_wherever_it_stands(data: st.DataObject) -> None:
    before, after = manifests("prod"), manifests("prod")
    number = data.draw(st.integers(0, len(after) - 1))
    identity = {("kind",), ("apiVersion",), ("metadata", "name"), ("metadata", "namespace")}
    place = data.draw(st.sampled_from([each for each in _places(after[number]) if each not in identity]))
    at: Any = after[number]
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = "other"

    change = only(compare(before, after))

    # What an element of a list is known by makes it another element: one goes, one comes.
    assert 1 <= len(change.fields) <= 2
    assert change.effects


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if children is None:
        yield place
    else:
        for step, child in children:
            yield from _places(child, (*place, step))


@pytest.mark.parametrize("environment", ["dev", "stg", "prod"])
def test_an_environment_does_not_differ_from_itself(environment: str) -> None:
    found = compare(manifests(environment), manifests(environment))

    assert not found
    assert found.impact is Impact.NONE
    assert found.summary() == "no change"


@settings(max_examples=examples(5), deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_objects_and_keys_says_nothing(source: random.Random) -> None:
    before = manifests("prod")
    after = [_shuffled_keys(each, source) for each in before]
    source.shuffle(after)

    assert not compare(before, after)


def _shuffled_keys(value: Any, source: random.Random) -> Any:
    if isinstance(value, list):
        return [_shuffled_keys(each, source) for each in value]
    if not isinstance(value, dict):
        return value
    pairs = [(key, _shuffled_keys(each, source)) for key, each in value.items()]
    source.shuffle(pairs)
    return dict(pairs)


@pytest.mark.parametrize(
    ("target", "path", "elements"),
    [
        ("Service examxv2-backend-service", "spec.ports", [{"port": 1}, {"port": 2}]),
        ("Service examxv2-backend-service", "spec.ports", [{"port": 1}, {"port": 1, "protocol": "UDP"}]),
        ("RoleBinding examxv2-deployer", "subjects", [{"kind": "User", "name": "a"}, {"kind": "Group", "name": "a"}]),
    ],
)
def test_another_order_of_a_keyed_list_is_no_change(target: str, path: str, elements: list[Manifest]) -> None:
    before, after = manifests("dev"), manifests("dev")
    put(target, path, elements)(before)
    put(target, path, elements[::-1])(after)

    assert not compare(before, after)


def test_the_metrics_of_an_autoscaler_have_no_order() -> None:
    assert not difference("prod", turn("HorizontalPodAutoscaler examxv2-backend-pod-autoscaler", "spec.metrics"))


def test_another_order_in_a_pod_template_is_one_change_and_restarts() -> None:
    """As an API server has it: it keeps the order that is applied, and another one is another template."""
    change = only(difference("dev", turn("Deployment examxv2-backend", "spec.template.spec.containers[backend].env")))

    [field] = change.fields
    assert shown(field.path) == "spec.template.spec.containers[backend].env (order)"
    assert isinstance(field.before, list)
    assert {"REDIS_URL", "HOME", "WORKERS"} <= set(field.before)
    assert field.after == field.before[::-1]
    assert field.effect.impact is Impact.RESTART


def test_an_element_that_is_put_in_does_not_move_the_others() -> None:
    before, after = manifests("dev"), manifests("dev")
    find(after, "Deployment examxv2-backend")["spec"]["template"]["spec"]["containers"].insert(0, {"name": "first"})
    find(after, "Role examxv2-deployer")["rules"].insert(2, {"apiGroups": ["a"], "resources": ["b"], "verbs": ["get"]})

    found = [shown(field.path) for change in compare(before, after).changes for field in change.fields]
    assert found == ["rules[2]", "spec.template.spec.containers[first]"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("1", "1000m"), ("1", 1), (1, "1"), ("1Gi", "1024Mi"), ("0.5", "500m"), ("1e3", "1k"), (2, 2.0)],
)
def test_the_same_amount_is_no_change(before: object, after: object) -> None:
    assert paths({"resources": {"limits": {"cpu": before}}}, {"resources": {"limits": {"cpu": after}}}) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("1", "1001m"), ("1Gi", "1G"), ("1", True), (1, True), ("much", "more"), ("-1", "-1000m"), ("1", ["1"])],
)
def test_another_amount_is_a_change(before: object, after: object) -> None:
    assert len(paths({"resources": {"limits": {"cpu": before}}}, {"resources": {"limits": {"cpu": after}}})) == 1


@pytest.mark.parametrize(("before", "after"), [("1", "1000m"), ("1", 1), (1, True), (0, False), ("", None)])
def test_other_fields_are_no_amounts(before: object, after: object) -> None:
    assert paths({"value": before}, {"value": after}) == ["value"]


def test_numbers_are_equal_by_value() -> None:
    assert paths({"value": 1}, {"value": 1.0}) == []


def test_null_is_absent() -> None:
    assert paths({"a": None, "b": {"c": None}}, {"b": {}}) == []


def test_a_mapping_near_the_top_is_compared_by_key() -> None:
    before = {"metadata": {"name": "a"}}
    after = {"metadata": {"name": "a", "labels": {"tier": "dev", "a.b/c": "d"}}, "data": {"nginx.conf": "x"}}

    assert paths(before, after) == ["metadata.labels.tier", 'metadata.labels["a.b/c"]', 'data["nginx.conf"]']
    assert all(field.before is ABSENT for field in differences(before, after))
    assert all(field.after is ABSENT for field in differences(after, before))


def test_an_empty_selector_is_not_an_absent_one() -> None:
    """An empty selector selects all pods, an absent one none."""
    assert paths({"spec": {}}, {"spec": {"selector": {}}}) == ["spec.selector"]


@pytest.mark.parametrize(
    ("name", "elements", "expected"),
    [
        ("volumeMounts", [{"mountPath": "/a", "name": "x"}], "[/a]"),
        ("ports", [{"containerPort": 80}], "[80/TCP]"),
        ("topologySpreadConstraints", [{"topologyKey": "zone", "whenUnsatisfiable": "x"}], "[zone, x]"),
        ("containers", [{"name": "a"}], "[a]"),
        ("containers", [{"name": "a", "image": "b"}, {"name": "a"}], "[0]"),
        ("containers", [{"image": "a"}], "[0]"),
        ("other", [{"name": "a"}], "[0]"),
    ],
)
def test_elements_are_told_apart(name: str, elements: list[Manifest], expected: str) -> None:
    before = {"spec": {"template": {"spec": {name: elements}}}}
    after = {"spec": {"template": {"spec": {name: [{**elements[0], "new": 1}, *elements[1:]]}}}}

    assert paths(before, after)[0] == f"spec.template.spec.{name}{expected}.new"


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ({"type": "redis", "metadata": {"listName": "default"}}, "redis default"),
        ({"type": "cpu", "metadata": {"value": "70"}}, "cpu"),
        ({"type": "cron", "name": "night"}, "cron night"),
    ],
)
def test_triggers_are_told_apart_by_what_they_read(trigger: Manifest, expected: str) -> None:
    found = paths({"spec": {"triggers": [trigger]}}, {"spec": {"triggers": [{**trigger, "metricType": "a"}]}})

    assert found == [f"spec.triggers[{expected}].metricType"]


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ({"type": "Resource", "resource": {"name": "cpu"}}, "cpu"),
        ({"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "nginx"}}, "nginx cpu"),
        ({"type": "External", "external": {"metric": {"name": "s0"}}}, "s0"),
        ({"type": "Odd"}, "Odd"),
    ],
)
def test_metrics_are_told_apart_by_what_they_measure(metric: Manifest, expected: str) -> None:
    found = paths({"spec": {"metrics": [metric]}}, {"spec": {"metrics": [{**metric, "new": 1}]}})

    assert found == [f"spec.metrics[{expected}].new"]


def test_a_list_of_plain_values_is_one_field() -> None:
    [field] = differences({"command": ["celery", "-c", "1"]}, {"command": ["celery", "-c", "2"]})

    assert (shown(field.path), field.before, field.after) == ("command", ["celery", "-c", "1"], ["celery", "-c", "2"])
