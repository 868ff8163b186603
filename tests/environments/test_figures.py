"""Every figure of the specification, read out of the manifests of every environment."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import Manifest, of_kind, one, variables

FIGURES: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("figures.yaml").read_text())

# name of the Deployment, pool, longest task, list length, polling, cooldown
QUEUES = {
    "default": ("celery-worker-default", "gevent", 120, 10, 15, 60),
    "bulk_upload": ("celery-bulk-upload-worker", "prefork", 900, 3, 10, 120),
    "question_enrichment": ("celery-enrichment-worker", "gevent", 300, 5, 15, 60),
    "question_generator_ai": ("celery-question-generator-ai-worker", "gevent", 600, 2, 10, 120),
}
BEHAVIOR = {
    "scaleDown": {
        "stabilizationWindowSeconds": 300,
        "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
    },
    "scaleUp": {
        "stabilizationWindowSeconds": 0,
        "selectPolicy": "Max",
        "policies": [
            {"type": "Percent", "value": 70, "periodSeconds": 15},
            {"type": "Pods", "value": 4, "periodSeconds": 15},
        ],
    },
}


@pytest.fixture
def figures(environment_name: str) -> dict[str, Any]:
    if environment_name not in FIGURES:
        pytest.skip(f"{environment_name} is not in the specification")
    return FIGURES[environment_name]


def _container(manifests: list[Manifest], deployment: str, number: int = 0) -> Manifest:
    return one(manifests, "Deployment", deployment)["spec"]["template"]["spec"]["containers"][number]


def _resources(container: Manifest) -> list[str]:
    requests, limits = container["resources"]["requests"], container["resources"]["limits"]
    return [requests["cpu"], requests["memory"], limits["cpu"], limits["memory"]]


def _texts(figures: list[object]) -> list[str]:
    return [str(figure) for figure in figures]


def test_every_environment_of_the_specification_is_rendered(rendered: dict[str, list[Manifest]]) -> None:
    assert FIGURES.keys() <= rendered.keys()


def test_identity(manifests: list[Manifest], figures: dict[str, Any]) -> None:
    namespace = one(manifests, "Namespace")["metadata"]
    assert namespace["name"] == figures["namespace"]
    assert namespace["annotations"]["examx.ai/cluster"] == figures["cluster"]
    one(manifests, "ServiceAccount", figures["service account"])
    for manifest in manifests:
        assert figures["labels"].items() <= manifest["metadata"]["labels"].items()
        template = manifest.get("spec", {}).get("template")
        assert not template or figures["labels"].items() <= template["metadata"]["labels"].items()


def test_resources(manifests: list[Manifest], figures: dict[str, Any]) -> None:
    assert _resources(_container(manifests, "examxv2-backend")) == _texts(figures["backend resources"])
    assert _resources(_container(manifests, "celery-beat")) == _texts(figures["beat resources"])
    for worker, *_ in QUEUES.values():
        assert _resources(_container(manifests, worker)) == _texts(figures["worker resources"])


def test_backend(manifests: list[Manifest], figures: dict[str, Any]) -> None:
    assert variables(_container(manifests, "examxv2-backend"))["WORKERS"] == str(figures["gunicorn workers"])
    autoscaler = one(manifests, "HorizontalPodAutoscaler", "examxv2-backend-pod-autoscaler")["spec"]
    assert [autoscaler["minReplicas"], autoscaler["maxReplicas"]] == figures["backend replicas"]
    shares = {
        each["resource"]["name"]: each["resource"]["target"]["averageUtilization"] for each in autoscaler["metrics"]
    }
    assert shares == {"cpu": 70, "memory": 80}


def test_behavior_of_every_autoscaler(manifests: list[Manifest]) -> None:
    for autoscaler in of_kind(manifests, "HorizontalPodAutoscaler"):
        assert autoscaler["spec"]["behavior"] == BEHAVIOR
    for scaled in of_kind(manifests, "ScaledObject"):
        assert scaled["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"] == BEHAVIOR


@pytest.mark.parametrize("queue", QUEUES)
def test_queue(manifests: list[Manifest], figures: dict[str, Any], queue: str) -> None:
    worker, pool, longest_task, list_length, polling, cooldown = QUEUES[queue]
    command = _container(manifests, worker)["command"]
    assert command[:6] == ["celery", "-A", "examx", "worker", "-l", "debug"]
    assert "-E" in command
    options = dict(pairwise(command))
    assert (options["--pool"], options["-Q"]) == (pool, queue)
    assert options["--concurrency"] == str(figures["concurrency"][queue])
    assert options["--prefetch-multiplier"] == "1"
    grace = one(manifests, "Deployment", worker)["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert grace >= longest_task
    scaler = one(manifests, "ScaledObject", f"{worker}-scaler")["spec"]
    assert [scaler["minReplicaCount"], scaler["maxReplicaCount"]] == figures["worker replicas"][queue]
    assert (scaler["pollingInterval"], scaler["cooldownPeriod"]) == (polling, cooldown)
    backlog, cpu, memory = scaler["triggers"]
    assert (backlog["metadata"]["listName"], backlog["metadata"]["listLength"]) == (queue, str(list_length))
    assert (cpu["type"], cpu["metricType"], cpu["metadata"]) == ("cpu", "Utilization", {"value": "70"})
    assert (memory["type"], memory["metricType"], memory["metadata"]) == ("memory", "Utilization", {"value": "80"})


def test_ingress(manifests: list[Manifest], figures: dict[str, Any]) -> None:
    ingress = one(manifests, "Ingress", "examxv2-ingress")
    annotations = {key.split("/")[1]: text for key, text in ingress["metadata"]["annotations"].items()}
    assert ingress["spec"]["ingressClassName"] == "alb"
    assert [rule["host"] for rule in ingress["spec"]["rules"]] == [figures["host"], *figures["other hosts"]]
    assert annotations.get("certificate-arn") == figures["certificate"]
    assert json.loads(annotations["mutual-authentication"]) == [{"port": 443, "mode": figures["client tls"]}]
    assert json.loads(annotations["listen-ports"]) == [{"HTTP": 80}, {"HTTPS": 443}]
    assert (annotations["ssl-redirect"], annotations["target-type"]) == ("443", "ip")
    assert (annotations["scheme"], annotations["healthcheck-path"]) == ("internet-facing", "/health")
    assert annotations["ssl-policy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    assert "group.name" not in annotations
    for rule in ingress["spec"]["rules"]:
        services = {each["path"]: each["backend"]["service"]["name"] for each in rule["http"]["paths"]}
        assert services.pop("/") == "examxv2-frontend-service"
        assert services == dict.fromkeys(("/api", "/static", "/media", "/admin"), "examxv2-backend-service")
    attributes = dict(each.split("=") for each in annotations["load-balancer-attributes"].split(","))
    assert attributes == {
        "idle_timeout.timeout_seconds": "600",
        "routing.http2.enabled": "true",
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "deletion_protection.enabled": figures["deletion protection"],
        **{f"access_logs.s3.{name}": text for name, text in figures["access logs"].items()},
    }


def test_secrets(manifests: list[Manifest], figures: dict[str, Any]) -> None:
    provider = one(manifests, "SecretProviderClass", "examxv2-backend-secrets")["spec"]
    assert provider["parameters"]["region"] == "ap-south-1"
    assert [each["objectName"] for each in yaml.safe_load(provider["parameters"]["objects"])] == [figures["secret"]]


def test_storage(manifests: list[Manifest], figures: dict[str, Any]) -> None:
    volume = one(manifests, "PersistentVolume", figures["volume"])["spec"]
    claim = one(manifests, "PersistentVolumeClaim", "examxv2-backend-pvc")["spec"]
    assert volume["csi"] == {"driver": "efs.csi.aws.com", "volumeHandle": figures["file system"]}
    assert volume["storageClassName"] == claim["storageClassName"] == "standard"
    assert claim["volumeName"] == figures["volume"]
    assert volume["capacity"]["storage"] == claim["resources"]["requests"]["storage"] == "10Gi"
    assert volume["accessModes"] == claim["accessModes"] == ["ReadWriteMany"]
    classes = [each["parameters"]["fileSystemId"] for each in of_kind(manifests, "StorageClass")]
    assert classes == [figures["storage class file system"]] * bool(figures["storage class file system"])


def test_redis(manifests: list[Manifest], figures: dict[str, Any]) -> None:
    one(manifests, "Service", "redis")
    servers = {each["metadata"]["name"]: each["spec"].get("replicas") for each in of_kind(manifests, "StatefulSet")}
    triggers = {trigger["type"] for each in of_kind(manifests, "ScaledObject") for trigger in each["spec"]["triggers"]}
    if figures["redis"] == "standalone":
        assert servers == {"redis": 1}
        assert triggers == {"redis", "cpu", "memory"}
    else:
        assert servers == {"redis-primary": 2, "redis-replica": None, "redis-sentinel": 3}
        assert triggers == {"redis-sentinel", "cpu", "memory"}
        replicas = one(manifests, "HorizontalPodAutoscaler", "redis-replica-pod-autoscaler")["spec"]
        assert [replicas["minReplicas"], replicas["maxReplicas"]] == [1, 5]
