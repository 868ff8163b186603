"""Each rule, by its cases: what breaks it and reads the whole message, and what does not."""

import pytest

from examx_constructs.checks import RULES
from tests.checks import cases_network, cases_objects, cases_scaling, cases_storage, cases_workloads
from tests.checks.support import Case, findings

CASES: list[Case] = [
    *cases_scaling.CASES,
    *cases_workloads.CASES,
    *cases_network.CASES,
    *cases_storage.CASES,
    *cases_objects.CASES,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rule_says(case: Case) -> None:
    assert findings(case.rule, case.objects) == case.says


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_has_a_case_that_breaks_it_and_one_that_does_not(rule):
    verdicts = {bool(case.says) for case in CASES if case.rule == rule.id}
    # A collision needs two files, so its breaking cases are in test_collisions.py.
    assert verdicts == ({False} if rule.id == "environments-do-not-collide" else {True, False})
