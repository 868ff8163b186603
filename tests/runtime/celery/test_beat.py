"""Beat: it sends what is due, writes only where it may, and is never there twice."""

import pytest

from tests.runtime.celery.conftest import StartSystem
from tests.runtime.celery.system import System
from tests.support import Manifest, of_kind, one


@pytest.fixture
def system(start_system: StartSystem, rendered: dict[str, list[Manifest]]) -> System:
    return start_system(rendered["dev"])


def test_it_sends_what_is_due_and_keeps_its_schedule_in_scratch_space(system: System) -> None:
    beat = system.beat()
    system.eventually(lambda: system.backlog("default") >= 2)
    written = beat.exec(["find", "/", "-xdev", "-newer", "/proc/1", "-type", "f", "-not", "-path", "/proc/*"]).stdout
    assert set(written.split()) <= {"/tmp/alive"}
    # One file or several, as the database has it that this Python was built with.
    assert {path.stem for path in beat.pod.volume("tmp").iterdir()} == {"celerybeat-schedule"}
    assert list(system.node.claim("examxv2-backend-pvc").iterdir()) == []
    assert beat.passes("liveness")
    # Well before its grace period is over.
    assert beat.pod.delete() == {"celery-beat": 0}


def test_a_rollout_never_runs_two(system: System) -> None:
    deployment = one(system.manifests, "Deployment", "celery-beat")
    assert (deployment["spec"]["replicas"], deployment["spec"]["strategy"]) == (1, {"type": "Recreate"})
    scalers = of_kind(system.manifests, "ScaledObject") + of_kind(system.manifests, "HorizontalPodAutoscaler")
    assert "celery-beat" not in {each["spec"]["scaleTargetRef"]["name"] for each in scalers}
    # Recreate: the next one starts when the first is gone. Nothing is sent in between, nothing twice.
    first = system.beat()
    system.eventually(lambda: system.backlog("default") >= 2)
    assert first.pod.delete() == {"celery-beat": 0}
    sent = system.backlog("default")
    second = system.beat()
    system.eventually(lambda: system.backlog("default") > sent)
    assert second.is_running
