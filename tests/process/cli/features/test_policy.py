"""What the group of docs/features.md may do, asked of a real API server: its role and its policy, under other names."""

import copy
import json
import os
import re
import subprocess
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cdk8s import App

from examx_cli.features import registry
from examx_constructs.chart import ExamxChart
from examx_constructs.features import Feature, feature
from examx_constructs.features.feature import rfc3339
from examx_constructs.settings import ImageReference
from tests.cluster.control_plane import ControlPlane
from tests.process.cli.cluster.conftest import TestCluster, real
from tests.runtime.waiting import eventually
from tests.support import Manifest, of_kind, one, read_documents
from tests.unit.cli.features.conftest import DEV_IMAGE, ME
from tests.unit.cli.features.conftest import feature as command

pytestmark = [pytest.mark.e2e, pytest.mark.every_version]

TEXT = (Path(__file__).parents[4] / "docs" / "features.md").read_text(encoding="utf-8")
NAME = "examxv2-feature-deployer"
OWN = "feat-policy-examxv2"
IMAGE = "399600302704.dkr.ecr.ap-south-1.amazonaws.com/examxv2-backend:dev-1"
LABELS = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "environment": "feature",
    "tier": "feat",
    "examx.ai/slug": "policy",
}
APPLY = ("apply", "--server-side", "--force-conflicts")
Change = Callable[[Any], object]


@pytest.fixture(scope="module")
def cluster(request: pytest.FixtureRequest) -> Iterator[TestCluster]:
    with pytest.MonkeyPatch.context() as patch:
        yield from real(request, patch)


@pytest.fixture(scope="module")
def branch() -> list[Manifest]:
    """What is rendered for the branch `policy`."""
    wanted = Feature(
        branch="policy", image=ImageReference.parse(IMAGE), owner="ada", expires=datetime.now(UTC) + timedelta(days=7)
    )
    return ExamxChart(App(), feature(wanted)).to_json()


@dataclass
class Asker:
    """Asks as a member of the group, by dry runs."""

    cluster: TestCluster
    group: str

    def __call__(self, *arguments: str, item: Any = None) -> str:
        """Why not, or nothing."""
        given = [*(["-f", "-"] if item else []), *([] if arguments[0] == "get" else ["--dry-run=server"])]
        command = [self.cluster.binary, *arguments, *given, "--as=somebody", f"--as-group={self.group}"]
        stdin = json.dumps(item) if item else None
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        return done.stderr if done.returncode else ""


@pytest.fixture(scope="module")
def ask(cluster: TestCluster) -> Iterator[Asker]:
    """Asks by what docs/features.md says, under other names. The namespace OWN is there."""
    name = f"examx-e2e-{uuid.uuid4().hex[:8]}"
    _, manifests = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    objects = [each for each in read_documents(manifests.replace(NAME, name)) if each["kind"] != "StorageClass"]
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    cluster.kubectl("apply", "-f", "-", stdin=listed)
    ask = Asker(cluster, f"{name}s")
    # Each breaks one policy alone, for of several refusals the API server tells one.
    unlike = namespace(OWN, **{**LABELS, "pod-security.kubernetes.io/enforce": "baseline"})
    unlabelled = namespace(OWN, **{**LABELS, "tier": "none"})
    try:
        # The API server takes a moment to know a policy.
        eventually(lambda: "restricted" in ask(*APPLY, item=unlike), because=lambda: ask(*APPLY, item=unlike))
        eventually(lambda: "labels of" in ask(*APPLY, item=unlabelled), because=lambda: ask(*APPLY, item=unlabelled))
        cluster.kubectl(*APPLY, "-f", "-", stdin=json.dumps(namespace(OWN, **LABELS)))
        yield ask
    finally:
        cluster.kubectl("delete", "namespace", OWN, "--wait=false", "--ignore-not-found")
        cluster.kubectl("delete", "-f", "-", stdin=listed)


def namespace(name: str, /, expires: str | None = None, branch: str = "policy", **labels: str) -> Any:
    until = rfc3339(datetime.now(UTC) + timedelta(days=7)) if expires is None else expires
    notes = {"examx.ai/branch": branch, "examx.ai/owner": "ada", "examx.ai/expires": until}
    metadata = {"name": name, "labels": labels, "annotations": notes}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def settings(namespace: str) -> Any:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": namespace}}


def test_what_it_may_and_what_not(ask: Asker) -> None:
    nowhere_else = "this identity may act in the namespaces of feature environments only"
    assert not ask(*APPLY, item=namespace(OWN, **LABELS))
    enforce = "pod-security.kubernetes.io/enforce"
    without = {name: value for name, value in LABELS.items() if name != enforce}
    for labels in (without, {**without, enforce: "privileged"}, {**without, enforce: "baseline"}):
        assert "its namespaces enforce the Pod Security Standard restricted" in ask(
            *APPLY, item=namespace(OWN, **labels)
        )
    older = {**LABELS, "pod-security.kubernetes.io/enforce-version": "v1.22"}
    assert "its namespaces enforce the Pod Security Standard restricted" in ask(*APPLY, item=namespace(OWN, **older))
    for foreign in ("dev-examxv2", "feat-policy", "policy-examxv2"):
        assert nowhere_else in ask(*APPLY, item=namespace(foreign, **LABELS))
    assert nowhere_else in ask(*APPLY, item=settings("default"))
    assert nowhere_else in ask("create", item={**settings("default"), "kind": "Secret"})
    assert nowhere_else in ask("delete", "namespace/kube-node-lease")
    assert nowhere_else in ask("label", "namespace/default", "examx.ai/slug=x")
    assert "Forbidden" in ask("get", "secrets", "--namespace=default")
    assert not ask("get", "namespaces")


def test_what_is_rendered_is_allowed(ask: Asker, branch: list[Manifest]) -> None:
    assert not of_kind(branch, "Role")
    refused = {f"{each['kind']} {each['metadata']['name']}": ask(*APPLY, item=each) for each in branch}
    # KEDA's own webhook refuses a ScaledObject whose target is not there.
    assert {name: why for name, why in refused.items() if why and "admission webhook" not in why} == {}
    assert sum(not why for why in refused.values()) > 20


def test_an_environment_says_what_it_is_and_lives_for_thirty_days(ask: Asker, cluster: TestCluster) -> None:
    other = "feat-second-examxv2"
    second = {**LABELS, "examx.ai/slug": "second"}
    far = rfc3339(datetime.now(UTC) + timedelta(days=31))
    month = rfc3339(datetime.now(UTC) + timedelta(days=30))
    assert not ask("create", item=namespace(other, month, **second))
    for how in (("create",), APPLY):
        assert "30 days at most" in ask(*how, item=namespace(other, far, **second))
        assert "30 days at most" in ask(*how, item=namespace(other, "2099-01-01T00:00:00Z", **second))
        for unreadable in ("", "soon", "2030-01-31", "2030-01-31T18:00:00", "2030-13-31T18:00:00Z", "9999999"):
            assert "denied request" in ask(*how, item=namespace(other, unreadable, **second)), unreadable
        for missing in ("environment", "tier", "examx.ai/slug"):
            assert "labels of its namespaces" in ask(*how, item=namespace(other, **{**second, missing: "other"}))
        assert "says of which branch" in ask(*how, item=namespace(other, branch="", **second))
    # Of what is there already: never without a legible expiry, another branch or another owner.
    for note in ("examx.ai/expires-", "examx.ai/expires=never", "examx.ai/branch=other", "examx.ai/owner=eve"):
        assert "denied request" in ask("annotate", f"namespace/{OWN}", note, "--overwrite"), note
    for label in ("environment-", "tier=dev", "examx.ai/slug=other", "pod-security.kubernetes.io/enforce-"):
        assert "denied request" in ask("label", f"namespace/{OWN}", label, "--overwrite"), label
    assert not ask("annotate", f"namespace/{OWN}", f"examx.ai/expires={month}", "--overwrite")
    assert not ask("delete", f"namespace/{OWN}")


def _set(*path: str | int, value: Any) -> Change:
    def change(item: Any) -> None:
        *parents, last = path
        for each in parents:
            item = item[each]
        item[last] = value

    return change


def _gone(*path: str | int) -> Change:
    def change(item: Any) -> None:
        *parents, last = path
        for each in parents:
            item = item[each]
        del item[last]

    return change


def _note(name: str, value: str) -> Change:
    return lambda item: item["metadata"].setdefault("annotations", {}).update({name: value})


def _volume(**source: Any) -> Change:
    return lambda item: item["spec"]["template"]["spec"]["volumes"].append({"name": "another", **source})


_CLAIMED = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
ALB = "alb.ingress.kubernetes.io/"
RULE = ("spec", "rules", 0)
WAY_IN = "the one Ingress, examxv2-ingress of the class alb, leads all of SLUG.examx.cloud"
NOT_RENDERED = "annotations of the Ingress that are not as rendered: "
INSIDE = "a Service is of the type ClusterIP, without externalIPs and annotations"
CLAIM = "a claim is of the class examxv2-features"
QUOTA = "the quota is the rendered one, or less"
SENDS, TAKES = "pods send to each other, to ports 443", "pods take from each other, from KEDA on port 6379"
DENY = "default-deny denies all, of all pods"
IMAGES = "shall be of 399600302704"
VOLUMES = "no volume of a pod is an image or a claim of its own"
POD = ("spec", "template", "spec")

ATTACKS: Mapping[str, tuple[str, str, Change, str]] = {
    "dev's host": ("Ingress", "", _set(*RULE, "host", value="examx.cloud"), WAY_IN),
    "another branch's host": ("Ingress", "", _set(*RULE, "host", value="login.examx.cloud"), WAY_IN),
    "all hosts": ("Ingress", "", _set(*RULE, "host", value="*.examx.cloud"), WAY_IN),
    "no host, so any": ("Ingress", "", _gone(*RULE, "host"), WAY_IN),
    "a second rule": ("Ingress", "", lambda each: each["spec"]["rules"].append(each["spec"]["rules"][0]), WAY_IN),
    "many paths": ("Ingress", "", lambda each: _paths(each).append({**_paths(each)[0], "path": "/a"}), WAY_IN),
    "another service": (
        "Ingress",
        "",
        _set(*RULE, "http", "paths", 0, "backend", "service", "name", value="elsewhere"),
        WAY_IN,
    ),
    "an answer for all": (
        "Ingress",
        "",
        _set("spec", "defaultBackend", value={"service": {"name": "a", "port": {"number": 80}}}),
        WAY_IN,
    ),
    "a certificate": ("Ingress", "", _set("spec", "tls", value=[{"hosts": ["examx.cloud"]}]), WAY_IN),
    "another class": ("Ingress", "", _set("spec", "ingressClassName", value="nginx"), WAY_IN),
    "a second Ingress": ("Ingress", "", _set("metadata", "name", value="second"), WAY_IN),
    "a lower order": ("Ingress", "", _note(ALB + "group.order", "-1"), f"{NOT_RENDERED}{ALB}group.order"),
    "another group": ("Ingress", "", _note(ALB + "group.name", "dev"), f"{NOT_RENDERED}{ALB}group.name"),
    "closed ports": ("Ingress", "", _note(ALB + "inbound-cidrs", "192.0.2.0/24"), f"{NOT_RENDERED}{ALB}inbound"),
    "another balancer": ("Ingress", "", _note(ALB + "load-balancer-name", "mine"), f"{NOT_RENDERED}{ALB}load-bal"),
    "no attributes": ("Ingress", "", _note(ALB + "load-balancer-attributes", "idle"), f"{NOT_RENDERED}{ALB}load-bal"),
    "an action": ("Ingress", "", _note(ALB + "actions.a", "{}"), f"{NOT_RENDERED}{ALB}actions.a"),
    "no group": ("Ingress", "", _gone("metadata", "annotations", ALB + "group.name"), f"{NOT_RENDERED}{ALB}group.name"),
    "a name in DNS": (
        "Ingress",
        "",
        _note("external-dns.alpha.kubernetes.io/hostname", "examx.cloud"),
        f"{NOT_RENDERED}external-dns",
    ),
    "external IPs": ("Service", "redis", _set("spec", "externalIPs", value=["192.0.2.1"]), INSIDE),
    "a port of the nodes": ("Service", "redis", _set("spec", "type", value="NodePort"), INSIDE),
    "a load balancer": ("Service", "redis", _set("spec", "type", value="LoadBalancer"), INSIDE),
    "a name elsewhere": (
        "Service",
        "redis",
        _set("spec", value={"type": "ExternalName", "externalName": "a.b"}),
        INSIDE,
    ),
    "a name of DNS for a Service": (
        "Service",
        "redis",
        _note("external-dns.alpha.kubernetes.io/hostname", "a"),
        INSIDE,
    ),
    "another port to ask": ("Service", "examxv2-backend-service", _note(ALB + "healthcheck-port", "80"), INSIDE),
    "another target group": ("Service", "examxv2-backend-service", _note(ALB + "target-group-attributes", "a"), INSIDE),
    "another class of storage": ("PersistentVolumeClaim", "", _set("spec", "storageClassName", value="gp2"), CLAIM),
    "no class of storage": ("PersistentVolumeClaim", "", _gone("spec", "storageClassName"), CLAIM),
    "another's volume": ("PersistentVolumeClaim", "", _set("spec", "volumeName", value="dev-pv"), CLAIM),
    "a larger quota": ("ResourceQuota", "", _set("spec", "hard", "pods", value="20"), QUOTA),
    "a quota of less": ("ResourceQuota", "", _gone("spec", "hard", "requests.memory"), QUOTA),
    # The API server itself knows no scope that fits all that the quota counts.
    "a quota of nothing": ("ResourceQuota", "", _set("spec", "scopes", value=["NotTerminating"]), "unsupported scope"),
    "another quota": ("ResourceQuota", "", _set("metadata", "name", value="second"), QUOTA),
    "no default deny": ("NetworkPolicy", "default-deny", _set("spec", "policyTypes", value=["Ingress"]), DENY),
    "a deny that allows": ("NetworkPolicy", "default-deny", _set("spec", "egress", value=[{}]), DENY),
    "a deny of some pods": (
        "NetworkPolicy",
        "default-deny",
        _set("spec", "podSelector", value={"matchLabels": {"app": "a"}}),
        DENY,
    ),
    "to everything": ("NetworkPolicy", "app-to-external", _set("spec", "egress", value=[{}]), SENDS),
    "to all ports": ("NetworkPolicy", "app-to-external", _gone("spec", "egress", 0, "ports"), SENDS),
    "to everybody on a port": ("NetworkPolicy", "app-to-external", _gone("spec", "egress", 0, "to"), SENDS),
    "to a range of ports": (
        "NetworkPolicy",
        "app-to-external",
        _set("spec", "egress", 0, "ports", 0, "endPort", value=9999),
        SENDS,
    ),
    "to Redis of others": (
        "NetworkPolicy",
        "app-to-external",
        _set("spec", "egress", 0, "ports", 0, "port", value=6379),
        SENDS,
    ),
    "to the nodes' metadata": (
        "NetworkPolicy",
        "app-to-external",
        _gone("spec", "egress", 1, "to", 0, "ipBlock", "except"),
        SENDS,
    ),
    "to another namespace": (
        "NetworkPolicy",
        "app-to-redis-outgoing",
        _set("spec", "egress", 0, "to", 0, value={"namespaceSelector": {}}),
        SENDS,
    ),
    "from everybody": ("NetworkPolicy", "app-to-redis-incoming", _set("spec", "ingress", value=[{}]), TAKES),
    "from all namespaces": (
        "NetworkPolicy",
        "app-to-redis-incoming",
        _set("spec", "ingress", 0, "from", 1, "namespaceSelector", value={}),
        TAKES,
    ),
    "from the internet": (
        "NetworkPolicy",
        "backend-from-load-balancer",
        _set("spec", "ingress", 0, "from", 0, "ipBlock", "cidr", value="0.0.0.0/0"),
        TAKES,
    ),
    "another image": ("Deployment", "celery-beat", _set(*POD, "containers", 0, "image", value="busybox:1"), IMAGES),
    "an image that begins alike": (
        "Deployment",
        "celery-beat",
        _set(*POD, "containers", 0, "image", value=IMAGE.replace(":dev", "-other:dev")),
        IMAGES,
    ),
    "another image at first": (
        "StatefulSet",
        "redis",
        _set(*POD, "initContainers", value=[{"name": "a", "image": "busybox:1"}]),
        IMAGES,
    ),
    "a claim of a pod's own": (
        "Deployment",
        "celery-beat",
        _volume(ephemeral={"volumeClaimTemplate": {"spec": _CLAIMED}}),
        VOLUMES,
    ),
    "another driver": (
        "Deployment",
        "celery-beat",
        _volume(csi={"driver": "efs.csi.aws.com"}),
        VOLUMES,
    ),
    "another role in AWS": (
        "ServiceAccount",
        "",
        _set("metadata", "annotations", "eks.amazonaws.com/role-arn", value="arn:aws:iam::399600302704:role/admin"),
        "the role of the pods is examxv2-feature",
    ),
    "a query of somebody else": (
        "ScaledObject",
        "celery-worker-default-scaler",
        _set("spec", "triggers", 0, "type", value="metrics-api"),
        "triggers are of redis, cpu and memory",
    ),
}


def _paths(ingress: Any) -> list[Any]:
    return ingress["spec"]["rules"][0]["http"]["paths"]


def test_no_attack_is_allowed(ask: Asker, branch: list[Manifest]) -> None:
    """Each is what is rendered, with one thing changed: so it is that which is refused."""
    answers: dict[str, str] = {}
    for attack, (kind, name, change, expected) in ATTACKS.items():
        item = copy.deepcopy(one(branch, kind, name or None))
        change(item)
        said = ask(*APPLY, item=item)
        if expected not in said:
            answers[attack] = said
    assert answers == {}


def test_quota_limits_and_deny_stay(ask: Asker, branch: list[Manifest], cluster: TestCluster) -> None:
    kept = [one(branch, "ResourceQuota"), one(branch, "LimitRange"), one(branch, "NetworkPolicy", "default-deny")]
    flow = one(branch, "NetworkPolicy", "app-to-external")
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": [*kept, flow]})
    cluster.kubectl(*APPLY, "-f", "-", stdin=listed)
    for each in kept:
        said = ask("delete", each["kind"], each["metadata"]["name"], f"--namespace={OWN}")
        assert "cannot delete" in said or "go with the namespace" in said
        assert "Forbidden" in ask("delete", each["kind"], "--all", f"--namespace={OWN}") or "denied" in said
    assert not ask("delete", "networkpolicy", "app-to-external", f"--namespace={OWN}")


def test_secrets_are_made_under_their_names_and_never_read(ask: Asker, cluster: TestCluster) -> None:
    def secret(name: str, **more: Any) -> Any:
        return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": OWN}, **more}

    for name in ("env-file-0123456789", "redis-auth"):
        assert not ask("create", item=secret(name))
    only = "only the Secrets redis-auth"
    assert only in ask("create", item=secret("other"))
    token = secret("env-file-0", type="kubernetes.io/service-account-token")
    token["metadata"]["annotations"] = {"kubernetes.io/service-account.name": "default"}
    assert only in ask("create", item=token)
    cluster.kubectl("create", "-f", "-", stdin=json.dumps(secret("redis-auth", stringData={"keda": "a value"})))
    for how in (APPLY, ("replace",)):
        said = ask(*how, item=secret("redis-auth", stringData={"keda": "another"}))
        assert "Forbidden" in said
        assert "a value" not in said
    for read in (
        ("get", "secret", "redis-auth"),
        ("annotate", "secret/redis-auth", "a=b"),
        ("label", "secret/redis-auth", "a=b"),
    ):
        assert "Forbidden" in ask(*read, f"--namespace={OWN}")
    assert not ask("delete", "secret", "redis-auth", f"--namespace={OWN}")


def test_it_grants_nobody_anything(ask: Asker) -> None:
    api = "rbac.authorization.k8s.io"
    everybody = {"apiGroup": api, "kind": "Group", "name": "system:authenticated"}
    metadata = {"name": "gift", "namespace": OWN}
    role: Any = {"apiVersion": f"{api}/v1", "kind": "Role", "metadata": metadata, "rules": []}
    binding: Any = {"apiVersion": f"{api}/v1", "kind": "RoleBinding", "metadata": metadata, "subjects": [everybody]}
    binding["roleRef"] = {"apiGroup": api, "kind": "ClusterRole", "name": "view"}
    for item in (role, binding):
        for how in (APPLY, ("create",)):
            assert "Forbidden" in ask(*how, item=item)


def test_keda_asks_with_a_secret_of_the_namespace(ask: Asker) -> None:
    metadata = {"name": "redis", "namespace": OWN}
    reference = {"parameter": "password", "name": "redis-auth", "key": "keda"}
    own = {"apiVersion": "keda.sh/v1alpha1", "kind": "TriggerAuthentication", "metadata": metadata}
    assert not ask(*APPLY, item={**own, "spec": {"secretTargetRef": [reference]}})
    itself = {**own, "spec": {"podIdentity": {"provider": "aws"}}}
    assert "KEDA authenticates with a Secret of the namespace" in ask(*APPLY, item=itself)


@pytest.mark.long
def test_the_command_needs_no_more_than_that(
    ask: Asker, cluster: TestCluster, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane: ControlPlane = request.getfixturevalue("control_plane")
    if os.environ["KUBECONFIG"] != str(plane.kubeconfig):
        pytest.skip("it takes a certificate of the group, which the cluster of tests/cluster alone gives")
    monkeypatch.setattr(registry, "CLUSTER", cluster.name)
    monkeypatch.setenv("KUBECONFIG", str(plane.kubeconfig_for("somebody", ask.group)))
    try:
        given = ("--image", str(DEV_IMAGE), "--owner", ME, "--for", "3d")
        done = command("up", "rights", *given, "--env-file", "-", stdin=b"COLOUR=red\n")
        assert "https://rights.examx.cloud runs" in done.stdout
        command("extend", "rights", "--for", "5d")
        again = command("up", "rights", "--default-env")
        assert "could not be removed" not in again.stderr, "the Secret of the .env from before"
        command("reap", "--dry-run")
        command("down", "rights", "--yes", "--owner", ME)
    finally:
        monkeypatch.setenv("KUBECONFIG", str(plane.kubeconfig))
        cluster.kubectl("delete", "namespace", "feat-rights-examxv2", "--ignore-not-found", "--wait=false")


def test_volumes_of_its_class_alone(ask: Asker, cluster: TestCluster) -> None:
    suffix = uuid.uuid4().hex[:8]
    volumes = {kind: f"examx-e2e-{suffix}-{number}" for number, kind in enumerate(("examxv2-features", "gp2", ""))}
    items = [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name},
            "spec": {
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteMany"],
                "storageClassName": kind,
                "csi": {"driver": "efs.csi.aws.com", "volumeHandle": "fs-0123456789abcdef0"},
            },
        }
        for kind, name in volumes.items()
    ]
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    cluster.kubectl("apply", "-f", "-", stdin=listed)
    try:
        refused = {kind: bool(ask("delete", f"persistentvolume/{name}")) for kind, name in volumes.items()}
    finally:
        cluster.kubectl("delete", "-f", "-", "--wait=false", stdin=listed)
    assert refused == {"examxv2-features": False, "gp2": True, "": True}
