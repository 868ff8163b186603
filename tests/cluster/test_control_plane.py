"""The control plane itself: its nodes, volumes, metrics and users, and KEDA's webhook."""

import json
import subprocess
from collections.abc import Callable

import pytest

from tests.cluster import samples
from tests.cluster.client import Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.nodes import ZONES
from tests.cluster.pod_status import Behaviour
from tests.runtime.waiting import eventually

pytestmark = pytest.mark.e2e


def pods(plane: ControlPlane, namespace: str) -> list[Object]:
    return json.loads(plane.kubectl("get", "pods", f"--namespace={namespace}", "-o", "json"))["items"]


def only_pod(plane: ControlPlane, namespace: str, condition: Callable[[Object], object]) -> Object:
    """The pod of a namespace that has one, when a condition holds for it."""

    def found() -> Object | None:
        items = pods(plane, namespace)
        return items[0] if items and condition(items[0]) else None

    return eventually(found, because=lambda: json.dumps(pods(plane, namespace)), seconds=20)


def is_ready(pod: Object) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", []))


def waits_because(pod: Object) -> str:
    states = [each["state"] for each in pod["status"].get("containerStatuses", [])]
    return states[0].get("waiting", {}).get("reason", "") if states else ""


@pytest.mark.every_version
def test_it_has_the_version_that_was_asked_for(control_plane: ControlPlane) -> None:
    told = json.loads(control_plane.kubectl("version", "-o", "json"))
    for side in ("clientVersion", "serverVersion"):
        assert f"{told[side]['major']}.{told[side]['minor']}" == control_plane.version


@pytest.mark.every_version
def test_pods_get_ready_in_every_zone_and_go(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.apply([samples.deployment(namespace, "shop", replicas=6)])
    eventually(
        lambda: sum(map(is_ready, pods(control_plane, namespace))) == 6, because=lambda: control_plane.servers.logs
    )
    found = pods(control_plane, namespace)
    assert {each["spec"]["nodeName"].removeprefix("node-") for each in found} == set(ZONES)
    assert len({each["status"]["podIP"] for each in found}) == 6
    control_plane.kubectl("scale", "deployment/shop", f"--namespace={namespace}", "--replicas=0")
    eventually(lambda: not pods(control_plane, namespace), because=lambda: "pods are left")


@pytest.mark.parametrize(
    ("image", "reason"), [("app:never-pulls", "ImagePullBackOff"), ("app:crashes", "CrashLoopBackOff")]
)
def test_an_image_can_fail(control_plane: ControlPlane, namespace: str, image: str, reason: str) -> None:
    control_plane.apply([samples.deployment(namespace, "shop", image=f"example.com/{image}")])
    pod = only_pod(control_plane, namespace, waits_because)
    assert waits_because(pod) == reason
    assert not is_ready(pod)


def test_a_workload_can_be_unready_until_a_test_says_otherwise(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.nodes.behave(namespace, "shop", Behaviour.NEVER_READY)
    control_plane.apply([samples.deployment(namespace, "shop")])
    pod = only_pod(control_plane, namespace, lambda pod: pod["status"]["phase"] == "Running")
    assert not is_ready(pod)
    control_plane.nodes.behave(namespace, "shop", Behaviour.READY)
    assert only_pod(control_plane, namespace, is_ready)["metadata"]["uid"] == pod["metadata"]["uid"]


def test_kubectl_shows_logs(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.apply([samples.deployment(namespace, "shop")])
    name = only_pod(control_plane, namespace, is_ready)["metadata"]["name"]
    assert control_plane.kubectl("logs", name, f"--namespace={namespace}") == f"app of {name} is played\n"


def test_a_pod_that_no_node_can_hold_is_not_scheduled(control_plane: ControlPlane, namespace: str) -> None:
    big = samples.deployment(namespace, "shop")
    big["spec"]["template"]["spec"]["nodeSelector"] = {"kubernetes.io/arch": "amd64"}
    control_plane.apply([big])
    pod = only_pod(control_plane, namespace, lambda pod: pod["status"].get("conditions"))
    assert pod["status"]["conditions"][0]["reason"] == "Unschedulable"
    assert "nodeName" not in pod["spec"]


@pytest.mark.every_version
def test_a_claim_is_bound_when_a_pod_uses_it(control_plane: ControlPlane, namespace: str) -> None:
    user = samples.deployment(namespace, "shop")
    user["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    control_plane.apply([samples.claim(namespace, "data", "gp2"), samples.claim(namespace, "unused", "gp2")])
    control_plane.apply([user])
    assert is_ready(only_pod(control_plane, namespace, is_ready))
    phases = {name: control_plane.get("pvc", name, namespace)["status"]["phase"] for name in ("data", "unused")}
    assert phases == {"data": "Bound", "unused": "Pending"}


def usage(plane: ControlPlane, namespace: str) -> list[dict[str, str]]:
    path = f"/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods?labelSelector=app%3Dshop"
    items = json.loads(plane.kubectl("get", "--raw", path))["items"]
    return [container["usage"] for each in items for container in each["containers"]]


@pytest.mark.every_version
def test_pods_use_the_share_of_their_requests_that_a_test_says(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.metrics.use(namespace, "shop", cpu=2.5, memory=0.5)
    control_plane.apply([samples.deployment(namespace, "shop")])
    eventually(lambda: usage(control_plane, namespace), because=lambda: "no look in time", seconds=25)
    assert usage(control_plane, namespace) == [{"cpu": "250000000n", "memory": "32768Ki"}]
    control_plane.metrics.is_on = False
    try:
        path = f"/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods"
        assert "503" in control_plane.kubectl_done("get", "--raw", path, "-v6").stderr
    finally:
        control_plane.metrics.is_on = True
    assert usage(control_plane, namespace)


@pytest.mark.every_version
def test_a_user_has_the_rights_of_their_groups_and_no_more(control_plane: ControlPlane, namespace: str) -> None:
    somebody = control_plane.kubeconfig_for("ada", "readers")
    where = f"--namespace={namespace}"
    refused = control_plane.kubectl_done("get", "pods", where, kubeconfig=somebody).stderr
    assert 'User "ada" cannot list resource "pods"' in refused
    control_plane.kubectl("create", "rolebinding", "readers", "--clusterrole=view", "--group=readers", where)
    # The authorizer hears of a binding a moment later.
    eventually(
        lambda: control_plane.kubectl_done("get", "pods", where, kubeconfig=somebody).returncode == 0,
        because=lambda: "the group has no rights",
    )
    refused = control_plane.kubectl_done("create", "configmap", "one", where, kubeconfig=somebody).stderr
    assert 'User "ada" cannot create resource "configmaps"' in refused


def test_a_name_leads_where_a_test_says(control_plane: ControlPlane) -> None:
    control_plane.add_host("redis.somewhere.svc.cluster.local", "127.3.2.1")
    control_plane.add_host("redis.somewhere.svc.cluster.local", "127.3.2.2")
    code = "import socket; print(socket.gethostbyname('redis.somewhere.svc.cluster.local'))"
    assert subprocess.check_output(["python", "-c", code], text=True) == "127.3.2.2\n"


@pytest.mark.every_version
def test_the_webhook_refuses_a_second_scaler_of_one_target(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.apply([samples.deployment(namespace, "shop"), samples.deployment(namespace, "bakery")])
    control_plane.apply([samples.autoscaler(namespace, "own", "bakery")])
    apply_late(control_plane, samples.scaled_object(namespace, "first", "shop"))
    told = {"shop": ["the ScaledObject 'first'", "the hpa 'keda-hpa-first'"], "bakery": ["the hpa 'own'"]}
    for target, scalers in told.items():
        second = samples.scaled_object(namespace, "second", target)
        # The webhook hears of other objects a moment later.
        eventually(
            lambda second=second, scalers=scalers: any(
                f"is already managed by {each}" in refusal(control_plane, second, dry_run=True) for each in scalers
            ),
            because=lambda second=second: refusal(control_plane, second, dry_run=True),
        )


def apply_late(plane: ControlPlane, item: Object) -> None:
    """Apply a ScaledObject when KEDA's webhook has heard of its target."""
    eventually(lambda: not refusal(plane, item), because=lambda: refusal(plane, item))


def refusal(plane: ControlPlane, item: Object, *, dry_run: bool = False) -> str:
    """Why the API server does not take an object."""
    options = ["--dry-run=server"] if dry_run else []
    done = plane.kubectl_done("apply", "--server-side", "-f", "-", *options, stdin=json.dumps(item))
    return done.stderr if done.returncode else ""
