"""The table of what KEDA's scalers read: that it is what KEDA's source says, and what is asked of it."""

import json
import shutil

import pytest

from examx_constructs._keda.scalers import knows, scaler, types, versions_with_key, versions_with_type, was_known
from examx_constructs.manifests.versions import KEDA
from tests.unit.schemas.published import published
from tools.keda_scalers import FILE, SUPPORTED, cached, scalers, table


@pytest.mark.parametrize(("version", "release"), list(zip(KEDA, SUPPORTED, strict=True)))
def test_the_table_is_what_the_source_of_a_release_says(version: str, release: str):
    if shutil.which("go") is None:
        pytest.skip("needs Go, which reads KEDA's source")
    source = cached(release)
    if source is None:
        pytest.skip(f"needs the source of KEDA {release} in Go's module cache")
    read = scalers(source)
    alone = table(dict.fromkeys(KEDA, read), [])
    assert types(version) == frozenset(alone["scalers"])
    kept = json.loads(FILE.read_text(encoding="utf-8"))["scalers"]
    for name in alone["scalers"]:
        lines = {
            line
            for when, group in kept[name]["fields"].items()
            if version in (when, *when.split()) or when == "all"
            for line in group
        }
        assert lines == {line for group in alone["scalers"][name]["fields"].values() for line in group}


def test_every_parameter_that_keda_publishes_is_known():
    """KEDA's own schema, of its main branch, names nothing that the newest release here does not know."""
    schema = json.loads(published("keda-scalers-schema.json").read_text(encoding="utf-8"))
    missing = {
        (each["type"], parameter["name"])
        for each in schema["scalers"]
        for parameter in each["parameters"]
        if parameter["name"] not in getattr(scaler(each["type"], KEDA[-1]), "by_name", {})
    }
    assert missing == set()


@pytest.mark.parametrize("version", KEDA)
def test_every_scaler_of_a_version_reads_something(version: str):
    for name in types(version):
        found = scaler(name, version)
        assert found is not None
        assert found.parameters, name


def test_a_parameter_that_is_read_by_hand_has_the_type_that_a_later_version_declares():
    by_hand = scaler("kafka", "2.17")
    assert by_hand is not None
    lag = by_hand.by_name["lagThreshold"]
    assert (lag.type, lag.by_hand, lag.target, lag.required) == ("int64", True, True, False)
    assert by_hand.by_name["bootstrapServers"].required


def test_keys_are_known_by_version():
    assert versions_with_key("rabbitmq", "queueName") == list(KEDA)
    assert versions_with_key("kafka", "ensureEvenDistributionOfPartitions") == list(KEDA[1:])
    assert versions_with_type("opensearch") == ["2.20", "2.21"]
    assert was_known("prometheus", "cortexOrgID")
    assert not was_known("prometheus", "query")


def test_a_variable_is_known_where_the_scaler_reads_one():
    redis, external = scaler("redis", "2.17"), scaler("external", "2.17")
    assert redis is not None
    assert external is not None
    assert [knows(redis, key) for key in ("hostFromEnv", "listNameFromEnv", "FromEnv")] == [True, False, False]
    assert knows(external, "whatever")
