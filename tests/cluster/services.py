"""Services that lead to a server on loopback: the API server calls webhooks and other API servers by these."""

from pathlib import Path

from tests.cluster.client import Object
from tests.cluster.kubeconfig import data


def service(namespace: str, name: str) -> Object:
    """A Service whose ports are those of loopback."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"type": "ExternalName", "externalName": "localhost"},
    }


def api_service(group: str, version: str, server: Object, port: int, authority: Path) -> Object:
    """Leave a group of the API to a server."""
    return {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": f"{version}.{group}"},
        "spec": {
            "group": group,
            "version": version,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "caBundle": data(authority),
            "service": {**{key: server["metadata"][key] for key in ("name", "namespace")}, "port": port},
        },
    }


def host(server: Object) -> str:
    """The name by which the API server knows a Service."""
    return f"{server['metadata']['name']}.{server['metadata']['namespace']}.svc"
