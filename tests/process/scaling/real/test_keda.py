"""The model does what KEDA's own executor and fallback do, at every step."""

from pathlib import Path

import pytest

from tests.process.scaling.real.keda_histories import STEPS, keda_history
from tests.process.scaling.real.programs import KEDA

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(KEDA.refusal()), reason=KEDA.refusal() or "Go is there"),
]

HISTORIES = 1000


def test_it_does_the_same_at_every_step(tmp_path: Path):
    made = [keda_history(seed) for seed in range(HISTORIES)]
    real = KEDA.run([each.given for each in made], tmp_path)
    different = [
        (seed, step, ours.given["steps"][step], ours.done[step], theirs[step])
        for seed, (ours, theirs) in enumerate(zip(made, real, strict=True))
        if (step := next((at for at in range(STEPS) if ours.done[at] != theirs[at]), None)) is not None
    ]
    assert different == [], f"{len(different)} of {HISTORIES}: seed, step, what is given, the model's, KEDA's"


def test_histories_reach_what_they_are_to_try():
    """Else equality would say little: workers wake, sleep, idle and are held, and fallbacks act."""
    made = [keda_history(seed) for seed in range(HISTORIES)]
    changes = [
        (each, step["replicas"], done)
        for each in made
        for step, done in zip(each.given["steps"], each.done, strict=True)
        if step.get("poll") and step["replicas"] != done
    ]
    assert sum(before == 0 for _, before, _ in changes) > 100
    assert sum(after == 0 for _, _, after in changes) > 100
    assert any(each.policy.idle == 0 and after == 0 for each, _, after in changes)
    assert any(each.policy.paused_at == after for each, _, after in changes)
    acting = sum(
        done > 0
        for each in made
        for step, done in zip(each.given["steps"], each.done, strict=True)
        if not step.get("poll") and step["failed"]
    )
    assert acting > 100
