"""The mistakes that break such systems in the field, each made in the real manifests and found by its rule."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from examx_constructs.checks import Manifests, check
from tests.support import Manifest, one

WORKER = "celery-bulk-upload-worker"
ALB = "alb.ingress.kubernetes.io/"
Change = Callable[[list[Manifest]], Any]


def deployment(manifests: list[Manifest], name: str) -> Manifest:
    return one(manifests, "Deployment", name)["spec"]


def pod(manifests: list[Manifest], name: str) -> Manifest:
    return deployment(manifests, name)["template"]["spec"]


def scaler(manifests: list[Manifest]) -> Manifest:
    return one(manifests, "ScaledObject", f"{WORKER}-scaler")["spec"]


def trigger(manifests: list[Manifest]) -> Manifest:
    return scaler(manifests)["triggers"][0]["metadata"]


def ingress_annotations(manifests: list[Manifest]) -> Manifest:
    return one(manifests, "Ingress")["metadata"]["annotations"]


def parameters(manifests: list[Manifest]) -> Manifest:
    return one(manifests, "SecretProviderClass", "examxv2-backend-secrets")["spec"]["parameters"]


def scale(kind: str, name: str) -> Change:
    """An HPA that somebody puts on a workload."""

    def change(manifests: list[Manifest]) -> None:
        autoscaler = deepcopy(one(manifests, "HorizontalPodAutoscaler", "examxv2-backend-pod-autoscaler"))
        autoscaler["metadata"]["name"] = f"{name}-extra"
        autoscaler["spec"]["scaleTargetRef"] = {"apiVersion": "apps/v1", "kind": kind, "name": name}
        manifests.append(autoscaler)

    return change


def copy_env_file(manifests: list[Manifest]) -> None:
    hook = {"exec": {"command": ["sh", "-c", "cp /mnt/secret-store/.env /app/examx/.env"]}}
    pod(manifests, WORKER)["containers"][0]["lifecycle"] = {"postStart": hook}


def address_from_env_file(manifests: list[Manifest]) -> None:
    del trigger(manifests)["address"]
    trigger(manifests)["addressFromEnv"] = "CELERY_BROKER_URL"


MISTAKES: dict[str, tuple[str, Change]] = {
    "a redis:// URL as KEDA's address": (
        "redis-address-is-host-and-port",
        lambda m: trigger(m).update(address="redis://redis.dev-examxv2.svc:6379/0"),
    ),
    "an address from a variable that only the .env has": ("redis-trigger-environment-exists", address_from_env_file),
    "an HPA beside a ScaledObject": ("one-autoscaler-per-target", scale("Deployment", WORKER)),
    "replicas under an autoscaler": (
        "no-replicas-under-autoscaler",
        lambda m: deployment(m, WORKER).update(replicas=2),
    ),
    "more replicas at least than at most": (
        "replica-range-is-possible",
        lambda m: scaler(m).update(minReplicaCount=9),
    ),
    "zero replicas while a long task runs": (
        "idle-queue-is-not-idle-worker",
        lambda m: scaler(m).update(minReplicaCount=0),
    ),
    "a grace period shorter than the longest task": (
        "grace-period-covers-longest-task",
        lambda m: pod(m, WORKER).update(terminationGracePeriodSeconds=60),
    ),
    "an autoscaler on Redis": ("redis-is-not-multiplied", scale("StatefulSet", "redis")),
    "an autoscaler on beat": ("beat-is-single", scale("Deployment", "celery-beat")),
    "a second beat during a rollout": (
        "beat-is-single",
        lambda m: deployment(m, "celery-beat").update(strategy={"type": "RollingUpdate"}),
    ),
    "an annotation of another controller": (
        "alb-annotation-is-known",
        lambda m: ingress_annotations(m).update({f"{ALB}proxy-body-size": "2048m"}),
    ),
    "client certificates on a port without HTTPS": (
        "alb-mutual-authentication-has-listener",
        lambda m: ingress_annotations(m).update(
            {f"{ALB}mutual-authentication": '[{"port": 80, "mode": "passthrough"}]'}
        ),
    ),
    "a Helm value among the provider's parameters": (
        "provider-parameter-is-known",
        lambda m: parameters(m).update(syncSecret="true"),
    ),
    "a .env that a hook copies": ("secrets-are-not-copied-by-hook", copy_env_file),
    "a claim on EFS that leaves its class to the cluster": (
        "claim-and-volume-agree",
        lambda m: one(m, "PersistentVolumeClaim")["spec"].pop("storageClassName"),
    ),
    "a volume attribute that the EFS driver refuses": (
        "efs-volume-is-valid",
        lambda m: one(m, "PersistentVolume")["spec"]["csi"].update(volumeAttributes={"path": "/media"}),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(rendered: dict[str, list[Manifest]], mistake: str) -> None:
    rule, change = MISTAKES[mistake]
    manifests = deepcopy(rendered["dev"])
    assert check(Manifests.of(manifests)) == []
    change(manifests)
    found = check(Manifests.of(manifests))
    assert rule in {finding.rule for finding in found}
    for finding in found:
        assert all((finding.field, finding.value, finding.allowed, finding.why, finding.source)), finding
