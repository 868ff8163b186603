"""What is an error where the manifests tell all, and a warning where they cannot."""

from collections.abc import Mapping, Sequence

import pytest

from examx_constructs.checks import RULES, Severity
from tests.checks.support import Object, manifests, obj, scaler, workload

PRIVILEGED = workload("web", "securityContext: {allowPrivilegeEscalation: true}")


def space(level: str) -> Object:
    labels = f"{{pod-security.kubernetes.io/enforce: {level}}}" if level else "{}"
    return obj("Namespace", "dev", labels=labels)


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
