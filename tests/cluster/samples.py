"""Small objects for tests of the control plane."""

from tests.cluster.client import Object


def deployment(namespace: str, name: str, *, image: str = "example.com/app:1", replicas: int = 1) -> Object:
    """A Deployment of one container."""
    labels = {"app": name}
    container = {"name": "app", "image": image, "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def claim(namespace: str, name: str, storage_class: str) -> Object:
    """A claim of a volume."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": storage_class,
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }


def scaled_object(namespace: str, name: str, target: str) -> Object:
    """A ScaledObject that needs nothing from elsewhere."""
    cron = {"timezone": "Asia/Kolkata", "start": "0 6 * * *", "end": "0 20 * * *", "desiredReplicas": "2"}
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"scaleTargetRef": {"name": target}, "triggers": [{"type": "cron", "metadata": cron}]},
    }


def autoscaler(namespace: str, name: str, target: str) -> Object:
    """A HorizontalPodAutoscaler on CPU."""
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
    }
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
            "maxReplicas": 3,
            "metrics": [metric],
        },
    }
