"""Names and labels: the limits of Kubernetes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examx_constructs.settings.naming import (
    autoscaler_name,
    checked_name,
    dns_label,
    host_name,
    label_key,
    label_value,
    labels,
    merged,
    scaled_object_name,
    selector,
)
from tests.unit.settings import strategies as own
from tests.unit.settings.support import refusal, reproducible

# From RFC 1123 and the Kubernetes documentation, "Labels and Selectors", written down a second time.
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.ASCII)
VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?", re.ASCII)
NEAR_NAMES = st.text(alphabet="abzAZ09-_./ é\n", max_size=70) | st.text(max_size=10)


@pytest.mark.parametrize("name", ["a", "9", "dev-examxv2", "a--b", "a" * 63])
def test_accepts_a_dns_label(name: str) -> None:
    assert dns_label(name) is None
    assert checked_name("Some.name", name) == name


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a_b", "a.b", "a b", "a\n", "é", "a" * 64])
def test_refuses_what_is_no_dns_label(name: str) -> None:
    allowed = (
        "it must be a DNS label: lower-case letters, digits and hyphens, at most 63, a letter or digit at both ends"
    )
    assert dns_label(name) == allowed
    assert refusal(lambda: checked_name("Some.name", name)).endswith(f"; {allowed}")


def test_a_tighter_limit_has_a_reason() -> None:
    assert checked_name("Some.name", "abcde", limit=5, why="because") == "abcde"
    message = refusal(lambda: checked_name("Some.name", "abcdef", limit=5, why="because"))
    assert message == 'Some.name is "abcdef"; it has 6 characters, the most is 5: because'


def test_a_scaled_object_leaves_room_for_the_hpa_of_keda() -> None:
    name = scaled_object_name("w" * 47)
    assert name == "w" * 47 + "-scaler"
    assert len(f"keda-hpa-{name}") == 63
    message = refusal(lambda: scaled_object_name("w" * 48))
    assert message.startswith(f'ScaledObject name is "{"w" * 48}-scaler"; it has 55 characters, the most is 54: ')
    assert message.endswith("KEDA names its HPA keda-hpa-<name>, which must fit into 63")


@pytest.mark.parametrize("value", ["", "a", "Feature_1.2-x", "a" * 63])
def test_accepts_a_label_value(value: str) -> None:
    assert label_value(value) is None


@pytest.mark.parametrize("value", ["-a", "a-", "a b", "a/b", "a@b", "naïve", "a" * 64, "a\n"])
def test_refuses_what_is_no_label_value(value: str) -> None:
    assert label_value(value) == (
        "it must be a label value: letters, digits, '-', '_' and '.', at most 63, a letter or digit at both ends"
    )


@pytest.mark.parametrize("key", ["tier", "Team_1.x", "example.com/owner", f"{'a' * 63}.b/{'c' * 63}"])
def test_accepts_a_label_key(key: str) -> None:
    assert label_key(key) is None


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "a/",
        "/a",
        "a/b/c",
        "-a",
        "a b",
        "Example.com/a",
        "ex_ample/a",
        "é",
        "a" * 64,
        f"{'.'.join(['a' * 60] * 5)}/b",
        "a\n",
    ],
)
def test_refuses_what_is_no_label_key(key: str) -> None:
    assert label_key(key) == (
        "it must be a label key: letters, digits, '-', '_' and '.', at most 63, after an optional DNS name and a slash"
    )


def test_selectors_are_a_part_of_the_labels_and_stay_small() -> None:
    chosen = selector("web")
    assert chosen == {"app": "web"}
    assert chosen.items() < labels(application="examxv2", instance="web", component="backend").items()


def test_an_autoscaler_has_the_name_of_the_one_that_it_replaces() -> None:
    assert autoscaler_name("examxv2-backend") == "examxv2-backend-pod-autoscaler"


def test_merging_orders_by_key_and_lets_the_last_win() -> None:
    assert list(merged({"b": "1", "c": "1"}, {"a": "2", "b": "2"}).items()) == [("a", "2"), ("b", "2"), ("c", "1")]
    assert list(merged({"b": "2"}, {"b": "1", "a": "0"}).items()) == [("a", "0"), ("b", "1")]


@reproducible
@given(own.dns_labels() | NEAR_NAMES)
def test_a_name_is_accepted_if_and_only_if_it_obeys_rfc_1123(name: str) -> None:
    assert (dns_label(name) is None) == bool(LABEL.fullmatch(name) and len(name) <= 63)


@reproducible
@given(own.label_values() | NEAR_NAMES)
def test_a_label_value_is_accepted_if_and_only_if_kubernetes_takes_it(value: str) -> None:
    assert (label_value(value) is None) == bool(VALUE.fullmatch(value) and len(value) <= 63)


@reproducible
@given(own.host_names() | NEAR_NAMES)
def test_a_host_is_accepted_if_and_only_if_it_is_two_names_or_more(host: str) -> None:
    names = host.split(".")
    valid = len(names) > 1 and len(host) <= 253 and all(LABEL.fullmatch(name) and len(name) <= 63 for name in names)
    assert (host_name(host) is None) == valid
