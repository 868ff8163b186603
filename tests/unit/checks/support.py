"""Small builders, so that a case shows what matters in it and nothing else.

A rule has two cases or more. One breaks it, and reads the whole of each finding. The other is a sound one that is as
near to it as can be. They are in `tests/unit/checks/cases/<topic>.py`, in a list `CASES`; a topic is what the rules of
one file of `examx_constructs/checks` are about. A new file there is found by itself, and needs no line elsewhere:

    from tests.unit.checks.support import APP, Case, workload

    CASES = [
        Case(
            "image-names-one-build",
            "no tag",
            [workload("web", "image: example/shop")],
            [f'{APP}.image is "example/shop"; allowed: a digest, or a tag other than `latest`; why'],
        ),
        Case("image-names-one-build", "a tag", [workload("web", "image: example/shop:2.4.1")]),
    ]

docs/rules.md shows the shortest breaking case of a rule, and the sound one that differs least from it: make these two
good to read. Where it matters in which files objects are, they are given by file: `{"a.yaml": [...], "b.yaml": [...]}`.
Where it matters how they are written, a file is its text: `{"a.yaml": "apiVersion: v1 ..."}`.
"""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from examx_constructs.checks import RULES, Manifests, load
from examx_constructs.manifests import Document, Versions
from examx_constructs.manifests.versions import UNASKED, Asked
from tests.support import read_yaml

NAMESPACE = "dev"
IN_POD = "Deployment dev/web: spec.template.spec"
"""How findings name the pod of `workload()`, with the object."""
APP = f"{IN_POD}.containers[0]"
"""The same of its container."""
GROUPS = {
    "Certificate": "cert-manager.io/v1",
    "ConfigMap": "v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "ClusterRole": "rbac.authorization.k8s.io/v1",
    "CronJob": "batch/v1",
    "ExternalSecret": "external-secrets.io/v1",
    "Ingress": "networking.k8s.io/v1",
    "Job": "batch/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PodDisruptionBudget": "policy/v1",
    "PodMonitor": "monitoring.coreos.com/v1",
    "PrometheusRule": "monitoring.coreos.com/v1",
    "Role": "rbac.authorization.k8s.io/v1",
    "RoleBinding": "rbac.authorization.k8s.io/v1",
    "ScaledObject": "keda.sh/v1alpha1",
    "SealedSecret": "bitnami.com/v1alpha1",
    "SecretProviderClass": "secrets-store.csi.x-k8s.io/v1",
    "ServiceMonitor": "monitoring.coreos.com/v1",
    "StorageClass": "storage.k8s.io/v1",
    "TargetGroupBinding": "elbv2.k8s.aws/v1beta1",
    "TriggerAuthentication": "keda.sh/v1alpha1",
}
CORE = {
    "LimitRange",
    "Namespace",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "Secret",
    "Service",
    "ServiceAccount",
}
CLUSTER_SCOPED = {"ClusterRole", "Namespace", "PersistentVolume", "StorageClass"}

Object = dict[str, Any]
Objects = Sequence[Object] | Mapping[str, Sequence[Object] | str]
"""Objects, or by the files that they are in, or the texts of files."""


@dataclass
class Case:
    """Objects, and what one rule says of them: nothing where they are sound."""

    rule: str
    name: str
    objects: Objects
    says: list[str] = field(default_factory=list)
    versions: Versions | Asked = UNASKED
    """Of Kubernetes and KEDA, where the rule asks for them."""

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


def obj(
    kind: str, name: str = "web", spec: str = "", *, namespace: str | None = NAMESPACE, root: str = "", **meta: str
) -> Object:
    """An object; spec and root are YAML."""
    api = "v1" if kind in CORE else GROUPS.get(kind, "apps/v1")
    metadata: Object = {"name": name} | {key: read_yaml(text) for key, text in meta.items()}
    if namespace and kind not in CLUSTER_SCOPED:
        metadata["namespace"] = namespace
    content = read_yaml(root) or {} if root else {}
    body = {"spec": read_yaml(spec)} if spec else {}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **body, **content}


def workload(
    name: str = "web",
    container: str = "",
    *,
    kind: str = "Deployment",
    spec: str = "",
    pod: str = "",
    annotations: str = "{}",
    namespace: str | None = NAMESPACE,
) -> Object:
    """A workload with one container, `app`, and the label `app: <name>`; container, spec and pod add to it in YAML."""
    app: Object = {"name": "app", "image": "example/app:1"} | (read_yaml(container) or {} if container else {})
    template: Object = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [app]} | (read_yaml(pod) or {} if pod else {}),
    }
    built = obj(kind, name, namespace=namespace, annotations=annotations)
    more = read_yaml(spec) or {} if spec else {}
    if kind == "CronJob":
        return built | {"spec": {"jobTemplate": {"spec": {"template": template}}} | more}
    if kind == "Pod":
        return built | {"spec": template["spec"]}
    selector = {} if kind == "Job" else {"selector": {"matchLabels": {"app": name}}}
    return built | {"spec": selector | {"template": template} | more}


def celery(name: str, queue: str = "default", **more: Any) -> Object:
    """A Celery worker in exec form."""
    return workload(name, f"command: [celery, -A, examx, worker, -l, info, -Q, '{queue}']", **more)


def hpa(name: str = "web", spec: str = "maxReplicas: 3", *, kind: str = "Deployment", target: str = "web") -> Object:
    """An HPA on a workload."""
    reference = f"scaleTargetRef: {{apiVersion: apps/v1, kind: {kind}, name: {target}}}\n"
    return obj("HorizontalPodAutoscaler", name, reference + spec)


def scaler(name: str = "web", spec: str = "", *, target: str = "web", triggers: str = "", **meta: str) -> Object:
    """A ScaledObject; without triggers of its own it counts the list `default`."""
    given = triggers or "[{type: redis, metadata: {address: 'redis.dev:6379', listName: default}}]"
    return obj("ScaledObject", name, f"scaleTargetRef: {{name: {target}}}\ntriggers: {given}\n{spec}", **meta)


def redis_scaler(metadata: str, *, kind: str = "redis", more: str = "") -> Object:
    """A ScaledObject with one Redis trigger of this metadata."""
    return scaler(triggers=f"[{{type: {kind}, metadata: {{{metadata}}}{more}}}]")


def alb(annotations: str, spec: str = "ingressClassName: alb") -> Object:
    """An Ingress with annotations of the AWS controller, given as `suffix: value` lines."""
    pairs = read_yaml(annotations)
    built = obj("Ingress", "web", spec)
    built["metadata"]["annotations"] = {
        key if "/" in key else f"alb.ingress.kubernetes.io/{key}": value for key, value in pairs.items()
    }
    return built


def manifests(objects: Objects, versions: Versions | Asked = UNASKED) -> Manifests:
    """The objects of a case as rules read them."""
    if not isinstance(objects, Mapping):
        return Manifests.of(objects, versions=versions)
    if any(isinstance(content, str) for content in objects.values()):
        return _read(objects)
    return Manifests((Document(each, file) for file, content in objects.items() for each in content), versions)


def _read(files: Mapping[str, Sequence[Object] | str]) -> Manifests:
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        for name, content in files.items():
            file = Path(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content if isinstance(content, str) else yaml.safe_dump_all(content), encoding="utf-8")
        return load(Path())


def findings(rule_id: str, objects: Objects, versions: Versions | Asked = UNASKED) -> list[str]:
    """What one rule says, without its id and source at the end, which are checked here."""
    rule = next(rule for rule in RULES if rule.id == rule_id)
    ending = f" [{rule.id}; {rule.source}]"
    said = [str(each) for each in rule(manifests(objects, versions))]
    assert all(text.endswith(ending) for text in said)
    return [text.removesuffix(ending) for text in said]
