"""Pods that take secrets, and what a driver writes of their mounts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support import Manifest

CLASS = "backend-secrets"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
OLD, NEW = "version-1", "version-2"


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
