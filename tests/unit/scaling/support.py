"""Autoscalers and workers to simulate with."""

from typing import Any

from examx_constructs.manifests import Manifests, Versions
from examx_constructs.manifests.scaling import autoscalers
from examx_constructs.scaling.policy import (
    Behavior,
    Direction,
    ExternalMetric,
    HpaPolicy,
    KedaPolicy,
    Limit,
    ResourceMetric,
    Trigger,
)
from examx_constructs.scaling.reading import Scaling, scaling_of
from examx_constructs.scaling.workers import Workers

GIB = 1 << 30
UP = Direction((Limit(70, 15, percent=True), Limit(4, 15)), 0)
DOWN = Direction((Limit(100, 15, percent=True),), 300)
LIST = Trigger(ExternalMetric(10_000))


def keda(minimum: int = 2, maximum: int = 20, *, triggers: tuple[Trigger, ...] = (LIST,), **more: Any) -> KedaPolicy:
    """A worker as those of dist/ are, which counts a list of ten tasks a pod."""
    metrics = (*(each.metric for each in triggers), ResourceMetric("cpu", 70), ResourceMetric("memory", 80))
    hpa = HpaPolicy(max(minimum, 1), maximum, metrics, Behavior(UP, DOWN))
    return KedaPolicy(hpa, triggers, minimum=minimum, polling=more.pop("polling", 15), **more)


def workers(concurrency: int = 4, **more: Any) -> Workers:
    """Prefork workers that take tasks at once."""
    return Workers(concurrency, take=0.0, cpu=1000, memory=GIB, **more)


def scaling(policy: KedaPolicy | None = None, made: Workers | None = None) -> Scaling:
    """Both together."""
    return Scaling("worker", policy or keda(), made or workers(), "default")


def deployment(**container: Any) -> dict[str, Any]:
    """A Celery worker."""
    requests = {"cpu": "500m", "memory": "512Mi"}
    command = ["celery", "-A", "app", "worker", "--pool=prefork", "-c", "4", "--prefetch-multiplier=1", "-Q", "default"]
    made = {"name": "worker", "image": "example.com/worker:1", "command": command, "resources": {"requests": requests}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "worker", "namespace": "team"},
        "spec": {
            "selector": {"matchLabels": {"app": "worker"}},
            "template": {
                "metadata": {"labels": {"app": "worker"}},
                "spec": {"terminationGracePeriodSeconds": 90, "containers": [made | container]},
            },
        },
    }


def scaled_object(*triggers: dict[str, Any], annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    """A ScaledObject of that worker; without triggers it counts the worker's list."""
    redis = {"type": "redis", "metadata": {"address": "redis:6379", "listName": "default", "listLength": "10"}}
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "worker-scaler", "namespace": "team", "annotations": annotations or {}},
        "spec": {"scaleTargetRef": {"name": "worker"}, "triggers": list(triggers) or [redis], **spec},
    }


def hpa(**spec: Any) -> dict[str, Any]:
    """An HPA of that worker."""
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "worker"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "worker", "namespace": "team"},
        "spec": {"scaleTargetRef": target, "maxReplicas": 10, **spec},
    }


def read(*objects: dict[str, Any], versions: Versions | None = None) -> Scaling:
    """The only autoscaler among these objects."""
    manifests = Manifests.of(objects, "worker.yaml", versions or Versions())
    (autoscaler,) = autoscalers(manifests)
    return scaling_of(manifests, autoscaler)
