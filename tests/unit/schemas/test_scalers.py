"""Every trigger's metadata against KEDA's schema of its scalers."""

from copy import deepcopy
from pathlib import Path

import pytest

from tests.support import Manifest, label, of_kind, one
from tests.unit.schemas.conftest import Render
from tests.unit.schemas.published import published
from tests.unit.schemas.scalers import authentication_violations, trigger_violations


@pytest.fixture
def schema() -> Path:
    return published("keda-scalers-schema.json")


def test_triggers_are_valid(objects: list[Manifest], schema: Path):
    found = {
        label(each): [line for trigger in each["spec"]["triggers"] for line in trigger_violations(trigger, schema)]
        for each in of_kind(objects, "ScaledObject")
    }
    assert found
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_authentications_are_valid(objects: list[Manifest], schema: Path):
    assert authentication_violations(objects, schema) == []


REDIS = {"address": "redis.example.com:6379", "listName": "default"}


@pytest.mark.parametrize(
    ("type_", "metadata", "expected"),
    [
        pytest.param("redis", REDIS, [], id="the least"),
        pytest.param("redis", {"addressFromEnv": "A", "listName": "default"}, [], id="an address of the environment"),
        pytest.param("redis", {"address": REDIS["address"]}, ["redis: listName: is missing"], id="no list"),
        pytest.param("redis", {**REDIS, "listname": "a"}, ["redis: listname: no such parameter"], id="an unknown key"),
        pytest.param(
            "redis",
            {**REDIS, "listLengthFromEnv": "LENGTH"},
            ["redis: listLengthFromEnv: listLength is not taken from an environment variable"],
            id="an environment variable where none is read",
        ),
        pytest.param(
            "redis",
            {**REDIS, "ca": "PEM"},
            ["redis: ca: is taken from an authentication only"],
            id="an authentication's parameter",
        ),
        pytest.param("cpu", {}, ["cpu: value: is missing"], id="no value"),
        pytest.param("redis-lists", REDIS, ["redis-lists: no such scaler"], id="an unknown scaler"),
    ],
)
def test_mistakes_are_found(schema: Path, type_: str, metadata: dict[str, str], expected: list[str]):
    assert trigger_violations({"type": type_, "metadata": metadata}, schema) == expected


def test_deprecated_keys_and_values_that_are_not_allowed_are_found(schema: Path):
    deprecated, value = trigger_violations({"type": "cpu", "metadata": {"value": "70", "type": "Share"}}, schema)
    assert "DEPRECATED" in deprecated
    assert value == 'cpu: type: is "Share", allowed are Utilization, AverageValue'


def test_a_parameter_that_no_authentication_gives_is_found(render: Render, schema: Path):
    manifests = deepcopy(render("replicated-redis-with-given-passwords"))
    one(manifests, "TriggerAuthentication")["spec"]["secretTargetRef"][0]["parameter"] = "listName"
    assert "redis-sentinel: listName is not taken from an authentication" in authentication_violations(
        manifests, schema
    )
