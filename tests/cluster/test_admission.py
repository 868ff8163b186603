"""What those who deploy may do, and what not, asked of a real API server: the rendered Role and policy of dev."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from examx_constructs.settings import ImageReference
from examx_constructs.settings.redis import REDIS_IMAGE
from tests.cluster.control_plane import ControlPlane
from tests.conftest import FIXED_IMAGE
from tests.runtime.waiting import eventually
from tests.support import Manifest, of_kind, one

pytestmark = [pytest.mark.e2e, pytest.mark.every_version]

CLUSTER_SCOPED = ("Namespace", "PersistentVolume", "StorageClass")
POLICIES = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
OWN = ImageReference.parse(FIXED_IMAGE).source
REDIS = REDIS_IMAGE.source
GUEST = "docker.io/mher/flower"


@dataclass
class Dev:
    """The namespace of dev, with its Role and its policy, as one of its deployers and as an administrator sees it."""

    plane: ControlPlane
    manifests: list[Manifest]
    deployer: Path

    @property
    def namespace(self) -> str:
        return one(self.manifests, "Namespace")["metadata"]["name"]

    def refusal(self, item: Manifest, *, verb: str = "apply", subresource: str = "") -> str:
        """Why the deployer may not write an object; nothing where it may. Nothing is written."""
        how = ["apply", "--server-side", "--force-conflicts"] if verb == "apply" else [verb]
        more = [f"--subresource={subresource}"] if subresource else []
        done = self.plane.kubectl_done(
            *how, "--dry-run=server", "-f", "-", *more, stdin=json.dumps(item), kubeconfig=self.deployer
        )
        return done.stderr if done.returncode else ""

    def write(self, *items: Manifest) -> None:
        """What an administrator, whom the policy never meets, puts there. A warning is none of a test's business."""
        listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        done = self.plane.kubectl_done("apply", "--server-side", "-f", "-", stdin=listed)
        assert done.returncode == 0, done.stderr

    def kind(self, api_version: str, kind: str, name: str, **fields: Any) -> Manifest:
        metadata = {"name": name, "namespace": self.namespace}
        return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}

    def deployment(self, name: str, *images: str, **pod: Any) -> Manifest:
        labels = {"app": name}
        containers = [_container(f"c{number}", image) for number, image in enumerate(images)]
        template = {"metadata": {"labels": labels}, "spec": {"containers": containers, **pod}}
        spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
        return self.kind("apps/v1", "Deployment", name, spec=spec)

    def service(self, name: str, **spec: Any) -> Manifest:
        return self.kind("v1", "Service", name, spec={"ports": [{"port": 80}], "selector": {"app": name}, **spec})

    def secret(self, name: str, **fields: Any) -> Manifest:
        return self.kind("v1", "Secret", name, **fields)


def _container(name: str, image: str) -> dict[str, Any]:
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True}
    return {
        "name": name,
        "image": image,
        "securityContext": {**security, "seccompProfile": {"type": "RuntimeDefault"}},
    }


@pytest.fixture(scope="module")
def shop(control_plane: ControlPlane, rendered: dict[str, list[Manifest]]) -> Iterator[Dev]:
    manifests = rendered["dev"]
    administered = [each for each in manifests if each["kind"] in ("Namespace", "Role", "RoleBinding", *POLICIES)]
    control_plane.apply(administered)
    made = Dev(control_plane, manifests, control_plane.kubeconfig_for("deployer", "examxv2-deployers"))
    try:
        # The API server takes a moment to know a policy.
        eventually(
            lambda: "ValidatingAdmissionPolicy" in made.refusal(made.deployment("probe", "example.com/other:1")),
            because=lambda: "the policy is not enforced",
        )
        yield made
    finally:
        for kind in POLICIES:
            control_plane.kubectl("delete", kind, one(manifests, kind)["metadata"]["name"])
        control_plane.kubectl("delete", "namespace", made.namespace, "--wait=false")


def test_what_is_rendered_is_allowed(shop: Dev) -> None:
    read_only = ("Role", "RoleBinding")
    own = [
        each for each in shop.manifests if each["kind"] not in (*CLUSTER_SCOPED, *POLICIES, *read_only, "ScaledObject")
    ]
    assert len(own) > 20
    refused = {f"{each['kind']} {each['metadata']['name']}": shop.refusal(each) for each in own}
    assert {name: why for name, why in refused.items() if why} == {}
    assert not shop.refusal(shop.secret("redis-auth"), verb="create")


def test_images_of_the_repository_and_of_redis_alone(shop: Dev) -> None:
    digest = f"@sha256:{'0' * 64}"
    for image in (f"{OWN}:other", f"{OWN}:tag{digest}", f"{OWN}{digest}", f"{REDIS}:8"):
        assert not shop.refusal(shop.deployment("new", image)), image
    for image in (
        OWN + "-other:1",
        f"{OWN}/deeper:1",
        "busybox",
        f"evil.example.com/{OWN}:1",
        "redis:7",
        REDIS + "x:7",
    ):
        assert f"{image} is not of {OWN}" in shop.refusal(shop.deployment("new", image)), image
    beside = shop.refusal(shop.deployment("new", f"{OWN}:1", "busybox:1"))
    assert "busybox:1 is not of" in beside
    init = shop.deployment("new", f"{OWN}:1", initContainers=[_container("init", "busybox:2")])
    assert "busybox:2 is not of" in shop.refusal(init)


@pytest.mark.parametrize(
    ("api_version", "kind"), [("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("batch/v1", "Job")]
)
def test_no_kind_runs_another_image(shop: Dev, api_version: str, kind: str) -> None:
    template = shop.deployment("new", "busybox:1")["spec"]["template"]
    template["spec"]["restartPolicy"] = "Never" if kind == "Job" else "Always"
    spec = {"template": template, **({} if kind == "Job" else {"selector": {"matchLabels": {"app": "new"}}})}
    spec |= {"serviceName": "new"} if kind == "StatefulSet" else {}
    refused = shop.refusal(shop.kind(api_version, kind, "new", spec=spec))
    assert ("busybox:1 is not of" if kind == "StatefulSet" else "Forbidden") in refused


def test_a_volume_is_no_image(shop: Dev) -> None:
    volume = {"name": "tools", "image": {"reference": "example.com/tools:1"}}
    made = shop.deployment("new", f"{OWN}:1", volumes=[volume])
    # Where the feature ImageVolume is off (before 1.35) the API server drops the field, and no policy sees it.
    how = ("create", "--dry-run=server", "-o", "json", "-f", "-")
    kept = json.loads(shop.plane.kubectl(*how, stdin=json.dumps(made)))["spec"]["template"]["spec"].get("volumes")
    assert ("image" in str(kept)) == ("a volume is an image" in shop.refusal(made))


def test_what_ran_before_goes_on_and_takes_nothing_else_in(shop: Dev) -> None:
    """Guests, and what an adoption finds: also under other tags, by those who deploy them."""
    shop.write(shop.deployment("flower", f"{GUEST}:2.0"), shop.deployment("bare", "localhost:5000/bare"))
    for image in (f"{GUEST}:2.0", f"{GUEST}:2.1", f"{OWN}:1"):
        assert not shop.refusal(shop.deployment("flower", image)), image
    assert not shop.refusal(shop.deployment("bare", "localhost:5000/bare"))
    assert not shop.refusal(shop.deployment("bare", "localhost:5000/bare:2"))
    assert "localhost:5000/other:1 is not of" in shop.refusal(shop.deployment("bare", "localhost:5000/other:1"))
    assert "is not of" in shop.refusal(shop.deployment("flower", f"{GUEST}-evil:2.0"))
    assert "is not of" in shop.refusal(shop.deployment("new", f"{GUEST}:2.0"))


def test_services_stay_inside(shop: Dev) -> None:
    assert not shop.refusal(shop.service("new"))
    assert not shop.refusal(shop.service("new", clusterIP="None"))
    assert "externalIPs" in shop.refusal(shop.service("new", externalIPs=["192.0.2.1"]))
    for kind in ("NodePort", "LoadBalancer"):
        assert "is of the type ClusterIP" in shop.refusal(shop.service("new", type=kind))
    outside = shop.kind("v1", "Service", "new", spec={"type": "ExternalName", "externalName": "example.com"})
    assert "is of the type ClusterIP" in shop.refusal(outside)
    shop.write(shop.service("old", type="NodePort", externalIPs=["192.0.2.1"]))
    assert not shop.refusal(shop.service("old", type="NodePort", externalIPs=["192.0.2.1"]))
    assert "externalIPs" in shop.refusal(shop.service("old", type="NodePort", externalIPs=["192.0.2.2"]))
    assert "is of the type" in shop.refusal(shop.service("old", type="LoadBalancer"))


def test_secrets_are_made_once_and_neither_read_nor_changed(shop: Dev) -> None:
    only = "only these Secrets may be created here, of the type Opaque: redis-auth"
    assert not shop.refusal(shop.secret("redis-auth"), verb="create")
    assert only in shop.refusal(shop.secret("other"), verb="create")
    token = shop.secret("redis-auth", type="kubernetes.io/service-account-token")
    token["metadata"]["annotations"] = {"kubernetes.io/service-account.name": "default"}
    assert only in shop.refusal(token, verb="create")
    unnamed = shop.secret("", type="Opaque")
    unnamed["metadata"] = {"generateName": "redis-auth", "namespace": shop.namespace}
    assert only in shop.refusal(unnamed, verb="create")
    shop.write(shop.secret("redis-auth", stringData={"application": "a value"}))
    changed = shop.refusal(shop.secret("redis-auth", stringData={"application": "another"}))
    assert 'cannot patch resource "secrets"' in changed
    assert "a value" not in changed
    read = ("get", "secret", "redis-auth", f"--namespace={shop.namespace}")
    assert "Forbidden" in shop.plane.kubectl_done(*read, kubeconfig=shop.deployer).stderr


def test_it_grants_nobody_anything(shop: Dev) -> None:
    everybody = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:authenticated"}
    role = one(shop.manifests, "Role", "examxv2-deployer")["metadata"]["name"]
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role}
    api = "rbac.authorization.k8s.io/v1"
    binding = shop.kind(api, "RoleBinding", "gift", roleRef=reference, subjects=[everybody])
    assert 'cannot create resource "rolebindings"' in shop.refusal(binding, verb="create")
    for each in (*of_kind(shop.manifests, "Role"), *of_kind(shop.manifests, "RoleBinding")):
        assert "Forbidden" in shop.refusal(each)


def test_more_rights_of_the_group_open_nothing(shop: Dev) -> None:
    """The policy is the second line: with a Role that allows everything in the namespace it still holds."""
    everything = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
    api = "rbac.authorization.k8s.io/v1"
    group = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "examxv2-deployers"}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "everything"}
    wide = [
        shop.kind(api, "Role", "everything", rules=everything),
        shop.kind(api, "RoleBinding", "everything", roleRef=reference, subjects=[group]),
    ]
    shop.write(*wide)
    try:
        eventually(
            lambda: "(Forbidden)" not in shop.refusal(shop.kind("batch/v1", "Job", "new"), verb="create"),
            because=lambda: "the Role is not in force",
        )
        binding = {**wide[1], "metadata": {**wide[1]["metadata"], "name": "gift"}}
        applies = "an administrator applies Roles and RoleBindings"
        assert applies in shop.refusal(binding, verb="create")
        assert applies in shop.refusal(binding, verb="apply")
        gone = ("delete", "role", "everything", "--dry-run=server", f"--namespace={shop.namespace}")
        assert applies in shop.plane.kubectl_done(*gone, kubeconfig=shop.deployer).stderr
        template = shop.deployment("new", "busybox:1")["spec"]["template"]
        job = {"template": {**template, "spec": {**template["spec"], "restartPolicy": "Never"}}}
        assert "busybox:1 is not of" in shop.refusal(shop.kind("batch/v1", "Job", "new", spec=job))
        cron = {"schedule": "@daily", "jobTemplate": {"spec": job}}
        assert "busybox:1 is not of" in shop.refusal(shop.kind("batch/v1", "CronJob", "new", spec=cron))
        daemon = {"template": template, "selector": {"matchLabels": {"app": "new"}}}
        assert "busybox:1 is not of" in shop.refusal(shop.kind("apps/v1", "DaemonSet", "new", spec=daemon))
        pod = {"containers": [_container("c", "busybox:1")]}
        assert "busybox:1 is not of" in shop.refusal(shop.kind("v1", "Pod", "new", spec=pod))
        assert "none may be changed" in shop.refusal(shop.secret("redis-auth", stringData={"keda": "another"}))
        assert not shop.refusal(shop.deployment("new", f"{OWN}:1"))
    finally:
        for kind in ("rolebinding", "role"):
            shop.plane.kubectl("delete", kind, "everything", f"--namespace={shop.namespace}")


def test_others_and_other_namespaces_never_meet_it(shop: Dev, namespace: str) -> None:
    shop.write(shop.deployment("guest", "docker.io/library/anything:1"))
    made = shop.deployment("elsewhere", "busybox:1")
    made["metadata"]["namespace"] = namespace
    shop.write(made)


def test_the_group_can_not_take_its_policy_away(shop: Dev) -> None:
    for kind in POLICIES:
        item = one(shop.manifests, kind)
        assert "Forbidden" in shop.refusal(item)
        gone = ("delete", kind, item["metadata"]["name"], "--dry-run=server")
        assert "Forbidden" in shop.plane.kubectl_done(*gone, kubeconfig=shop.deployer).stderr


def test_the_api_server_finds_nothing_wrong_with_the_expressions(shop: Dev) -> None:
    """It checks types against the schemas of the kinds, after the policy is there (`status.typeChecking`)."""
    policy = one(shop.manifests, "ValidatingAdmissionPolicy")["metadata"]

    def checked() -> Any:
        return shop.plane.get("validatingadmissionpolicy", policy["name"]).get("status", {})

    eventually(
        lambda: checked().get("observedGeneration") is not None, because=lambda: "the controller did not look at it"
    )
    assert checked()["typeChecking"] == {}
