"""Workloads that take secrets, and what a driver and a kubelet write of their mounts: for tests of rotated values."""

import copy
from typing import Any

from tests.process.cli.cluster.conftest import Checkout, TestCluster
from tests.process.cli.cluster.kubectl import MOUNTS
from tests.support import Manifest

PASSWORD = "redis-auth"


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


def there(cluster: TestCluster, *pairs: tuple[Manifest, Manifest | None]) -> None:
    """Let these pods run, with these mounts."""
    cluster.wish("pods", [each for each, _ in pairs])
    cluster.wish(MOUNTS, [each for _, each in pairs if each])
