"""Each rule, by its cases: what breaks it and reads the whole message, and what does not."""

import pytest

from examx_constructs.checks import RULES
from tests.unit.checks.cases import CASES
from tests.unit.checks.support import Case, findings


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rule_says(case: Case) -> None:
    assert findings(case.rule, case.objects, case.versions) == case.says


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_has_a_case_that_breaks_it_and_one_that_does_not(rule):
    assert {bool(case.says) for case in CASES if case.rule == rule.id} == {True, False}
