import shlex

import pytest
from attrs import evolve
from cdk8s import Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import CeleryBeat, CeleryWorker, DjangoApp
from examx_constructs.settings import Fallback, ImageReference, ScalingBehavior, SettingError, Utilization
from tests.support import Manifest, of_kind, one, pod_templates, synth, variables
from tests.unit.constructs.conftest import QUEUE, RESOURCES


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
