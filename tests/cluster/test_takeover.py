"""`examx apply`, `diff` and `drift` over objects that others wrote, on a real API server."""

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from examx_cli.cluster import Cluster, Target
from examx_cli.comparison.difference import Difference
from examx_cli.comparison.noise import without_noise
from examx_cli.diff import text
from examx_cli.diff.live import compare_with_cluster
from examx_cli.diff.sources import Comparison
from examx_cli.kubectl import Kubectl
from examx_constructs.manifests import ObjectId
from tests.guides import rendered
from tests.support import Manifest, of_kind

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

pytestmark = [pytest.mark.e2e, pytest.mark.every_version]

HOOK = {"postStart": {"exec": {"command": ["cp", "/mnt/secret-store/.env", "/app/.env"]}}}
ROLE = "eks.amazonaws.com/role-arn"


def deployment(namespace: str, *containers: Manifest, **spec: Any) -> Manifest:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": list(containers)}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": namespace, "labels": {"environment": "testing"}},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template, **spec},
    }


def container(name: str, **more: Any) -> Manifest:
    return {"name": name, "image": f"example.com/{name}:1", **more}


def web(**more: Any) -> Manifest:
    return container("web", env=[{"name": "COLOUR", "value": "red"}], ports=[{"containerPort": 8080}], **more)


@pytest.fixture
def there(control_plane: "ControlPlane", namespace: str, monkeypatch: pytest.MonkeyPatch) -> "There":
    monkeypatch.setenv("KUBECONFIG", str(control_plane.kubeconfig))
    monkeypatch.setenv("EXAMX_KUBECTL", str(control_plane.kubectl_binary))
    return There(control_plane, namespace)


class There:
    """A namespace in which others were first."""

    def __init__(self, plane: "ControlPlane", namespace: str) -> None:
        self.plane, self.namespace = plane, namespace
        self.cluster = Cluster(Kubectl(), Target("testing", namespace))

    def kubectl(self, *arguments: str, stdin: object = None) -> str:
        given = json.dumps(stdin) if stdin is not None else None
        return self.plane.kubectl(*arguments, f"--namespace={self.namespace}", stdin=given)

    def apply_by_client(self, *items: Manifest) -> None:
        """As `kubectl apply -k` does."""
        self.kubectl("apply", "-f", "-", stdin={"apiVersion": "v1", "kind": "List", "items": list(items)})

    def patch(self, manager: str, what: Manifest) -> None:
        """As a person or a program changes a Deployment that is there."""
        self.kubectl(
            "patch", "deployment/web", f"--field-manager={manager}", "--type=strategic", f"-p={json.dumps(what)}"
        )

    def live(self, item: Manifest) -> Manifest:
        return dict(self.cluster.read([item]).objects[ObjectId.of(item)])

    def difference(self, *wanted: Manifest) -> Difference:
        return compare_with_cluster(self.cluster, wanted)

    def is_as_fresh(self, *wanted: Manifest) -> None:
        """Check that each object is what an apply to an empty place makes, but for what the server gives out."""
        taken_over = [_comparable(self.live(each)) for each in wanted]
        for each in wanted:
            self.kubectl("delete", f"{each['kind']}/{each['metadata']['name']}", "--wait=true", "--cascade=foreground")
        self.cluster.apply(wanted)
        assert taken_over == [_comparable(self.live(each)) for each in wanted]


def _comparable(item: Manifest) -> Manifest:
    clean = copy.deepcopy(dict(without_noise(item)))
    for name in ("clusterIP", "clusterIPs"):
        clean.get("spec", {}).pop(name, None)
    return clean


def test_a_client_side_apply_leaves_nothing_behind(there: There) -> None:
    """Containers, hooks, variables, annotations, a strategy's figures: all of the old manager's, and its Service's."""
    mounts = [{"name": "secrets", "mountPath": "/mnt"}]
    old_web = web(lifecycle=HOOK, volumeMounts=mounts, livenessProbe={"httpGet": {"path": "/", "port": 80}})
    old_web["env"] += [{"name": "REDIS_URL", "value": "redis://old:6379"}]
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    old = deployment(there.namespace, old_web, container("old"), strategy=rolling, replicas=2)
    old["spec"]["template"]["spec"]["volumes"] = [{"name": "secrets", "emptyDir": {}}]
    old["metadata"]["annotations"] = {"kubernetes.io/change-cause": "a change"}
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": there.namespace, "annotations": {"prometheus.io/scrape": "true"}},
        "spec": {"ports": [{"name": "http", "port": 80}, {"name": "more", "port": 81}], "selector": {"app": "web"}},
    }
    there.apply_by_client(old, service)
    wanted = [
        deployment(there.namespace, web(), strategy={"type": "Recreate"}, replicas=1),
        {
            **service,
            "metadata": {"name": "web", "namespace": there.namespace},
            "spec": {**service["spec"], "ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
        },
    ]

    difference = there.difference(*wanted)
    goes = {each.path for each in difference.not_ours if not each.stays}
    assert goes >= {
        "spec.template.spec.containers[old]",
        "spec.template.spec.containers[web].lifecycle",
        "spec.template.spec.containers[web].env[REDIS_URL]",
        "spec.template.spec.volumes",
        "spec.strategy.rollingUpdate",
        "spec.ports[81/TCP]",
    }
    assert "kubectl-client-side-apply" in text.report([Comparison("testing", "what runs", difference)]).plain

    said = "\n".join(there.cluster.apply(wanted))
    assert "Deployment web: taken over from kubectl-client-side-apply" in said
    assert not there.difference(*wanted)
    assert not there.difference(*wanted).not_ours
    there.is_as_fresh(*wanted)


@pytest.mark.parametrize("manager", ["helm", "kubectl-edit", "argocd-controller"])
def test_what_another_tool_wrote_goes(there: There, manager: str) -> None:
    wanted = deployment(there.namespace, web(), replicas=1)
    there.cluster.apply([wanted])
    theirs = {"containers": [web(lifecycle=HOOK), container("debug")], "terminationGracePeriodSeconds": 5}
    there.patch(manager, {"metadata": {"labels": {"theirs": "yes"}}, "spec": {"template": {"spec": theirs}}})

    difference = there.difference(wanted)
    assert difference.has_drifted
    assert {each.manager for each in difference.not_ours} == {manager}
    said = "\n".join(there.cluster.apply([wanted]))
    assert f"taken over from {manager}" in said
    there.is_as_fresh(wanted)


def test_a_sidecar_of_a_controller_stays_and_is_named(there: There) -> None:
    wanted = deployment(there.namespace, web(), replicas=1)
    there.cluster.apply([wanted])
    there.patch("mesh-injector", {"spec": {"template": {"spec": {"containers": [container("proxy")]}}}})
    there.patch("kubectl-edit", {"spec": {"template": {"spec": {"containers": [container("debug")]}}}})

    [goes, stays] = sorted(there.difference(wanted).not_ours, key=lambda each: each.stays)
    assert (goes.path, goes.manager) == ("spec.template.spec.containers[debug]", "kubectl-edit")
    assert (stays.path, stays.manager) == ("spec.template.spec.containers[proxy]", "mesh-injector")
    there.cluster.apply([wanted])
    names = [each["name"] for each in there.live(wanted)["spec"]["template"]["spec"]["containers"]]
    assert sorted(names) == ["proxy", "web"]
    after = there.difference(wanted)
    assert not after
    assert not after.has_drifted
    assert "Deployment web: spec.template.spec.containers[proxy]" in after.summary()


def test_replicas_stay_when_they_go_to_an_autoscaler(there: There) -> None:
    there.apply_by_client(deployment(there.namespace, web(), replicas=4))
    wanted = deployment(there.namespace, web())
    assert "its autoscaler decides" in "\n".join(there.cluster.apply([wanted]))
    assert there.live(wanted)["spec"]["replicas"] == 4
    # kubectl moves what is left under its own name to the one who applies server-side.
    assert "its autoscaler decides" not in "\n".join(there.cluster.apply([wanted]))
    assert there.live(wanted)["spec"]["replicas"] == 4


def test_a_role_that_others_set_stays_where_nothing_else_is_annotated(there: There) -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "app", "namespace": there.namespace}}
    annotated = copy.deepcopy(account)
    annotated["metadata"]["annotations"] = {ROLE: "arn:aws:iam::123456789012:role/app", "note": "by hand"}  # type: ignore[index]
    there.apply_by_client(annotated)
    there.cluster.apply([account])
    assert there.live(account)["metadata"]["annotations"] == {ROLE: "arn:aws:iam::123456789012:role/app"}
    [role] = there.difference(account).not_ours
    assert role.stays
    assert "no pod can read its secrets" in role.why


def test_a_restart_that_was_asked_for_is_not_taken_back(there: There) -> None:
    wanted = deployment(there.namespace, web(), replicas=1)
    there.cluster.apply([wanted])
    there.kubectl("rollout", "restart", "deployment/web")
    before = there.live(wanted)["spec"]["template"]
    assert "kubectl.kubernetes.io/restartedAt" in before["metadata"]["annotations"]
    there.cluster.apply([wanted])
    assert there.live(wanted)["spec"]["template"] == before


def test_what_was_written_in_another_version_of_the_api_goes_too(there: There) -> None:
    metadata = {"name": "web", "namespace": there.namespace}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    old = {
        "apiVersion": "autoscaling/v1",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {**metadata, "annotations": {"note": "old"}},
        "spec": {"maxReplicas": 5, "scaleTargetRef": target, "targetCPUUtilizationPercentage": 50},
    }
    memory = {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 80}}
    wanted = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata,
        "spec": {"maxReplicas": 3, "scaleTargetRef": target, "metrics": [{"type": "Resource", "resource": memory}]},
    }
    there.apply_by_client(old)
    there.cluster.apply([wanted])
    assert not there.difference(wanted)
    there.is_as_fresh(wanted)


def test_the_deployer_of_an_environment_may_take_over(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its Role, as it is rendered, is enough: to write the record of owners, to try, and to apply."""
    there.plane.apply([_moved(each, there.namespace) for kind in ("Role", "RoleBinding") for each in _rendered(kind)])
    there.apply_by_client(deployment(there.namespace, web(lifecycle=HOOK), container("old"), replicas=2))
    wanted = deployment(there.namespace, web(), replicas=1)
    monkeypatch.setenv("KUBECONFIG", str(there.plane.kubeconfig_for("deployer", "examxv2-deployers")))
    assert {each.path for each in there.difference(wanted).not_ours} >= {"spec.template.spec.containers[old]"}
    there.cluster.apply([wanted])
    assert not there.difference(wanted)
    assert not there.difference(wanted).not_ours


def _rendered(kind: str) -> list[Manifest]:
    return of_kind(rendered("dev"), kind)


def _moved(item: Manifest, namespace: str) -> Manifest:
    return {**item, "metadata": {**item["metadata"], "namespace": namespace}}


def test_who_may_only_read_sees_what_others_wrote(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = deployment(there.namespace, web(), replicas=1)
    there.cluster.apply([wanted])
    there.patch("kubectl-edit", {"spec": {"template": {"spec": {"containers": [container("debug")]}}}})
    monkeypatch.setenv("KUBECONFIG", str(_reader(there)))
    difference = there.difference(wanted)
    assert [(each.path, each.stays) for each in difference.not_ours] == [
        ("spec.template.spec.containers[debug]", False)
    ]
    assert difference.has_drifted


def _reader(there: There) -> object:
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "reader", "namespace": there.namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "readers"}],
    }
    there.plane.apply([binding])
    return there.plane.kubeconfig_for("reader", "readers")
