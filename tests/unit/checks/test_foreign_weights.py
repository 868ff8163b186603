"""What is an error where the manifests tell all, and a warning where they cannot."""

from collections.abc import Mapping, Sequence

import pytest

from examx_constructs.checks import RULES, Severity
from tests.unit.checks.support import Object, manifests, obj, scaler, workload

PRIVILEGED = workload("web", "securityContext: {allowPrivilegeEscalation: true}")


def space(level: str) -> Object:
    labels = f"{{pod-security.kubernetes.io/enforce: {level}}}" if level else "{}"
    return obj("Namespace", "dev", labels=labels)


def labelled(name: str) -> Object:
    """A workload whose pods have the labels of others."""
    built = workload(name)
    built["spec"]["selector"]["matchLabels"] = {"app": "web"}
    built["spec"]["template"]["metadata"]["labels"] = {"app": "web"}
    return built


def weights(rule_id: str, objects: Mapping[str, Sequence[Object]]) -> set[Severity]:
    rule = next(rule for rule in RULES if rule.id == rule_id)
    return {each.severity for each in rule(manifests(objects))}


@pytest.mark.parametrize(
    ("other", "weight"),
    [("privileged", Severity.WARNING), ("restricted", Severity.ERROR), ("", Severity.ERROR)],
)
def test_a_namespace_of_two_standards_says_not_which_one_holds(other: str, weight: Severity) -> None:
    files = {"web.yaml": [space("restricted"), PRIVILEGED], "other/namespace.yaml": [space(other)]}
    assert weights("pod-meets-restricted-standard", files) == {weight}


@pytest.mark.parametrize(
    ("kind", "weight"),
    [("example-trigger", Severity.WARNING), ("my-trigger", Severity.WARNING), ("redsi", Severity.ERROR)],
)
def test_a_trigger_that_stands_for_one_is_a_warning(kind: str, weight: Severity) -> None:
    files = {"web.yaml": [scaler(triggers=f"[{{type: {kind}, metadata: {{}}}}]")]}
    assert weights("trigger-type-is-known", files) == {weight}


@pytest.mark.parametrize(
    ("version", "weight"),
    [
        ("install.example.com/v1", Severity.WARNING),
        ("v1", Severity.ERROR),
        ("apps/v1", Severity.ERROR),
        ("networking.k8s.io/v1", Severity.ERROR),
    ],
)
def test_only_a_custom_kind_may_have_no_name(version: str, weight: Severity) -> None:
    nameless: Object = {"apiVersion": version, "kind": "Shop", "metadata": {"namespace": "dev"}}
    assert weights("name-is-valid", {"a.yaml": [nameless]}) == {weight}


@pytest.mark.parametrize(
    ("files", "weight"),
    [
        pytest.param({"a.yaml": ["one"], "b.yaml": ["two"]}, Severity.ERROR, id="two files"),
        pytest.param({"a.yaml": ["one", "two"], "b.yaml": ["one"]}, Severity.ERROR, id="the same file"),
        pytest.param({"a.yaml": ["one"], "b.yaml": ["one"], "c.yaml": ["two"]}, Severity.WARNING, id="ways to choose"),
        pytest.param({"a/a.yaml": ["one"], "b/b.yaml": ["two"]}, Severity.ERROR, id="two folders"),
        pytest.param(
            {"a/a.yaml": ["one"], "b/b.yaml": ["one"], "c/c.yaml": ["two"]}, Severity.WARNING, id="folders to choose"
        ),
        pytest.param(
            {"dev/a.yaml": ["one"], "dev/b.yaml": ["two"], "prod/a.yaml": ["one"]}, Severity.ERROR, id="one overlay"
        ),
    ],
)
def test_a_selector_may_be_that_of_another_way(files: dict[str, list[str]], weight: Severity) -> None:
    said = {file: [labelled(name) for name in names] for file, names in files.items()}
    assert weight in weights("selector-matches-no-other-pods", said)
    assert (Severity.ERROR in weights("selector-matches-no-other-pods", said)) is (weight is Severity.ERROR)


def test_the_house_has_no_ways_to_choose() -> None:
    ours = obj("Namespace", "dev", annotations="{examx.ai/cluster: one}")
    files = {"a.yaml": [ours, labelled("one")], "b.yaml": [labelled("one")], "c.yaml": [labelled("two")]}
    assert weights("selector-matches-no-other-pods", files) == {Severity.ERROR}


@pytest.mark.parametrize(
    ("key", "text", "weight"),
    [
        ("alertmanager.yaml", "route:\n  receiver: a\n", Severity.WARNING),
        ("pipeline.conf", "input { beats { port => 5044 } }\noutput { }\n", Severity.WARNING),
        ("alertmanager.yaml", "global:\n  smtp_auth_password: not-a-real-one\n", Severity.ERROR),
        ("app.ini", "[database]\nurl = postgres://shop:not-a-real-one@db/shop\n", Severity.ERROR),
        ("app.properties", "api.token=not-a-real-one\nlevel=info\n", Severity.ERROR),
        ("config.yaml", "a-word-on-one-line", Severity.ERROR),
        ("credentials", "a: b\nc: d\n", Severity.ERROR),
    ],
)
def test_settings_without_a_secret_in_a_secret_are_a_warning(key: str, text: str, weight: Severity) -> None:
    secret = obj("Secret", "settings") | {"stringData": {key: text}}
    assert weights("secret-is-not-in-manifests", {"a.yaml": [secret]}) == {weight}
