"""Each single change of the corpus does what it is known to do."""

from functools import cache

import pytest

from examx_cli.comparison import Impact, ObjectChange
from tests.unit.cli.diff.corpus import CASES, Case
from tests.unit.cli.diff.support import difference, manifests, only


@cache
def change_of(case: Case) -> ObjectChange:
    return only(difference(case.environment, case.edit))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_single_change(case: Case) -> None:
    change = change_of(case)

    assert change.impact is case.impact, change.effects
    assert any(effect.impact is case.impact and case.phrase in effect.reason for effect in change.effects), (
        change.effects
    )


def test_every_kind_and_every_impact_is_covered() -> None:
    kinds = {change_of(case).key.kind for case in CASES}
    rendered = {each["kind"] for environment in ("dev", "stg", "prod") for each in manifests(environment)}

    assert kinds >= rendered
    assert {case.impact for case in CASES} == set(Impact)
    assert len({case.name for case in CASES}) == len(CASES) >= 60
