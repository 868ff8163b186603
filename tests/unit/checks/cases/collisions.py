"""Cases of the rules on objects that meet."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, obj


def named(cluster: str, kind: str = "Namespace", name: str = "dev"):
    return obj(kind, name, annotations=f"{{examx.ai/cluster: {cluster}}}")


CASES = [
    Case(
        "object-exists-once",
        "twice",
        [obj("ConfigMap", "web"), obj("ConfigMap", "web")],
        [
            (
                'ConfigMap dev/web: metadata.name is "web"; allowed: a name that no other ConfigMap of the namespace has; one is defined already;'
                " whichever is applied last wins"
            )
        ],
    ),
    Case(
        "object-exists-once",
        "what a test waits for",
        [obj("Deployment", "web", "replicas: 1"), obj("Deployment", "web", root="status: {readyReplicas: 1}")],
    ),
    Case(
        "object-exists-once",
        "other namespaces, kinds, groups, clusters",
        [
            obj("ConfigMap", "web"),
            obj("ConfigMap", "web", namespace="stg"),
            obj("Service", "web"),
            obj("Service", "web") | {"apiVersion": "serving.knative.dev/v1"},
            obj("Namespace", "dev"),
            obj("Namespace", "dev"),
        ],
    ),
    Case(
        "environments-do-not-collide",
        "two files of one cluster",
        {
            "dev.yaml": [named("one"), obj("PersistentVolume", "media")],
            "stg.yaml": [named("one", name="stg"), obj("PersistentVolume", "media")],
        },
        [
            (
                'PersistentVolume media: metadata.name is "media"; allowed: a name of its own in cluster one; dev.yaml defines it as well as'
                " stg.yaml; each would overwrite the other's, and removing one removes it for both"
            )
        ],
    ),
    Case(
        "environments-do-not-collide",
        "two files of two clusters",
        {
            "dev.yaml": [named("one"), obj("PersistentVolume", "media")],
            "stg.yaml": [named("two", name="stg"), obj("PersistentVolume", "media")],
        },
    ),
    Case(
        "environments-do-not-collide",
        "one file is one environment",
        [named("one"), obj("PersistentVolume", "media"), obj("StorageClass", "efs")],
    ),
]
