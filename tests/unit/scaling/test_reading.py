"""From manifests to policies: defaults, every kind that is modelled, and a line for each that is not."""

from typing import Any

import pytest

from examx_constructs.manifests import Manifests, load
from examx_constructs.manifests.scaling import autoscalers
from examx_constructs.scaling import HpaPolicy, KedaPolicy, scaling_of, scalings
from examx_constructs.scaling.policy import (
    DEFAULT_DOWN,
    DEFAULT_UP,
    Behavior,
    ExternalMetric,
    Fallback,
    FallbackBehavior,
    Limit,
    ResourceMetric,
    Select,
)
from tests.guides import PROJECT
from tests.unit.scaling.support import deployment, hpa, read, scaled_object

CPU = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}
PROMETHEUS = {"type": "prometheus", "metadata": {"serverAddress": "http://p", "query": "x", "threshold": "2.5"}}
CRON: dict[str, Any] = {
    "type": "cron",
    "metadata": {"timezone": "Asia/Kolkata", "start": "0 8 * * *", "end": "0 18 * * *", "desiredReplicas": "4"},
}


def keda_of(*triggers: Any, **spec: Any) -> KedaPolicy:
    policy = read(scaled_object(*triggers, **spec), deployment()).policy
    assert isinstance(policy, KedaPolicy)
    return policy


def hpa_policy(**spec: Any) -> HpaPolicy:
    policy = read(hpa(**spec), deployment()).policy
    assert isinstance(policy, HpaPolicy)
    return policy


def test_the_defaults_of_a_scaled_object():
    policy = keda_of()
    assert (policy.minimum, policy.hpa.minimum, policy.hpa.maximum) == (0, 1, 100)
    assert (policy.polling, policy.cooldown, policy.initial_cooldown) == (30, 300, 0)
    assert (policy.idle, policy.fallback, policy.paused_at, policy.is_paused) == (None, None, None, False)
    assert policy.hpa.behavior is None
    assert policy.hpa.metrics == (ExternalMetric(10_000),)
    assert policy.triggers[0].connects
    assert not policy.triggers[0].counts_running


def test_every_trigger_that_is_modelled():
    redis = {"type": "redis", "metadata": {"listName": "default", "activationListLength": "3"}}
    whole = {"type": "redis-sentinel", "metricType": "Value", "metadata": {"listName": "default"}}
    amount = {"type": "memory", "metricType": "AverageValue", "metadata": {"value": "100Mi"}}
    old = {"type": "cpu", "metadata": {"type": "Utilization", "value": "60", "containerName": "worker"}}
    policy = keda_of(redis, CPU, PROMETHEUS, whole, amount, CRON, old)
    assert policy.hpa.metrics == (
        ExternalMetric(5_000),
        ExternalMetric(2_500),
        ExternalMetric(5_000, per_pod=False),
        ExternalMetric(1_000),
        ResourceMetric("cpu", 70),
        ResourceMetric("memory", 100 * 1024 * 1024 * 1000, utilization=False),
        ResourceMetric("cpu", 60),
    )
    assert [each.connects for each in policy.triggers] == [True, False, True, False]
    assert [each.counts_running for each in policy.triggers] == [False, True, False, False]
    assert policy.triggers[0].activation == 3.0
    assert policy.triggers[3].cron is not None
    assert policy.triggers[3].cron.replicas == 4


def test_fallback_idle_and_pauses():
    fallback = {"failureThreshold": 2, "replicas": 4, "behavior": "currentReplicasIfHigher"}
    policy = keda_of(minReplicaCount=2, idleReplicaCount=0, fallback=fallback)
    assert policy.fallback == Fallback(2, 4, FallbackBehavior.CURRENT_IF_HIGHER)
    assert policy.idle == 0
    paused = "autoscaling.keda.sh/paused"

    def annotated(**annotations: str) -> KedaPolicy:
        named = {name.replace("_", "-").replace("paused", paused, 1): value for name, value in annotations.items()}
        found = read(scaled_object(annotations=named), deployment()).policy
        assert isinstance(found, KedaPolicy)
        return found

    assert annotated(paused="true").is_paused
    assert annotated(paused="whatever").is_paused
    assert not annotated(paused="false").is_paused
    assert annotated(paused_replicas="3").paused_at == 3


def test_a_behavior_is_filled_up():
    down = {"stabilizationWindowSeconds": 60, "selectPolicy": "Min", "tolerance": "0.05"}
    up = {"policies": [{"type": "Pods", "value": 2, "periodSeconds": 30}]}
    behavior = hpa_policy(behavior={"scaleUp": up, "scaleDown": down}).behavior
    assert behavior is not None
    assert behavior.up.limits == (Limit(2, 30),)
    assert (behavior.up.window, behavior.up.select) == (0, Select.MAX)
    assert (behavior.down.limits, behavior.down.window) == (DEFAULT_DOWN.limits, 60)
    assert (behavior.down.select, behavior.down.tolerance) == (Select.MIN, 0.05)
    assert hpa_policy(behavior={}).behavior == Behavior(DEFAULT_UP, DEFAULT_DOWN)
    zero = hpa_policy(behavior={"scaleUp": {"tolerance": 0}}).behavior
    assert zero is not None
    assert zero.up.tolerance == 0.0


def test_an_hpa_of_its_own():
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}},
    }
    amount = {"type": "AverageValue", "averageValue": "500Mi"}
    container = {
        "type": "ContainerResource",
        "containerResource": {"name": "memory", "container": "worker", "target": amount},
    }
    policy = hpa_policy(minReplicas=2, metrics=[metric, container])
    assert policy.metrics == (
        ResourceMetric("cpu", 60),
        ResourceMetric("memory", 500 * 1024 * 1024 * 1000, utilization=False),
    )
    assert hpa_policy().metrics == (ResourceMetric("cpu", 80),)
    old = hpa(targetCPUUtilizationPercentage=55) | {"apiVersion": "autoscaling/v1"}
    assert read(old, deployment()).policy == HpaPolicy(1, 10, (ResourceMetric("cpu", 55),))


def test_the_worker():
    made = read(scaled_object(), deployment()).workers
    assert (made.concurrency, made.grace, made.refill, made.cpu) == (4, 90.0, 0.0, 500)
    assert made.memory == 512 * 1024 * 1024
    green = deployment(
        command=["sh", "-c", "exec celery -A app worker -P gevent --concurrency=50 --prefetch-multiplier 1"]
    )
    assert (read(scaled_object(), green).workers.concurrency, read(scaled_object(), green).workers.refill) == (50, 2.0)
    solo = deployment(command=["celery", "worker", "-P", "solo", "--prefetch-multiplier", "1"])
    assert read(scaled_object(), solo).workers.concurrency == 1
    hidden = deployment(
        command=["celery", "worker", "--prefetch-multiplier", "1"],
        env=[{"name": "CELERY_WORKER_CONCURRENCY", "value": "7"}],
    )
    assert read(scaled_object(), hidden).workers.concurrency == 7
    limited = deployment(resources={"limits": {"cpu": 2, "memory": "1Gi"}})
    assert (read(scaled_object(), limited).workers.cpu, read(scaled_object(), limited).workers.memory) == (
        2000,
        1 << 30,
    )
    assert read(scaled_object(), deployment(resources={})).workers.cpu is None


@pytest.mark.parametrize(
    ("options", "hold", "refill", "gives_back"),
    [
        ("", 16, 0.0, True),
        ("--prefetch-multiplier=2", 8, 0.0, True),
        ("--prefetch-multiplier 1", None, 0.0, True),
        ("--prefetch-multiplier 0", 1 << 31, 0.0, True),
        ("-P threads", 16, 0.0, False),
        ("-P gevent", 5, 0.0, False),
        ("-P gevent --prefetch-multiplier 1", None, 2.0, False),
        ("-P gevent --disable-prefetch", None, 2.0, False),
        ("--disable-prefetch -P prefork", None, 0.0, True),
    ],
)
def test_what_a_worker_holds_beyond_its_slots(options: str, hold: int | None, refill: float, *, gives_back: bool):
    made = read(scaled_object(), deployment(command=["celery", "worker", "-c", "4", *options.split()])).workers
    assert (made.concurrency, made.hold, made.refill, made.gives_back) == (4, hold, refill, gives_back)


def test_every_queue_of_the_environments():
    found = list(scalings(load(PROJECT / "dist")))
    assert len(found) >= 12
    assert {each.queue for each in found} == {"default", "bulk_upload", "question_enrichment", "question_generator_ai"}
    assert all(isinstance(each.policy, KedaPolicy) for each in found)


def test_the_hpa_that_keda_made_is_none_of_its_own():
    made = hpa()
    made["metadata"] |= {"name": "keda-hpa-worker-scaler", "ownerReferences": [{"kind": "ScaledObject", "name": "x"}]}
    (found,) = scalings(Manifests.of([scaled_object(), made, deployment()]))
    assert found.name == "worker-scaler"


def test_slots_may_be_told():
    manifests = Manifests.of([scaled_object(), deployment(command=["python", "-m", "app"])])
    (autoscaler,) = autoscalers(manifests)
    assert scaling_of(manifests, autoscaler, concurrency=3).workers.concurrency == 3
