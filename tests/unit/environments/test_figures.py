"""Every figure of the specification, read out of the manifests of every environment."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from examx_constructs.settings.naming import LONGEST_TASK_ANNOTATION
from tests.support import Manifest, of_kind, one, variables

FILE = Path(__file__).with_name("figures.yaml")
FIGURES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())
EVERY = "every environment"
QUEUES: dict[str, str] = FIGURES[EVERY]["workers"]
"""The Deployment of each queue."""

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


class Figures:
    """What figures.yaml says of an environment. A difference names the file and the key to edit."""

    def __init__(self, environment: str) -> None:
        self._environment = environment

    def __getitem__(self, key: str) -> Any:
        return FIGURES[self._whose(key)][key]

    def expect(self, found: object, key: str, *inside: str) -> None:
        """What is rendered is the figure of this key, or of one inside of it."""
        figure = self[key]
        for each in inside:
            figure = figure[each]
        path = " / ".join((self._whose(key), key, *inside))
        place = f"{FILE.relative_to(Path(__file__).parents[3])}: {path}"
        assert found == figure, f"{place} is {figure!r}, and {self._environment} renders {found!r}: edit one of both"

    def _whose(self, key: str) -> str:
        return EVERY if key in FIGURES[EVERY] else self._environment


@pytest.fixture
def figures(environment_name: str) -> Figures:
    if environment_name not in FIGURES:
        pytest.skip(f"{environment_name} is not in the specification")
    return Figures(environment_name)


def _container(manifests: list[Manifest], deployment: str, number: int = 0) -> Manifest:
    return one(manifests, "Deployment", deployment)["spec"]["template"]["spec"]["containers"][number]


def _resources(container: Manifest, figures: list[object]) -> list[object]:
    """Requests and limits; a text that reads as its figure does, as "1" for 1, is the figure."""
    requests, limits = container["resources"]["requests"], container["resources"]["limits"]
    found = [requests["cpu"], requests["memory"], limits["cpu"], limits["memory"]]
    return [figure if str(figure) == text else text for text, figure in zip(found, figures, strict=True)]


def test_every_environment_of_the_specification_is_rendered(rendered: dict[str, list[Manifest]]) -> None:
    assert FIGURES.keys() - {EVERY} <= rendered.keys()


def test_a_difference_names_the_file_and_the_key() -> None:
    with pytest.raises(AssertionError) as failed:
        Figures("prod").expect([2, -1], "worker replicas", "default")
    path = "tests/unit/environments/figures.yaml: prod / worker replicas / default is "
    assert str(failed.value).startswith(path)
    assert "prod renders [2, -1]: edit one of both" in str(failed.value)


def test_identity(manifests: list[Manifest], figures: Figures) -> None:
    namespace = one(manifests, "Namespace")["metadata"]
    figures.expect(namespace["name"], "namespace")
    figures.expect(namespace["annotations"]["examx.ai/cluster"], "cluster")
    accounts = [each["metadata"]["name"] for each in of_kind(manifests, "ServiceAccount")]
    figures.expect(accounts[0], "service account")
    for manifest in manifests:
        template = manifest.get("spec", {}).get("template")
        for labels in (manifest["metadata"]["labels"], *([template["metadata"]["labels"]] if template else [])):
            figures.expect({name: labels.get(name) for name in figures["labels"]}, "labels")


def test_resources(manifests: list[Manifest], figures: Figures) -> None:
    backend = _container(manifests, "examxv2-backend")
    figures.expect(_resources(backend, figures["backend resources"]), "backend resources")
    beat = _container(manifests, "celery-beat")
    figures.expect(_resources(beat, figures["beat resources"]), "beat resources")
    for worker in QUEUES.values():
        found = _resources(_container(manifests, worker), figures["worker resources"])
        figures.expect(found, "worker resources")


def test_backend(manifests: list[Manifest], figures: Figures) -> None:
    figures.expect(int(variables(_container(manifests, "examxv2-backend"))["WORKERS"]), "gunicorn workers")
    autoscaler = one(manifests, "HorizontalPodAutoscaler", "examxv2-backend-pod-autoscaler")["spec"]
    figures.expect([autoscaler["minReplicas"], autoscaler["maxReplicas"]], "backend replicas")
    shares = {
        each["resource"]["name"]: each["resource"]["target"]["averageUtilization"] for each in autoscaler["metrics"]
    }
    figures.expect(shares, "utilization")


def test_behavior_of_every_autoscaler(manifests: list[Manifest]) -> None:
    for autoscaler in of_kind(manifests, "HorizontalPodAutoscaler"):
        assert autoscaler["spec"]["behavior"] == BEHAVIOR
    for scaled in of_kind(manifests, "ScaledObject"):
        assert scaled["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"] == BEHAVIOR


@pytest.mark.parametrize("queue", QUEUES)
def test_queue(manifests: list[Manifest], figures: Figures, queue: str) -> None:
    worker = QUEUES[queue]
    command = _container(manifests, worker)["command"]
    assert command[:6] == ["celery", "-A", "examx", "worker", "-l", "debug"]
    assert "-E" in command
    options = dict(pairwise(command))
    assert options["-Q"] == queue
    figures.expect(options["--pool"], "pool", queue)
    figures.expect(int(options["--concurrency"]), "concurrency", queue)
    assert options["--prefetch-multiplier"] == "1"
    deployment = one(manifests, "Deployment", worker)
    longest = int(deployment["metadata"]["annotations"][LONGEST_TASK_ANNOTATION])
    figures.expect(longest, "longest task", queue)
    assert deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > longest
    scaler = one(manifests, "ScaledObject", f"{worker}-scaler")["spec"]
    figures.expect([scaler["minReplicaCount"], scaler["maxReplicaCount"]], "worker replicas", queue)
    figures.expect([scaler["pollingInterval"], scaler["cooldownPeriod"]], "polling and cooldown", queue)
    backlog, *shares = scaler["triggers"]
    assert backlog["metadata"]["listName"] == queue
    figures.expect(int(backlog["metadata"]["listLength"]), "list length", queue)
    assert [each["metricType"] for each in shares] == ["Utilization", "Utilization"]
    figures.expect({each["type"]: int(each["metadata"]["value"]) for each in shares}, "utilization")


def test_ingress(manifests: list[Manifest], figures: Figures) -> None:
    ingress = one(manifests, "Ingress", "examxv2-ingress")
    annotations = {key.split("/")[1]: text for key, text in ingress["metadata"]["annotations"].items()}
    assert ingress["spec"]["ingressClassName"] == "alb"
    host, *others = (rule["host"] for rule in ingress["spec"]["rules"])
    figures.expect(host, "host")
    figures.expect(others, "other hosts")
    figures.expect(annotations.get("certificate-arn"), "certificate")
    [tls] = json.loads(annotations["mutual-authentication"])
    assert tls["port"] == 443
    figures.expect(tls["mode"], "client tls")
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
    figures.expect(int(attributes.pop("idle_timeout.timeout_seconds")), "idle timeout")
    figures.expect(attributes.pop("deletion_protection.enabled"), "deletion protection")
    logs = {name: attributes.pop(name) for name in list(attributes) if name.startswith("access_logs.s3.")}
    figures.expect({name.removeprefix("access_logs.s3."): text for name, text in logs.items()}, "access logs")
    assert attributes == {
        "routing.http2.enabled": "true",
        "routing.http.drop_invalid_header_fields.enabled": "true",
    }


def test_secrets(manifests: list[Manifest], figures: Figures) -> None:
    provider = one(manifests, "SecretProviderClass", "examxv2-backend-secrets")["spec"]
    assert provider["parameters"]["region"] == "ap-south-1"
    [secret] = yaml.safe_load(provider["parameters"]["objects"])
    figures.expect(secret["objectName"], "secret")


def test_storage(manifests: list[Manifest], figures: Figures) -> None:
    volume, claim = one(manifests, "PersistentVolume"), one(manifests, "PersistentVolumeClaim", "examxv2-backend-pvc")
    figures.expect(volume["metadata"]["name"], "volume")
    volume, claim = volume["spec"], claim["spec"]
    assert volume["csi"]["driver"] == "efs.csi.aws.com"
    figures.expect(volume["csi"]["volumeHandle"], "file system")
    assert volume["storageClassName"] == claim["storageClassName"] == "standard"
    figures.expect(claim["volumeName"], "volume")
    figures.expect(volume["capacity"]["storage"], "media capacity")
    figures.expect(claim["resources"]["requests"]["storage"], "media capacity")
    assert volume["accessModes"] == claim["accessModes"] == ["ReadWriteMany"]
    classes = [each["parameters"]["fileSystemId"] for each in of_kind(manifests, "StorageClass")]
    assert len(classes) <= 1
    figures.expect(next(iter(classes), None), "storage class file system")


def test_redis(manifests: list[Manifest], figures: Figures) -> None:
    one(manifests, "Service", "redis")
    servers = {each["metadata"]["name"]: each["spec"].get("replicas") for each in of_kind(manifests, "StatefulSet")}
    figures.expect(servers, "redis")
    triggers = {trigger["type"] for each in of_kind(manifests, "ScaledObject") for trigger in each["spec"]["triggers"]}
    replicated = "redis-sentinel" in servers
    assert triggers == {"redis-sentinel" if replicated else "redis", "cpu", "memory"}
    if replicated:
        replicas = one(manifests, "HorizontalPodAutoscaler", "redis-replica-pod-autoscaler")["spec"]
        figures.expect([replicas["minReplicas"], replicas["maxReplicas"]], "redis replicas")
