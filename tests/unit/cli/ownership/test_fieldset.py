"""Sets of fields, in the form in which an API server writes them."""

import pytest

from examx_cli.ownership import fieldset
from examx_cli.ownership.fieldset import Fields

CONTAINER = 'k:{"name":"web"}'
OWNED: Fields = {"f:spec": {"f:containers": {CONTAINER: {".": {}, "f:image": {}}}, "f:replicas": {}}}


def test_a_union_keeps_that_an_element_is_a_member_itself():
    inside: Fields = {"f:labels": {"f:app": {}}}
    itself: Fields = {"f:labels": {}}
    assert fieldset.union(inside, itself) == {"f:labels": {".": {}, "f:app": {}}}
    assert fieldset.union(itself, itself) == itself


def test_what_a_removed_field_lies_in_is_no_member_any_more():
    left = fieldset.without({"f:annotations": {".": {}, "f:a": {}, "f:b": {}}}, ("f:annotations", "f:a"))
    assert left == {"f:annotations": {"f:b": {}}}
    assert fieldset.without({"f:spec": {"f:replicas": {}}}, ("f:spec", "f:replicas")) == {}
    assert fieldset.without(OWNED, ("f:status",)) is OWNED


@pytest.mark.parametrize(
    ("path", "owned"),
    [
        (("f:spec", "f:replicas"), True),
        (("f:spec", "f:containers", CONTAINER, "f:env"), False),
        (("f:spec", "f:replicas", "f:below"), True),
        (("f:spec", "f:containers", 'k:{"name":"other"}'), False),
    ],
)
def test_a_field_is_owned_by_whoever_owns_all_of_what_it_lies_in(path: fieldset.Path, *, owned: bool):
    assert fieldset.owns(OWNED, path) is owned


def test_members_leave_an_object_and_the_rest_stays():
    ports = [{"port": 80, "protocol": "TCP", "name": "http"}, {"port": 443, "protocol": "TCP"}]
    item = {"ports": ports, "finalizers": ["a", "b"], "plain": 1, "whole": {"x": 1}}
    fields: Fields = {
        "f:ports": {'k:{"port":443,"protocol":"TCP"}': {}, 'k:{"port":80,"protocol":"TCP"}': {"f:name": {}}},
        "f:finalizers": {'v:"b"': {}},
        "f:whole": {".": {}, "f:x": {}},
    }
    assert fieldset.remove(item, fields) == {
        "ports": [{"port": 80, "protocol": "TCP"}],
        "finalizers": ["a"],
        "plain": 1,
    }
