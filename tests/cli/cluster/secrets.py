"""Workloads that take secrets, and what a driver and a kubelet write of their mounts: for tests of rotated values."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.cli.cluster.conftest import Checkout, TestCluster
from tests.cli.cluster.kubectl import MOUNTS
from tests.support import Manifest

CLASS = "backend-secrets"
PASSWORD = "redis-auth"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
OLD, NEW = "version-1", "version-2"


def workload(checkout: Checkout, name: str, **spec: Any) -> Manifest:
    """One more workload like `web`, under a name of its own."""
    made = copy.deepcopy(checkout.one("Deployment"))
    labels = {"app.kubernetes.io/name": name}
    made["metadata"]["name"] = name
    made["spec"]["selector"]["matchLabels"] = labels
    made["spec"]["template"]["metadata"]["labels"] = labels
    made["spec"]["template"]["spec"]["containers"][0]["name"] = name
    made["spec"] |= spec
    checkout.manifests.append(made)
    return made


def mount(item: Manifest, secret_class: str) -> None:
    """Let a workload take the file `.env` of a class."""
    _volume(item, secret_class, subPath=".env")


def take_variable(item: Manifest, secret: str) -> None:
    """Let a workload take a variable out of the Secret of a class, which the driver keeps while it is mounted."""
    _volume(item, secret)
    reference = {"secretKeyRef": {"name": secret, "key": "password"}}
    item["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": "PASSWORD", "valueFrom": reference})


def _volume(item: Manifest, secret_class: str, **more: str) -> None:
    pod = item["spec"]["template"]["spec"]
    driver = {"driver": "secrets-store.csi.k8s.io", "readOnly": True}
    volume = {"name": secret_class, "csi": {**driver, "volumeAttributes": {"secretProviderClass": secret_class}}}
    pod.setdefault("volumes", []).append(volume)
    at = {"name": secret_class, "mountPath": f"/app/{secret_class}", "readOnly": True, **more}
    pod["containers"][0].setdefault("volumeMounts", []).append(at)


def secret_class(namespace: str, name: str, *, synced: bool = False) -> Manifest:
    objects = [{"secretName": name, "type": "Opaque", "data": [{"objectName": "password", "key": "password"}]}]
    file = "password" if synced else ".env"
    arn = f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:{name}-AbCdEf"
    listed = f"- objectName: {arn}\n  objectAlias: {file}\n  filePermission: '0644'\n"
    return {
        "apiVersion": "secrets-store.csi.x-k8s.io/v1",
        "kind": "SecretProviderClass",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "provider": "aws",
            "parameters": {"region": "eu-west-1", "objects": listed},
            **({"secretObjects": objects} if synced else {}),
        },
    }


def pod(name: str, workload_name: str, started: datetime, state: str = "running", **metadata: Any) -> Manifest:
    times = {"startedAt": stamp(started)} if state in ("running", "terminated") else {"reason": "CrashLoopBackOff"}
    return {
        "metadata": {
            "name": name,
            "uid": f"uid-of-{name}",
            "labels": {"app.kubernetes.io/name": workload_name},
            **metadata,
        },
        "spec": {
            "containers": [
                {"name": workload_name, "volumeMounts": [{"name": "secrets", "mountPath": "/s", "subPath": ".env"}]}
            ],
            "volumes": [
                {
                    "name": "secrets",
                    "csi": {
                        "driver": "secrets-store.csi.k8s.io",
                        "volumeAttributes": {"secretProviderClass": CLASS},
                    },
                }
            ],
        },
        "status": {"phase": "Running", "containerStatuses": [{"name": workload_name, "state": {state: times}}]},
    }


def status(pod_name: str, version: str, made: datetime, changed: datetime | None = None, name: str = CLASS) -> Manifest:
    """What the driver writes of a mount: `changed` is when it last wrote another version."""
    return {
        "metadata": {
            "name": f"{pod_name}-shop-{name}",
            "creationTimestamp": stamp(made),
            "ownerReferences": [{"kind": "Pod", "name": pod_name, "uid": f"uid-of-{pod_name}"}],
            "managedFields": [
                {
                    "manager": "secrets-store-csi",
                    "operation": "Update",
                    "time": stamp(changed or made),
                    "fieldsV1": {"f:status": {".": {}, "f:objects": {}, "f:podName": {}}},
                },
                # Those who write something else, later, say nothing of the versions.
                {
                    "manager": "labeller",
                    "operation": "Update",
                    "time": stamp(NOON + timedelta(days=9)),
                    "fieldsV1": {"f:metadata": {"f:labels": {"f:team": {}}}},
                },
            ],
        },
        "status": {
            "podName": pod_name,
            "secretProviderClassName": name,
            "mounted": True,
            "objects": [{"id": ".env", "version": version}],
        },
    }


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def minutes(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def there(cluster: TestCluster, *pairs: tuple[Manifest, Manifest | None]) -> None:
    """Let these pods run, with these mounts."""
    cluster.wish("pods", [each for each, _ in pairs])
    cluster.wish(MOUNTS, [each for _, each in pairs if each])
