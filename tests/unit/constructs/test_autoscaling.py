import pytest
from attrs import evolve
from cdk8s import Chart
from syrupy.assertion import SnapshotAssertion

from examx_constructs import (
    CeleryBeat,
    CeleryWorker,
    DjangoApp,
    QueueAutoscaler,
    RedisTriggerAuthentication,
    ResourceAutoscaler,
    ScaleTarget,
    TriggerAutoscaler,
)
from examx_constructs.checks import Manifests, check
from examx_constructs.settings import (
    Backlog,
    ContainerMetric,
    CronTrigger,
    Duration,
    ExternalMetric,
    Fallback,
    KafkaTrigger,
    ObjectMetric,
    PodsMetric,
    PrometheusTrigger,
    Quantity,
    QueueList,
    RabbitMqTrigger,
    RedisAddress,
    Replicas,
    ScalingBehavior,
    SentinelAddress,
    SettingError,
    SqsTrigger,
    Trigger,
    Utilization,
)
from tests.support import one, synth
from tests.unit.constructs.conftest import QUEUE, RESOURCES

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
    with pytest.raises(SettingError, match=r"replicas\.minimum is 0; the least is 1: an HPA cannot scale to zero"):
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


def test_every_list_of_a_worker_is_counted_and_other_triggers_stand_beside(
    chart: Chart, target: ScaleTarget, snapshot: SnapshotAssertion
) -> None:
    queue = evolve(
        QUEUE,
        more_lists=(QueueList(name="low", list_length=50),),
        triggers=(
            CronTrigger(timezone="Asia/Kolkata", start="0 8 * * 1-6", end="0 20 * * 1-6", replicas=4),
            Trigger(
                type="aws-sqs-queue",
                metadata={"queueURLFromEnv": "SQS_URL", "awsRegion": "eu-west-1"},
                authentication="aws",
                authentication_kind="ClusterTriggerAuthentication",
                name="sqs",
                cached=True,
            ),
        ),
    )
    QueueAutoscaler(chart, "queue", target=target, queue=queue, redis=REDIS)
    assert one(synth(chart), "ScaledObject")["spec"]["triggers"] == snapshot


def test_a_backlog_of_several_lists_is_their_sum(chart: Chart, target: ScaleTarget) -> None:
    backlog = Backlog(server="http://prometheus:9090", metrics=("tasks",), threshold=3)
    queue = evolve(QUEUE, more_lists=(QueueList(name="low", list_length=50),), backlog=backlog)
    QueueAutoscaler(chart, "queue", target=target, queue=queue, redis=REDIS)
    first, *others = one(synth(chart), "ScaledObject")["spec"]["triggers"]
    assert first["metadata"]["query"] == 'sum(tasks{queue=~"reports|low",namespace="team-a"})'
    assert {each["type"] for each in others} == {"cpu", "memory"}


def test_any_workload_scales_on_any_trigger(chart: Chart, target: ScaleTarget, snapshot: SnapshotAssertion) -> None:
    TriggerAutoscaler(
        chart,
        "orders",
        target=target,
        triggers=[
            KafkaTrigger(bootstrap_servers=("kafka-0:9092",), consumer_group="shop", topic="orders", lag=20),
            RabbitMqTrigger(queue="orders", target=5, authentication="rabbitmq"),
            PrometheusTrigger(server="http://prometheus:9090", query="sum(orders)", threshold=0.5),
            SqsTrigger(queue_url="https://sqs.eu-west-1.amazonaws.com/111122223333/orders", queue_length=5),
        ],
        replicas=Replicas.between(0, 9),
    )
    assert one(synth(chart), "ScaledObject")["spec"]["triggers"] == snapshot


def test_what_nothing_would_wake_keeps_a_replica(chart: Chart, target: ScaleTarget) -> None:
    with pytest.raises(SettingError, match="minimum is 0; the least is 1: cpu and memory cannot be measured at zero"):
        TriggerAutoscaler(
            chart,
            "a",
            target=target,
            triggers=[Trigger(type="cpu", metadata={"value": "70"}, metric_type="Utilization")],
            replicas=Replicas.between(0, 9),
        )
    with pytest.raises(SettingError, match="it must name one"):
        TriggerAutoscaler(chart, "b", target=target, triggers=[], replicas=Replicas.between(1, 9))


def test_an_hpa_looks_at_other_metrics_too(chart: Chart, target: ScaleTarget, snapshot: SnapshotAssertion) -> None:
    ResourceAutoscaler(
        chart,
        "resources",
        target=target,
        replicas=Replicas.between(1, 9),
        metrics=[
            ContainerMetric(container="celery-beat", resource="cpu", utilization=60),
            PodsMetric(name="requests_per_second", target=Quantity("10"), labels={"code": "200"}),
            ObjectMetric(
                name="requests",
                api_version="networking.k8s.io/v1",
                kind="Ingress",
                object="shop",
                target=Quantity("100"),
                of_all=True,
            ),
            ExternalMetric(name="orders_waiting", target=Quantity("500m")),
        ],
    )
    assert one(synth(chart), "HorizontalPodAutoscaler")["spec"]["metrics"] == snapshot


def test_a_worker_with_all_of_this_breaks_no_rule(chart: Chart, full_app: DjangoApp) -> None:
    queue = evolve(
        QUEUE,
        more_lists=(QueueList(name="low", list_length=50),),
        triggers=(CronTrigger(timezone="Asia/Kolkata", start="0 8 * * 1-6", end="0 20 * * 1-6", replicas=2),),
    )
    CeleryWorker(chart, "worker", app=full_app, queue=queue, resources=RESOURCES)
    found = check(Manifests.of(synth(chart), "chart.yaml"))
    assert [str(each) for each in found if each.object.kind == "ScaledObject"] == []
