"""The model sets the replicas that the HPA controller's own code sets, at every look."""

from pathlib import Path

import pytest

from tests.process.scaling.real.histories import LOOKS, history
from tests.process.scaling.real.programs import CONTROLLER

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(CONTROLLER.refusal()), reason=CONTROLLER.refusal() or "Go is there"),
]

HISTORIES = 1000


def test_replicas_are_equal_at_every_look(tmp_path: Path):
    made = [history(seed) for seed in range(HISTORIES)]
    real = CONTROLLER.run([each.given for each in made], tmp_path)
    different = [
        (seed, look, ours.replicas[look], theirs[look])
        for seed, (ours, theirs) in enumerate(zip(made, real, strict=True))
        if (look := next((at for at in range(LOOKS) if ours.replicas[at] != theirs[at]), None)) is not None
    ]
    assert different == [], f"{len(different)} of {HISTORIES}: seed, look, the model's replicas, the controller's"


def test_histories_reach_what_they_are_to_try():
    """Else equality would say little: replicas rise, fall, stay, meet both bounds and are set by others."""
    made = [history(seed) for seed in range(HISTORIES)]
    changes = [
        after - look["replicas"]
        for each in made
        for look, after in zip(each.given["looks"], each.replicas, strict=True)
    ]
    share = 1 / len(changes)
    assert sum(change > 0 for change in changes) * share > 0.03
    assert sum(change < 0 for change in changes) * share > 0.02
    assert any(each.policy.maximum in each.replicas for each in made)
    assert any(look["replicas"] == 0 for each in made for look in each.given["looks"])
    assert any(not look["metrics"] for each in made for look in each.given["looks"])
    assert any(each.policy.behavior is None for each in made)
