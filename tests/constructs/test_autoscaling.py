import pytest
from attrs import evolve
from cdk8s import Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import (
    CeleryBeat,
    DjangoApp,
    QueueAutoscaler,
    RedisTriggerAuthentication,
    ResourceAutoscaler,
    ScaleTarget,
)
from examx_constructs.settings import (
    Backlog,
    Duration,
    Fallback,
    RedisAddress,
    Replicas,
    ScalingBehavior,
    SentinelAddress,
    SettingError,
    Utilization,
)
from tests.constructs.conftest import QUEUE, RESOURCES
from tests.support import one, synth

REDIS = RedisAddress(host="redis.team-a.svc.cluster.local")
SENTINELS = SentinelAddress(
    hosts=tuple(f"sentinel-{n}.sentinel.team-a.svc.cluster.local" for n in range(3)), master_name="primary"
)


@pytest.fixture
def target(chart: Chart, minimal_app: DjangoApp) -> ScaleTarget:
    workload = CeleryBeat(chart, "workload", app=minimal_app, resources=RESOURCES, name="workload").deployment
    return ScaleTarget(workload=workload, labels={"app.kubernetes.io/name": "workload"})


def test_minimal(chart: Chart, target: ScaleTarget, snapshot: SnapshotAssertion) -> None:
    ResourceAutoscaler(chart, "resources", target=target, replicas=Replicas.between(1, 2))
    QueueAutoscaler(chart, "queue", target=target, queue=QUEUE, redis=REDIS)
    assert _autoscalers(chart) == snapshot


def test_full(chart: Chart, target: ScaleTarget, snapshot: SnapshotAssertion) -> None:
    behavior = ScalingBehavior(
        period=Duration("30s"),
        scale_down_window=Duration("10m"),
        scale_down_percent=50,
        scale_up_window=Duration("15s"),
        scale_up_percent=100,
        scale_up_pods=2,
    )
    ResourceAutoscaler(
        chart,
        "resources",
        target=target,
        replicas=Replicas.between(2, 9),
        utilization=Utilization(cpu=50, memory=None),
        behavior=behavior,
    )
    QueueAutoscaler(
        chart,
        "queue",
        target=target,
        queue=QUEUE,
        redis=evolve(SENTINELS, authenticated=True),
        authentication=RedisTriggerAuthentication(
            chart, "auth", name="redis-auth", secret="redis-auth", key="password"
        ),
        utilization=Utilization(cpu=None, memory=60),
        behavior=behavior,
        fallback=Fallback(failure_threshold=3, replicas=2, behavior="currentReplicasIfHigher"),
        paused_at=4,
    )
    assert _autoscalers(chart) == snapshot


def _autoscalers(chart: Chart) -> list[object]:
    kinds = ("HorizontalPodAutoscaler", "ScaledObject", "TriggerAuthentication")
    return [each for each in synth(chart) if each["kind"] in kinds]


def test_a_tls_redis_is_said_to_keda(chart: Chart, target: ScaleTarget) -> None:
    QueueAutoscaler(chart, "queue", target=target, queue=QUEUE, redis=evolve(REDIS, tls=True, port=6380, database=2))
    metadata = one(synth(chart), "ScaledObject")["spec"]["triggers"][0]["metadata"]
    assert metadata == {
        "address": "redis.team-a.svc.cluster.local:6380",
        "databaseIndex": "2",
        "enableTLS": "true",
        "listName": "reports",
        "listLength": "4",
    }


def test_a_backlog_takes_the_place_of_the_list(chart: Chart, target: ScaleTarget) -> None:
    backlog = Backlog(
        server="https://prometheus.example.com/api/prom",
        threshold=3,
        authentication="prometheus-auth",
        auth_modes=("tls", "basic"),
    )
    # The list is not counted, so its password is not needed.
    QueueAutoscaler(
        chart, "queue", target=target, queue=evolve(QUEUE, backlog=backlog), redis=evolve(REDIS, authenticated=True)
    )
    first, *others = one(synth(chart), "ScaledObject")["spec"]["triggers"]
    assert first == {
        "type": "prometheus",
        "metricType": "AverageValue",
        "metadata": {
            "serverAddress": "https://prometheus.example.com/api/prom",
            "query": (
                'sum(examx_celery_queue_pending{queue="reports",namespace="team-a"}'
                ' + examx_celery_queue_active{queue="reports",namespace="team-a"})'
            ),
            "threshold": "3",
            "ignoreNullValues": "false",
            "authModes": "tls,basic",
        },
        "authenticationRef": {"name": "prometheus-auth"},
    }
    assert [each["type"] for each in others] == ["cpu", "memory"]


def test_a_password_needs_a_trigger_authentication(chart: Chart, target: ScaleTarget) -> None:
    with pytest.raises(SettingError, match=r"QueueAutoscaler\.authentication is None; it must be given: .* password"):
        QueueAutoscaler(chart, "queue", target=target, queue=QUEUE, redis=evolve(REDIS, authenticated=True))


def test_an_hpa_can_not_scale_to_zero(chart: Chart, target: ScaleTarget) -> None:
    with pytest.raises(SettingError, match=r"replicas\.minimum is 0; the least is 1: an HPA can not scale to zero"):
        ResourceAutoscaler(chart, "resources", target=target, replicas=Replicas.between(0, 2))


@pytest.mark.parametrize("behavior", ["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"])
def test_every_fallback_behavior_is_rendered_as_keda_spells_it(
    chart: Chart, target: ScaleTarget, behavior: str
) -> None:
    fallback = Fallback(failure_threshold=3, replicas=1, behavior=behavior)
    QueueAutoscaler(chart, "queue", target=target, queue=QUEUE, redis=REDIS, fallback=fallback)
    assert one(synth(chart), "ScaledObject")["spec"]["fallback"]["behavior"] == behavior


def test_a_queue_says_how_fast_its_replicas_follow(chart: Chart, target: ScaleTarget) -> None:
    queue = evolve(QUEUE, behavior=ScalingBehavior(scale_up_pods=9, scale_down_window=Duration("60s")))
    QueueAutoscaler(chart, "queue", target=target, queue=queue, redis=REDIS)
    config = one(synth(chart), "ScaledObject")["spec"]["advanced"]["horizontalPodAutoscalerConfig"]
    up, down = config["behavior"]["scaleUp"], config["behavior"]["scaleDown"]
    assert (up["policies"][1]["value"], down["stabilizationWindowSeconds"]) == (9, 60)


def test_a_behavior_that_is_given_stands_before_the_queue_s_own(chart: Chart, target: ScaleTarget) -> None:
    queue = evolve(QUEUE, behavior=ScalingBehavior(scale_up_pods=9))
    given = ScalingBehavior(scale_up_pods=3)
    QueueAutoscaler(chart, "queue", target=target, queue=queue, redis=REDIS, behavior=given)
    config = one(synth(chart), "ScaledObject")["spec"]["advanced"]["horizontalPodAutoscalerConfig"]
    assert config["behavior"]["scaleUp"]["policies"][1]["value"] == 3
