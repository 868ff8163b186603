"""From manifests to policies: defaults, every kind that is modelled, and a line for each that is not."""

import subprocess
import sys
from typing import Any

import pytest

from examx_constructs.manifests import Manifests, Versions, load
from examx_constructs.manifests.scaling import autoscalers
from examx_constructs.scaling import HpaPolicy, KedaPolicy, ScalingError, scaling_of, scalings
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
from tests.scaling.support import deployment, hpa, read, scaled_object

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


def test_every_queue_of_the_environments():
    found = list(scalings(load(PROJECT / "dist")))
    assert len(found) >= 12
    assert {each.queue for each in found} == {"default", "bulk_upload", "question_enrichment", "question_generator_ai"}
    assert all(isinstance(each.policy, KedaPolicy) for each in found)


MANY = {"type": "redis", "metadata": {"listName": "other"}}
LIST = {"type": "redis", "metadata": {"listName": "default"}}


@pytest.mark.parametrize(
    ("scaler", "said"),
    [
        (
            scaled_object({"type": "kafka", "metadata": {}}),
            'spec.triggers[0].type is "kafka"; allowed: redis, redis-sentinel',
        ),
        (scaled_object({"type": "redis-streams", "metadata": {}}), "the simulator models no other trigger"),
        (scaled_object({"metadata": {}}), "spec.triggers[0].type is missing"),
        (scaled_object({"type": "redis", "metadata": {}}), "spec.triggers[0].metadata.listName is missing"),
        (scaled_object(LIST, MANY), 'spec.triggers[1].metadata.listName is "other"; allowed: "default"'),
        (
            scaled_object(LIST | {"metricType": "Utilization"}),
            'metricType is "Utilization"; allowed: AverageValue or Value',
        ),
        (
            scaled_object({"type": "redis", "metadata": {"listName": "default", "listLength": "0"}}),
            'listLength is "0"; allowed: a whole number of 1 or more',
        ),
        (
            scaled_object({"type": "redis", "metadata": {"listName": "default", "listLength": 10}}),
            "listLength is 10; allowed: a whole number of 1 or more, as a text",
        ),
        (
            scaled_object({"type": "prometheus", "metadata": {"threshold": "many"}}),
            'spec.triggers[0].metadata.threshold is "many"; allowed: a number, as a text',
        ),
        (
            scaled_object({"type": "prometheus", "metadata": {"threshold": "0"}}),
            'threshold is "0"; allowed: 0.001 or more',
        ),
        (
            scaled_object({"type": "cpu", "metadata": {"value": "70"}}),
            "metricType is missing; allowed: Utilization or AverageValue",
        ),
        (
            scaled_object(CPU | {"metadata": {"value": "70", "containerName": "sidecar"}}, minReplicaCount=1),
            'containerName is "sidecar"; allowed: "worker", or leave it out',
        ),
        (scaled_object(CPU), "spec.minReplicaCount is missing; allowed: 1 or more"),
        (scaled_object(CRON | {"metadata": CRON["metadata"] | {"timezone": "Mars/One"}}), 'timezone is "Mars/One"'),
        (
            scaled_object(CRON | {"metadata": CRON["metadata"] | {"start": "8"}}),
            'spec.triggers[0].metadata.start is "8"',
        ),
        (scaled_object(CRON | {"metadata": CRON["metadata"] | {"end": "0 8 * * *"}}), "another time than the start"),
        (
            scaled_object(advanced={"scalingModifiers": {"formula": "a", "target": "1"}}),
            "scalingModifiers is a mapping of 2 keys; allowed: none; formulas over triggers are not modelled",
        ),
        (scaled_object(minReplicaCount=5, maxReplicaCount=2), "spec.minReplicaCount is 5; allowed: at most 2"),
        (scaled_object(minReplicaCount="2"), 'spec.minReplicaCount is "2"; allowed: a whole number from 0'),
        (scaled_object(pollingInterval=0), "spec.pollingInterval is 0; allowed: a whole number from 1"),
        (scaled_object(cooldownPeriod=-1), "spec.cooldownPeriod is -1; allowed: a whole number from 0"),
        (
            scaled_object(minReplicaCount=1, idleReplicaCount=1),
            "spec.idleReplicaCount is 1; allowed: less than the least, 1",
        ),
        (scaled_object(fallback={"replicas": 2}), "spec.fallback.failureThreshold is missing"),
        (
            scaled_object(fallback={"failureThreshold": 1, "replicas": 2, "behavior": "best"}),
            'behavior is "best"; allowed: static',
        ),
        (
            scaled_object(LIST | {"metricType": "Value"}, fallback={"failureThreshold": 1, "replicas": 2}),
            "no trigger can fall back",
        ),
        (scaled_object(annotations={"autoscaling.keda.sh/paused-replicas": "none"}), 'paused-replicas] is "none"'),
        (scaled_object(triggers=[]), "spec.triggers is an empty list; allowed: at least one trigger"),
        (scaled_object(scaleTargetRef={"name": "gone"}), 'spec.scaleTargetRef.name is "gone"; allowed: a workload'),
        (hpa(maxReplicas=None), "spec.maxReplicas is missing; allowed: a whole number from 1"),
        (
            hpa(metrics=[{"type": "External"}]),
            'spec.metrics[0].type is "External"; allowed: Resource or ContainerResource',
        ),
        (
            hpa(metrics=[{"type": "Resource", "resource": {"name": "disk"}}]),
            'resource.name is "disk"; allowed: cpu or memory',
        ),
        (hpa(metrics=[{"type": "Resource", "resource": {"name": "cpu"}}]), "averageUtilization is missing"),
        (hpa(behavior={"scaleUp": {"policies": []}}), "spec.behavior.scaleUp.policies is an empty list"),
        (
            hpa(behavior={"scaleUp": {"selectPolicy": "Most"}}),
            'selectPolicy is "Most"; allowed: Max or Min or Disabled',
        ),
        (
            hpa(behavior={"scaleDown": {"stabilizationWindowSeconds": 4000}}),
            "stabilizationWindowSeconds is 4000; allowed: a whole number from 0 to 3600",
        ),
        (
            hpa(behavior={"scaleDown": {"policies": [{"type": "Pods", "value": 0, "periodSeconds": 15}]}}),
            "policies[0].value is 0; allowed: a whole number from 1",
        ),
        (
            hpa(behavior={"scaleDown": {"policies": [{"type": "Some", "value": 1, "periodSeconds": 15}]}}),
            'policies[0].type is "Some"; allowed: Pods or Percent',
        ),
        (hpa(behavior={"scaleUp": {"tolerance": "much"}}), 'tolerance is "much"; allowed: a quantity'),
    ],
)
def test_what_is_wrong_or_not_modelled_is_refused_in_a_line(scaler: dict[str, Any], said: str):
    with pytest.raises(ScalingError) as caught:
        read(scaler, deployment())
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"worker.yaml: {scaler['kind']} team/")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("container", "said"),
    [
        ({"command": ["python", "-m", "app"]}, "allowed: one that starts a Celery worker"),
        (
            {"command": ["celery", "worker", "--prefetch-multiplier", "1"]},
            "allowed: --concurrency with a number above 0",
        ),
        ({"command": ["celery", "worker", "-c", "4"]}, 'is "4"; allowed: --prefetch-multiplier 1'),
        ({"command": ["celery", "worker", "--autoscale=9,3"]}, 'is "--autoscale"; allowed: --concurrency'),
        ({"command": ["celery", "worker", "-P", "cluster", "-c", "2"]}, 'is "cluster"; allowed: prefork, gevent'),
        ({"resources": {"requests": {"cpu": "half"}}}, 'requests.cpu is "half"; allowed: a quantity'),
    ],
)
def test_a_worker_that_is_not_known_is_refused(container: dict[str, Any], said: str):
    with pytest.raises(ScalingError) as caught:
        read(scaled_object(), deployment(**container))
    assert said in str(caught.value)


def test_two_autoscalers_of_one_workload_are_refused():
    manifests = Manifests.of([scaled_object(), hpa(), deployment()], "worker.yaml")
    with pytest.raises(ScalingError, match="another workload than that of the ScaledObject worker-scaler; each undoes"):
        list(scalings(manifests))


def test_the_hpa_that_keda_made_is_none_of_its_own():
    made = hpa()
    made["metadata"] |= {"name": "keda-hpa-worker-scaler", "ownerReferences": [{"kind": "ScaledObject", "name": "x"}]}
    (found,) = scalings(Manifests.of([scaled_object(), made, deployment()]))
    assert found.name == "worker-scaler"


def test_slots_may_be_told():
    manifests = Manifests.of([scaled_object(), deployment(command=["python", "-m", "app"])])
    (autoscaler,) = autoscalers(manifests)
    assert scaling_of(manifests, autoscaler, concurrency=3).workers.concurrency == 3


@pytest.mark.parametrize(
    "scaler",
    [
        scaled_object(fallback={"failureThreshold": 1, "replicas": 2}),
        scaled_object(annotations={"autoscaling.keda.sh/paused": "true"}),
        scaled_object(annotations={"autoscaling.keda.sh/paused-scale-in": "true"}),
    ],
)
def test_what_later_versions_of_keda_do_otherwise_is_refused_for_them(scaler: dict[str, Any]):
    read(scaler, deployment())
    with pytest.raises(ScalingError, match=r"as KEDA 2\.17 has them, and later ones differ"):
        read(scaler, deployment(), versions=Versions(keda="2.20"))


def test_nothing_of_it_starts_node():
    program = (
        "import sys, examx_constructs.scaling as s; print([n for n in sys.modules if n.startswith(('jsii', 'numpy'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
