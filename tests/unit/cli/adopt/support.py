"""A small namespace as somebody else applied it, and what an environment renders for it."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from examx_cli.adopt.inventory import Inventory
from examx_cli.adopt.plan import Plan, of_inventory
from examx_cli.adopt.verdicts import Entry
from examx_constructs.manifests import ObjectId

Manifest = dict[str, Any]
NAMESPACE = "shop"
LEGACY = Path(__file__).parents[5] / "shared" / "legacy"

_API = {
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "ScaledObject": "keda.sh/v1alpha1",
    "Ingress": "networking.k8s.io/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PodDisruptionBudget": "policy/v1",
    "SecretProviderClass": "secrets-store.csi.x-k8s.io/v1",
}


def legacy(environment: str) -> Path:
    """The manifests that run today; a test that needs them is skipped where they are not."""
    file = LEGACY / f"{environment}.yaml"
    if not file.is_file():
        pytest.skip(f"needs what runs today, ../shared/legacy/{environment}.yaml, and it is not there")
    return file


def item(kind: str, name: str, spec: Manifest | None = None, **metadata: Any) -> Manifest:
    place = {} if kind in ("Namespace", "PersistentVolume") else {"namespace": NAMESPACE}
    made: Manifest = {
        "apiVersion": _API.get(kind, "v1"),
        "kind": kind,
        "metadata": {"name": name, **place, **metadata},
    }
    return made if spec is None else {**made, "spec": spec}


def deployment(name: str, *, replicas: int | None = None, pod: Manifest | None = None, **container: Any) -> Manifest:
    labels = {"app": name}
    spec = {"containers": [{"name": name, "image": "registry.example.com/shop:1", **container}], **(pod or {})}
    made = item(
        "Deployment",
        name,
        {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}},
    )
    if replicas is not None:
        made["spec"]["replicas"] = replicas
    return made


def worker(name: str, queue: str, *, redis: str | None = None, grace: int = 30, **more: Any) -> Manifest:
    env = [{"name": "REDIS_URL", "value": redis}] if redis else []
    command = ["celery", "-A", "shop", "worker", "-Q", queue]
    return deployment(name, pod={"terminationGracePeriodSeconds": grace}, command=command, env=env, **more)


def service(name: str, app: str, port: int | str) -> Manifest:
    return item(
        "Service", name, {"selector": {"app": app}, "ports": [{"name": "http", "port": 80, "targetPort": port}]}
    )


def autoscaler(name: str, target: str) -> Manifest:
    return item("HorizontalPodAutoscaler", name, {"scaleTargetRef": {"kind": "Deployment", "name": target}})


def inventory(*objects: Manifest) -> Inventory:
    return Inventory(NAMESPACE, {ObjectId.of(each): each for each in objects})


def planned(today: Sequence[Manifest], wanted: Sequence[Manifest], *remove: str) -> Plan:
    return of_inventory("a test", inventory(*today), wanted, remove)


def entry(plan: Plan, name: str) -> Entry:
    """The entry of `Kind name`."""
    (found,) = (each for each in plan.entries if str(each.key) == name)
    return found


def refusals(plan: Plan) -> list[str]:
    return [str(each) for each in plan.refusals]


def warnings(plan: Plan) -> list[str]:
    return [str(each) for each in plan.warnings]


def changed(manifest: Manifest, change: Manifest) -> Manifest:
    """A copy of a manifest with some values of its `spec` or `metadata` merged in."""
    made = copy.deepcopy(manifest)

    def merge(into: Manifest, values: Manifest) -> None:
        for key, value in values.items():
            if isinstance(value, dict) and isinstance(into.get(key), dict):
                merge(into[key], value)
            else:
                into[key] = value

    merge(made, change)
    return made
