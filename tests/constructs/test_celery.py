import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve
from cdk8s import Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import CeleryBeat, CeleryWorker, DjangoApp
from examx_constructs.settings import Fallback, ImageReference, ScalingBehavior, SettingError, Utilization
from tests.constructs.conftest import QUEUE, RESOURCES
from tests.support import Manifest, of_kind, one, pod_templates, synth, variables


def test_minimal(chart: Chart, minimal_app: DjangoApp, snapshot: SnapshotAssertion) -> None:
    CeleryWorker(chart, "worker", app=minimal_app, queue=QUEUE, resources=RESOURCES)
    CeleryBeat(chart, "beat", app=minimal_app, resources=RESOURCES)
    assert _celery(chart) == snapshot


def test_full(chart: Chart, full_app: DjangoApp, snapshot: SnapshotAssertion) -> None:
    CeleryWorker(
        chart,
        "worker",
        app=full_app,
        queue=QUEUE,
        resources=RESOURCES,
        utilization=Utilization(cpu=50, memory=60),
        behavior=ScalingBehavior(scale_up_pods=2),
        fallback=Fallback(failure_threshold=3, replicas=2),
        paused_at=0,
    )
    CeleryBeat(chart, "beat", app=full_app, resources=RESOURCES, name="scheduler")
    assert _celery(chart) == snapshot


def test_a_worker_has_variables_and_a_service_name_of_its_own(chart: Chart, full_app: DjangoApp) -> None:
    queue = evolve(QUEUE, variables={"DJANGO_ALLOW_ASYNC_UNSAFE": "true"})
    CeleryWorker(chart, "worker", app=full_app, queue=queue, resources=RESOURCES)
    CeleryBeat(chart, "beat", app=full_app, resources=RESOURCES)
    templates = pod_templates(synth(chart))
    worker, beat = (variables(templates[name]["spec"]["containers"][0]) for name in ("reports-worker", "celery-beat"))
    assert worker["DJANGO_ALLOW_ASYNC_UNSAFE"] == "true"
    assert "DJANGO_ALLOW_ASYNC_UNSAFE" not in beat
    assert (worker["OTEL_SERVICE_NAME"], beat["OTEL_SERVICE_NAME"]) == ("reports", "celery-beat")


def _celery(chart: Chart) -> list[Manifest]:
    kinds = ("Deployment", "ScaledObject", "PodDisruptionBudget")
    return [each for each in synth(chart) if each["kind"] in kinds]


@pytest.fixture
def synthesized(chart: Chart, minimal_app: DjangoApp) -> list[Manifest]:
    CeleryWorker(chart, "worker", app=minimal_app, queue=QUEUE, resources=RESOURCES)
    CeleryBeat(chart, "beat", app=minimal_app, resources=RESOURCES)
    return synth(chart)


def test_command_and_trigger_name_the_same_queue(synthesized: list[Manifest]) -> None:
    container = one(synthesized, "Deployment", "reports-worker")["spec"]["template"]["spec"]["containers"][0]
    trigger = one(synthesized, "ScaledObject")["spec"]["triggers"][0]
    assert container["command"][-2:] == ["-Q", trigger["metadata"]["listName"]]


def test_the_worker_is_started_without_a_shell(synthesized: list[Manifest]) -> None:
    command = one(synthesized, "Deployment", "reports-worker")["spec"]["template"]["spec"]["containers"][0]["command"]
    assert shlex.join(command) == (
        "celery -A examx worker -l debug -E --pool prefork --concurrency 2 --prefetch-multiplier 1 -Q reports"
    )


def test_the_grace_period_covers_the_longest_task(synthesized: list[Manifest]) -> None:
    worker = one(synthesized, "Deployment", "reports-worker")
    assert worker["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 300 + 30
    assert worker["metadata"]["annotations"] == {"examx.ai/longest-task-seconds": "300"}


def test_beat_is_one_and_stays_one(synthesized: list[Manifest]) -> None:
    beat = one(synthesized, "Deployment", "celery-beat")
    assert beat["spec"]["replicas"] == 1
    assert beat["spec"]["strategy"] == {"type": "Recreate"}
    targets = [each["spec"]["scaleTargetRef"]["name"] for each in of_kind(synthesized, "ScaledObject")]
    assert targets == ["reports-worker"]
    assert of_kind(synthesized, "HorizontalPodAutoscaler") == []


def test_a_worker_needs_a_broker(chart: Chart, image: ImageReference) -> None:
    with pytest.raises(SettingError, match=r"CeleryWorker\.app\.redis is None; it must be given"):
        CeleryWorker(chart, "worker", app=DjangoApp(image=image), queue=QUEUE, resources=RESOURCES)


SLEEPER = "import time\nwhile True: time.sleep(0.05)"
BUSY = "while True: pass"


@pytest.mark.process
@pytest.mark.parametrize(("program", "what"), [(SLEEPER, "idle"), (BUSY, "busy")])
def test_liveness_passes_while_the_process_runs(
    synthesized: list[Manifest], tmp_path: Path, program: str, what: str
) -> None:
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        try:
            probe = _probe(synthesized, process.pid, tmp_path)
            assert [_ends_with(probe, 0, within=100) for _ in range(3)] == [True] * 3, what
        finally:
            process.kill()


@pytest.mark.process
def test_liveness_fails_when_the_process_is_stuck(synthesized: list[Manifest], tmp_path: Path) -> None:
    stuck = "import threading\nlock = threading.Lock()\nlock.acquire()\nprint(flush=True)\nlock.acquire()"
    with subprocess.Popen([sys.executable, "-c", stuck], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            process.stdout.readline()
            probe = _probe(synthesized, process.pid, tmp_path)
            _ends_with(probe, 0, within=1)
            assert _ends_with(probe, 1, within=100)
        finally:
            process.kill()


def _probe(manifests: list[Manifest], pid: int, folder: Path) -> list[str]:
    """The rendered probe, told of a process that is not number 1 here, and of a folder of its own."""
    container = one(manifests, "Deployment", "reports-worker")["spec"]["template"]["spec"]["containers"][0]
    command: list[str] = container["livenessProbe"]["exec"]["command"]
    return [part.replace("/proc/1/", f"/proc/{pid}/").replace("/tmp/", f"{folder}/") for part in command]


def _ends_with(command: list[str], status: int, *, within: int) -> bool:
    return any(subprocess.run(command, check=False, timeout=10).returncode == status for _ in range(within))
