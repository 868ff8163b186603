"""How much it weighs what a StorageClass of EFS deletes."""

import pytest

from examx_constructs.checks import check
from examx_constructs.checks.finding import Severity
from tests.unit.checks.cases.efs import COMPLETE, storage
from tests.unit.checks.support import manifests

TEMPORARY = {"annotations": "{examx.ai/temporary: 'true'}"}
SHARED = f"{COMPLETE}, ensureUniqueDirectory: 'false', subPathPattern"


@pytest.mark.parametrize(
    ("parameters", "more", "meta", "weights"),
    [
        pytest.param(COMPLETE, "", {}, [Severity.WARNING], id="the driver's own example"),
        pytest.param(COMPLETE, "reclaimPolicy: Delete", {}, [Severity.WARNING], id="the same, said"),
        pytest.param(COMPLETE, "reclaimPolicy: Delete", TEMPORARY, [], id="on purpose"),
        pytest.param(COMPLETE, "reclaimPolicy: Retain", {}, [], id="kept"),
        pytest.param(f"{SHARED}: /", "reclaimPolicy: Delete", TEMPORARY, [Severity.ERROR], id="the root"),
        pytest.param(f"{SHARED}: /", "", {}, [Severity.ERROR, Severity.WARNING], id="the root, by default"),
        pytest.param(f"{SHARED}: a", "reclaimPolicy: Delete", TEMPORARY, [Severity.ERROR], id="shared, deleted"),
        pytest.param(f"{SHARED}: a", "", {}, [Severity.WARNING] * 2, id="shared, and deleted where the driver does so"),
    ],
)
def test_what_a_driver_deletes_only_if_it_is_told_to_is_a_warning(
    parameters: str, more: str, meta: dict[str, str], weights: list[Severity]
) -> None:
    found = [each for each in check(manifests([storage(parameters, more, **meta)])) if each.rule.startswith("efs-")]
    assert sorted(each.severity for each in found) == sorted(weights)
