"""Mistakes that break production, seeded one by one into the real manifests: the rules find them."""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from cdk8s import App

from examx_constructs.chart import ExamxChart
from examx_constructs.checks import RULES, Manifests, check, load
from examx_constructs.checks.completion import due
from examx_constructs.features import Feature, feature
from examx_constructs.manifests import Document
from examx_constructs.settings import ImageReference
from tests.conftest import FIXED_IMAGE
from tests.unit.checks.mutations import MUTATIONS, TOPICS
from tests.unit.checks.mutations.edits import Mutation, Object

DIST = Path(__file__).parents[3] / "dist"
RULE = {each.id: each for each in RULES}
LEAST = 0.95
FEWEST = 300

Environments = Mapping[str, Sequence[Object]]
SEEDED = [pytest.param(each, id=f"{topic}: {each}") for topic, mutations in TOPICS.items() for each in mutations]


@pytest.fixture(scope="session")
def environments() -> Environments:
    """The objects of each environment as it is committed, of one of a branch, and of two in one cluster."""
    found = {
        name: [cast("Object", each.root.value) for each in load(DIST / f"{name}.k8s.yaml")]
        for name in ("dev", "stg", "prod")
    }
    branch = Feature(
        branch="login",
        image=ImageReference.parse(FIXED_IMAGE),
        owner="ada",
        expires=datetime(2100, 1, 1, tzinfo=UTC),
    )
    return {
        **found,
        "feature": ExamxChart(App(), feature(branch)).to_json(),
        "dev+stg": [*found["dev"], *found["stg"]],
    }


def manifests_of(objects: Sequence[Object]) -> Manifests:
    return Manifests(Document(each, "rendered.yaml") for each in objects)


def rules_that_speak(objects: Sequence[Object]) -> set[str]:
    return {each.rule for each in check(manifests_of(objects))}


@pytest.mark.parametrize("environment", ["dev", "stg", "prod", "feature", "dev+stg"])
def test_what_is_rendered_has_no_finding(environments: Environments, environment: str) -> None:
    assert rules_that_speak(environments[environment]) == set()


@pytest.mark.parametrize("mutation", SEEDED)
def test_a_mistake_is_found_by_its_rule(environments: Environments, mutation: Mutation) -> None:
    objects = mutation.edit(environments[mutation.environment])
    if mutation.rule:
        manifests = manifests_of(objects)
        assert list(due(RULE[mutation.rule](manifests), manifests))
    else:
        assert rules_that_speak(objects) == set()


@pytest.mark.long
def test_no_mistake_stops_a_rule(environments: Environments) -> None:
    for mutation in MUTATIONS:
        assert {mutation.rule} - {""} <= rules_that_speak(mutation.edit(environments[mutation.environment])), mutation


def test_few_mistakes_are_missed_and_each_has_its_reason() -> None:
    missed = [each for each in MUTATIONS if not each.rule]
    for topic, mutations in TOPICS.items():
        found = sum(bool(each.rule) for each in mutations)
        sys.stdout.write(f"{topic:20} {found:4} of {len(mutations):4}\n")
    sys.stdout.writelines(f"missed: {each}: {each.missed}\n" for each in missed)
    assert [each.name for each in MUTATIONS if bool(each.rule) == bool(each.missed)] == []
    assert len(MUTATIONS) >= FEWEST
    assert 1 - len(missed) / len(MUTATIONS) >= LEAST
