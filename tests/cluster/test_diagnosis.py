"""The diagnosis on real controllers: what they say is what it reads, and the deployer may read it."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from examx_cli.cluster import Cluster, Target
from examx_cli.deploy import diagnosis
from examx_cli.kubectl import Kubectl
from examx_constructs.manifests import ObjectId
from tests.guides import rendered
from tests.runtime.waiting import eventually
from tests.support import Manifest, of_kind

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

pytestmark = pytest.mark.e2e

NAMESPACE = "diagnosis"
DEPLOYERS = "examxv2-deployers"


@pytest.fixture(scope="module")
def plane(control_plane: "ControlPlane") -> Iterator["ControlPlane"]:
    """A control plane with a namespace as restricted as ours, and with the rights of the deployer in it."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
    rights = [each for kind in ("Role", "RoleBinding") for each in of_kind(rendered("dev"), kind)]
    moved = [{**each, "metadata": {**each["metadata"], "namespace": NAMESPACE}} for each in rights]
    control_plane.apply([namespace, *moved])
    yield control_plane
    control_plane.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.fixture
def apply(plane: "ControlPlane") -> Iterator["Apply"]:
    made = Apply(plane)
    yield made
    for item in reversed(made.applied):
        plane.kubectl("delete", f"{item['kind']}/{item['metadata']['name']}", f"--namespace={NAMESPACE}")


class Apply:
    """Applies objects, which go when the test ends."""

    def __init__(self, plane: "ControlPlane") -> None:
        self.plane = plane
        self.applied: list[Manifest] = []

    def __call__(self, *items: Manifest) -> None:
        for item in items:
            self.applied.append({**item, "metadata": {**item["metadata"], "namespace": NAMESPACE}})
            # Pod Security warns of what it will refuse.
            text = ("apply", "--server-side", "--validate=strict", "--field-manager=tests", "-f", "-")
            done = self.plane.kubectl_done(*text, stdin=json.dumps(self.applied[-1]))
            assert done.returncode == 0, done.stderr


def workload(name: str = "web", *, kind: str = "Deployment", image: str = "example.com/web:1", **pod: Any) -> Manifest:
    container: Manifest = {
        "name": "web",
        "image": image,
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "64Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    container.update(pod.pop("container", {}))
    security = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    spec = {"containers": [container], "securityContext": security, **pod}
    labels = {"app": name}
    more = {"serviceName": name} if kind == "StatefulSet" else {}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec},
            **more,
        },
    }


def autoscaler(name: str, target: str = "web") -> Manifest:
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": target}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name},
        "spec": {"scaleTargetRef": reference, "minReplicas": 1, "maxReplicas": 3, "metrics": [cpu]},
    }


@pytest.fixture
def explain(plane: "ControlPlane", monkeypatch: pytest.MonkeyPatch) -> "Explain":
    monkeypatch.setenv("KUBECONFIG", str(plane.kubeconfig_for("a-deployer", DEPLOYERS)))
    return Explain(Cluster(Kubectl(binary=str(plane.kubectl_binary)), Target("testing", NAMESPACE)))


class Explain:
    """Asks for the diagnosis until it begins as it should: controllers take their time."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.said: list[str] = []

    def __call__(self, sign: str, *, name: str = "web", kind: str = "Deployment", seconds: float = 60) -> list[str]:
        key = ObjectId("apps", kind, NAMESPACE, name)

        def told() -> list[str] | None:
            self.said = list(diagnosis.explain(self.cluster, key))
            return self.said if any(sign in line for line in self.said) else None

        return eventually(told, because=lambda: f"it says {self.said}, and nothing of {sign}", seconds=seconds)


def test_pod_security(apply: Apply, explain: Explain):
    apply(workload(securityContext={}, container={"securityContext": {"capabilities": {"drop": ["ALL"]}}}))
    said = explain("Pod Security")
    assert said[0].startswith("ReplicaSet web-")
    assert said[0].endswith(" cannot create pods: Pod Security (restricted) refuses them")
    assert said[1:] == [
        '  its processes may gain privileges: container "web" must set securityContext.allowPrivilegeEscalation=false',
        '  it may run as root: pod or container "web" must set securityContext.runAsNonRoot=true',
        (
            '  it has no seccomp profile: pod or container "web" must set securityContext.seccompProfile.type to '
            '"RuntimeDefault" or "Localhost"'
        ),
    ]


def test_pod_security_for_a_stateful_set(apply: Apply, explain: Explain):
    """Which has no condition for it, only events."""
    apply(workload(kind="StatefulSet", name="redis", securityContext={"seccompProfile": {"type": "RuntimeDefault"}}))
    said = explain("Pod Security", name="redis", kind="StatefulSet")
    assert said == [
        "StatefulSet redis cannot create pods: Pod Security (restricted) refuses them",
        '  it may run as root: pod or container "web" must set securityContext.runAsNonRoot=true',
    ]


def test_a_quota(apply: Apply, explain: Explain):
    hard = {"limits.cpu": "1", "limits.memory": "1Gi"}
    apply({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": {"hard": hard}})
    apply(workload())
    said = explain("ResourceQuota")
    assert said[0].endswith(" cannot create pods: ResourceQuota small is used up")
    assert said[1] == "  limits.cpu: 1 of 1 used, a pod asks for 1"


def test_a_quota_that_wants_limits(apply: Apply, explain: Explain):
    apply(
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "small"},
            "spec": {"hard": {"limits.cpu": "1"}},
        }
    )
    apply(workload(container={"resources": {}}))
    assert explain("ResourceQuota")[0].endswith(
        "ResourceQuota small wants each container to say its limits.cpu for: web"
    )


def test_a_service_account_that_is_missing(apply: Apply, explain: Explain):
    apply(workload(serviceAccountName="nobody"))
    assert explain("ServiceAccount")[0].endswith(" cannot create pods: the ServiceAccount nobody is missing")


def test_a_webhook_that_does_not_answer(plane: "ControlPlane", apply: Apply, explain: Explain):
    name = "pods.example.com"
    hook = {
        "name": name,
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "clientConfig": {"url": "https://127.0.0.1:1/"},
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"]}],
    }
    api = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration"}
    plane.apply([{**api, "metadata": {"name": name}, "webhooks": [hook]}])
    try:
        apply(workload())
        said = explain("the webhook")
    finally:
        plane.kubectl("delete", f"validatingwebhookconfiguration/{name}")
    assert f" cannot create pods: the webhook {name} does not answer: Post " in said[0]


def test_an_image_that_does_not_come(apply: Apply, explain: Explain):
    apply(workload(image="example.com/never-pulls:1"))
    said = explain("does not come")
    assert said[0].startswith("pod web-")
    assert said[0].endswith(" (and 1 like it): Pending")
    assert said[1].startswith("  container web: its image example.com/never-pulls:1 does not come: ")
    assert said[1].endswith("it is not there")


def test_no_node(apply: Apply, explain: Explain):
    apply(workload(container={"resources": {"requests": {"cpu": "1000"}}}))
    said = explain("no node takes it")
    assert "Insufficient cpu" in said[1]


def test_a_claim_without_a_volume(apply: Apply, explain: Explain):
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "uploads"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            "storageClassName": "no-such-class",
        },
    }
    apply(claim, workload(volumes=[{"name": "uploads", "persistentVolumeClaim": {"claimName": "uploads"}}]))
    said = explain('"no-such-class" not found')
    assert said[2].startswith("  its claim uploads waits for a volume of the class no-such-class; ")


def test_a_claim_that_is_missing(apply: Apply, explain: Explain):
    apply(workload(volumes=[{"name": "uploads", "persistentVolumeClaim": {"claimName": "uploads"}}]))
    assert "  its claim uploads is missing" in explain("its claim")


def test_two_autoscalers(apply: Apply, explain: Explain):
    apply(workload(), autoscaler("old"), autoscaler("new"))
    said = explain("AmbiguousSelector")
    assert "it does not scale: 2 HPAs are made for it, so none acts (AmbiguousSelector): new, old" in said


def test_an_autoscaler_without_a_request_to_measure_by(apply: Apply, explain: Explain):
    apply(workload(container={"resources": {}}), autoscaler("web"))
    said = explain("missing request for cpu")
    assert said[-1].startswith("HPA web does not scale it: FailedGetResourceMetric: ")


def test_a_scaled_object_that_keda_cannot_set_up(apply: Apply, explain: Explain):
    trigger = {
        "type": "redis",
        "metadata": {"address": "redis://nowhere:6379", "listName": "default", "listLength": "5"},
    }
    spec = {"scaleTargetRef": {"name": "web"}, "minReplicaCount": 1, "maxReplicaCount": 2, "triggers": [trigger]}
    apply(
        workload(),
        {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": {"name": "web"}, "spec": spec},
    )
    said = explain("too many colons in address")
    assert any(line.startswith("ScaledObject web is not ready: ScaledObjectCheckFailed: ") for line in said)
    assert any(line.startswith("ScaledObject web: KEDAScalerFailed: ") for line in said)


def test_what_is_well_is_not_told_of(apply: Apply, explain: Explain):
    apply(workload())
    assert explain("all of its pods are ready") == ["all of its pods are ready"]


def test_the_deployer_may_read_all_but_quotas(apply: Apply, explain: Explain):
    """A quota's figures are in the refusal too."""
    hard = {"limits.cpu": "1", "limits.memory": "1Gi"}
    apply({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": {"hard": hard}})
    volume = {"name": "uploads", "persistentVolumeClaim": {"claimName": "uploads"}}
    apply(workload(volumes=[volume]), autoscaler("web"))
    said = explain("ResourceQuota")
    missing = "not looked at, because this identity may not read them: "
    unread = [line.removeprefix(missing) for line in said if line.startswith(missing)]
    assert unread in ([], ["resourcequotas"])
