"""One crowded namespace: applications beside each other, each with what it takes to run. To measure, not to apply.

`python -m tools.crowd 8000 > crowd.yaml` writes that many objects. Nothing is wrong with them.
"""

import json
import sys
from collections.abc import Iterator
from itertools import chain, count, islice
from typing import Any

import yaml

Object = dict[str, Any]
NAMESPACE = "crowd"


def crowd(number: int) -> list[Object]:
    """Return so many objects of one namespace.

    The first are the namespace's own, then one application after the other.
    """
    applications = (_application(f"app-{index:05}", index) for index in count())
    return list(islice(chain(_surroundings(), chain.from_iterable(applications)), number))


def _surroundings() -> Iterator[Object]:
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    yield _object(
        "networking.k8s.io/v1", "NetworkPolicy", "default-deny", _policy({}, policyTypes=["Ingress", "Egress"])
    )
    dns = {
        "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
        "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
    }
    yield _object("networking.k8s.io/v1", "NetworkPolicy", "names", _policy({}, policyTypes=["Egress"], egress=[dns]))
    yield _object("v1", "ServiceAccount", "apps") | {"automountServiceAccountToken": False}


def _application(name: str, index: int) -> Iterator[Object]:
    """Yield a web server or a worker, with settings, Service, budget, autoscaler and policy; it calls its neighbour."""
    labels = {"app": name, "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": f"team-{index % 40}"}
    selector = {"matchLabels": {"app": name}}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    data = {"LOG_LEVEL": "info", "NEIGHBOUR": f"http://app-{max(index - 1, 0):05}.{NAMESPACE}.svc.cluster.local"}
    yield _object("v1", "ConfigMap", name, labels=labels) | {"data": data}
    queue = ["celery", "-A", "shop", "worker", "-Q", name, "--concurrency", "4"]
    command = queue if index % 2 else ["gunicorn", "shop.wsgi", "--bind", "0.0.0.0:8080", "--workers", "4"]
    deployment = {"selector": selector, "template": _template(name, labels, command)}
    yield _object("apps/v1", "Deployment", name, deployment, labels=labels)
    port = {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}
    yield _object("v1", "Service", name, {"selector": {"app": name}, "ports": [port]}, labels=labels)
    yield _object("policy/v1", "PodDisruptionBudget", name, {"maxUnavailable": 1, "selector": selector}, labels=labels)
    if index % 2:
        metadata = {"address": "redis.data.svc.cluster.local:6379", "listName": name, "listLength": "5"}
        triggers = [{"type": "redis", "metadata": metadata}]
        scale = {"minReplicaCount": 2, "maxReplicaCount": 6, "scaleTargetRef": target, "triggers": triggers}
        yield _object("keda.sh/v1alpha1", "ScaledObject", name, scale, labels=labels)
    else:
        cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
        scale = {"minReplicas": 2, "maxReplicas": 6, "scaleTargetRef": target}
        metrics = {"metrics": [{"type": "Resource", "resource": cpu}]}
        yield _object("autoscaling/v2", "HorizontalPodAutoscaler", name, scale | metrics, labels=labels)
    peers = [{"podSelector": {"matchLabels": {"app.kubernetes.io/part-of": f"team-{index % 40}"}}}]
    ingress = [{"from": peers, "ports": [{"port": 8080, "protocol": "TCP"}]}]
    policy = _policy(selector, policyTypes=["Ingress"], ingress=ingress)
    yield _object("networking.k8s.io/v1", "NetworkPolicy", name, policy, labels=labels)


def _template(name: str, labels: dict[str, str], command: list[str]) -> Object:
    probe = {"httpGet": {"path": "/health", "port": "http"}, "periodSeconds": 10, "timeoutSeconds": 2}
    container = {
        "name": "app",
        "image": f"registry.example.com/{name}:1.4.2",
        "command": command,
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [
            {"name": "HOME", "value": "/home/app"},
            {"name": "LEVEL", "valueFrom": {"configMapKeyRef": {"name": name, "key": "LOG_LEVEL"}}},
        ],
        "envFrom": [{"configMapRef": {"name": name}}],
        "readinessProbe": probe,
        "livenessProbe": probe | {"failureThreshold": 6},
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", "10"]}}},
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "128Mi"},
            "limits": {"cpu": "500m", "memory": "256Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/home/app"}],
    }
    pod = {
        "serviceAccountName": "apps",
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 45,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}],
    }
    return {"metadata": {"labels": labels}, "spec": pod}


def _policy(selector: Object, **more: object) -> Object:
    return {"podSelector": selector, **more}


def _object(
    api: str, kind: str, name: str, spec: Object | None = None, *, labels: dict[str, str] | None = None
) -> Object:
    metadata = {"name": name, "namespace": NAMESPACE} | ({"labels": labels} if labels else {})
    return {"apiVersion": api, "kind": kind, "metadata": metadata} | ({"spec": spec} if spec else {})


def text(number: int) -> str:
    """Return the objects as YAML, what is there twice written twice, as people do."""
    unshared = json.loads(json.dumps(crowd(number)))
    return yaml.dump_all(unshared, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=True)


if __name__ == "__main__":
    sys.stdout.write(text(int(sys.argv[1])))
