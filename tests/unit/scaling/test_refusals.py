"""A line for each that is wrong, or not modelled."""

from typing import Any

import pytest

from examx_constructs.manifests import Manifests, Versions
from examx_constructs.scaling import ScalingError, scalings
from tests.unit.scaling.support import deployment, hpa, read, scaled_object
from tests.unit.scaling.test_reading import CPU, CRON

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
        (
            {"command": ["celery", "worker", "-c", "4", "--prefetch-multiplier", "many"]},
            'is "many"; allowed: --prefetch-multiplier with a whole number',
        ),
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
