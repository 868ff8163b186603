"""Each object is judged by the versions of the cluster that it goes to, in one run over all of them."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from examx_constructs.checks import Manifests, check
from examx_constructs.checks.finding import Finding
from examx_constructs.manifests import Asked, Document, Versions, load
from examx_constructs.manifests.versions import UNASKED
from tests.commands import PROJECT

Objects = dict[str, list[dict[str, Any]]]
"""Of each environment."""
NAMESPACES = {"dev": "dev-examxv2", "stg": "stg-examxv2", "prod": "examxv2-production"}


@cache
def rendered() -> Objects:
    files = {name: load(PROJECT / "dist" / f"{name}.k8s.yaml") for name in NAMESPACES}
    return {name: [each.root.value for each in found] for name, found in files.items()}


@pytest.fixture
def environments() -> Objects:
    return deepcopy(rendered())


def one(objects: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(each for each in objects if each["kind"] == kind)


def upgrade(objects: list[dict[str, Any]], **versions: str) -> None:
    """Say on the Namespace what its cluster runs now."""
    annotations = one(objects, "Namespace")["metadata"]["annotations"]
    annotations |= {f"examx.ai/{program}-version": version for program, version in versions.items()}


def judged(environments: Objects, versions: Versions | Asked = UNASKED) -> Iterator[tuple[str, Finding]]:
    """The findings of one run over all, each with its environment."""
    documents = [Document(each, f"{name}.yaml") for name, objects in environments.items() for each in objects]
    for found in check(Manifests(documents, versions)):
        yield (found.file or "").removesuffix(".yaml"), found


def whose(environments: Objects, rule: str, versions: Versions | Asked = UNASKED) -> set[str]:
    return {name for name, found in judged(environments, versions) if found.rule == rule}


def stop_signal(objects: list[dict[str, Any]]) -> None:
    pod = one(objects, "Deployment")["spec"]["template"]["spec"]
    pod["containers"][0].setdefault("lifecycle", {})["stopSignal"] = "SIGQUIT"


def restart_rules(objects: list[dict[str, Any]]) -> None:
    rule = {"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}
    one(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["restartPolicyRules"] = [rule]


def hpa_tolerance(objects: list[dict[str, Any]]) -> None:
    one(objects, "HorizontalPodAutoscaler")["spec"].setdefault("behavior", {})["scaleUp"] = {"tolerance": "0.05"}


def keda_tolerance(objects: list[dict[str, Any]]) -> None:
    config = (
        one(objects, "ScaledObject")["spec"].setdefault("advanced", {}).setdefault("horizontalPodAutoscalerConfig", {})
    )
    config.setdefault("behavior", {})["scaleUp"] = {"tolerance": "0.05"}


def formula_fallback(objects: list[dict[str, Any]]) -> None:
    spec = one(objects, "ScaledObject")["spec"]
    spec["fallback"] = {"failureThreshold": 3, "replicas": 1}
    for trigger in spec["triggers"]:
        trigger["metricType"] = "Value"


UPGRADES = [
    # What is seeded, what judges it, and the upgrade that ends it.
    (restart_rules, "field-is-not-dropped", {"kubernetes": "1.35"}),
    (hpa_tolerance, "tolerance-is-kept", {"kubernetes": "1.35"}),
    (keda_tolerance, "tolerance-is-kept", {"kubernetes": "1.35", "keda": "2.18"}),
    (formula_fallback, "fallback-is-usable", {"keda": "2.18"}),
]


@pytest.mark.parametrize(("seed", "rule", "versions"), UPGRADES, ids=lambda given: getattr(given, "__name__", None))
@pytest.mark.parametrize("name", ["dev", "prod"])
def test_an_upgrade_changes_the_findings_of_its_environment_alone(environments: Objects, name, seed, rule, versions):
    for objects in environments.values():
        seed(objects)
    assert whose(environments, rule) == {*NAMESPACES}
    # dev and stg share a cluster, so an upgrade of one is one of both.
    upgraded = {"dev", "stg"} if name == "dev" else {name}
    upgrade(environments[name], **versions)
    assert whose(environments, rule) == {*NAMESPACES} - upgraded


def test_what_a_later_version_serves_no_more_is_a_finding_of_its_environment_alone(environments: Objects):
    for name, objects in environments.items():
        metadata = {"name": f"{name}-fast", "labels": {}}
        content = {
            "apiVersion": "storage.k8s.io/v1beta1",
            "kind": "VolumeAttributesClass",
            "driverName": "ebs.csi.aws.com",
        }
        objects.append({**content, "metadata": metadata})
    assert whose(environments, "api-version-is-served") == set()
    upgrade(environments["prod"], kubernetes="1.37")
    assert whose(environments, "api-version-is-served") == {"prod"}


def test_a_field_that_no_version_reads_stays_a_finding(environments: Objects):
    stop_signal(environments["prod"])
    upgrade(environments["prod"], kubernetes="1.37", keda="2.21")
    (found,) = [found for _, found in judged(environments) if found.rule == "field-is-not-dropped"]
    assert (found.object.namespace, "nothing in 1.37" in found.allowed) == ("examxv2-production", True)


def test_who_asks_for_a_version_is_answered_by_it_for_all(environments: Objects):
    for objects in environments.values():
        keda_tolerance(objects)
    upgrade(environments["prod"], kubernetes="1.36", keda="2.17")
    assert whose(environments, "tolerance-is-kept") == {*NAMESPACES}
    assert whose(environments, "tolerance-is-kept", Asked(keda="2.20")) == {"dev", "stg"}
    assert whose(environments, "tolerance-is-kept", Versions("1.35", "2.20")) == set()


def test_of_an_upgrade_to_the_newest_versions_today_s_manifests_have_no_error(environments: Objects):
    for objects in environments.values():
        upgrade(objects, kubernetes="1.37", keda="2.21")
    assert [str(found) for _, found in judged(environments)] == []
