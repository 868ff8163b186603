"""`examx doctor` on a real API server: what it asks is answered, and what is really there, or is not, is told."""

import copy
import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from examx_cli.app import app
from examx_cli.doctor import questions
from examx_cli.doctor.seen import Cluster as SeenCluster
from examx_cli.doctor.seen import Unseen
from examx_cli.kubectl import Kubectl
from tests.guides import rendered
from tests.process.cli.cluster.conftest import Checkout, TestCluster
from tests.runtime.waiting import eventually
from tests.unit.cli.doctor import eks

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

pytestmark = [pytest.mark.e2e, pytest.mark.every_version]

Verdicts = dict[str, dict[str, str]]
NAMESPACE = "dev-examxv2"
DRIVER = "secrets-store.csi.k8s.io"
INSTALLED = {questions.DAEMON_SETS: "apps/v1", questions.DEPLOYMENTS: "apps/v1"}
TOKENS, DRIVER_IS = "secrets: driver's tokens for AWS", f"secrets: driver {DRIVER}"
UNKNOWABLE = {"load balancer: certificates in ACM"}
# The control plane has no webhook of the load balancer controller, and pods of one would be of no use.
PLAYED = {"load balancer: webhook for readiness gates"}
NAMED = "cluster: the Kubernetes that the environment names"


@pytest.fixture(scope="module")
def installed(control_plane: "ControlPlane") -> "Iterator[Sequence[eks.Json]]":
    """What docs/cluster.md installs, as far as it is objects; its pods are played. Gone afterwards."""
    sound = eks.sound(NAMESPACE, "dev-examxv2-sa")
    workloads = [valid(each) for question in INSTALLED for each in sound.answers[question]]
    accounts = [
        {"apiVersion": "v1", "kind": "ServiceAccount", **each}
        for each in (*sound.answers[questions.SERVICE_ACCOUNTS], *map(account_of, workloads))
    ]
    drivers = [
        {"apiVersion": "storage.k8s.io/v1", "kind": "CSIDriver", **each} for each in sound.answers[questions.DRIVERS]
    ]
    names = [
        {
            "apiVersion": "v1",
            "kind": "Service",
            **each,
            "spec": {**each["spec"], "ports": [{"port": 53, "protocol": "UDP"}]},
        }
        for each in sound.answers[questions.SYSTEM_SERVICES]
    ]
    by_name = {(each["metadata"]["namespace"], each["metadata"]["name"]): each for each in reversed(accounts)}
    objects: list[eks.Json] = [*by_name.values(), *map(bare, drivers), *names, *workloads]
    had = json.loads(control_plane.kubectl("get", "namespace", "keda", "--ignore-not-found", "-o", "json") or "null")
    if had is None:
        control_plane.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "keda"}}])
    control_plane.apply(objects)
    yield objects
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    control_plane.kubectl("delete", "--wait=false", "-f", "-", stdin=listed)
    if had is None:
        control_plane.kubectl("delete", "namespace", "keda", "--wait=false")


def valid(workload: eks.Json) -> eks.Json:
    """A workload with what an API server asks for besides what is read of it."""
    item = copy.deepcopy({each: workload[each] for each in ("kind", "metadata", "spec")})
    item["spec"]["selector"] = {"matchLabels": item["spec"]["template"]["metadata"]["labels"]}
    return {"apiVersion": "apps/v1", **item}


def account_of(workload: eks.Json) -> eks.Json:
    name = workload["spec"]["template"]["spec"]["serviceAccountName"]
    return {"metadata": {"name": name, "namespace": workload["metadata"]["namespace"]}}


def bare(driver: eks.Json) -> eks.Json:
    """A driver as a chart installs it that is told nothing. What only the newest Kubernetes knows is left out."""
    spec = {each: value for each, value in driver["spec"].items() if each == "requiresRepublish"}
    return {**driver, "spec": {"attachRequired": False, "podInfoOnMount": True, **spec}}


class Checked:
    """A checkout of dev, whose cluster is the control plane."""

    def __init__(self, plane: "ControlPlane", folder: Path) -> None:
        cluster = TestCluster("testing", NAMESPACE, str(plane.kubectl_binary))
        self.checkout = Checkout(folder / "checkout", cluster)
        self.checkout.manifests = copy.deepcopy(rendered("dev"))
        annotations = self.checkout.one("Namespace")["metadata"]["annotations"]
        annotations |= {"examx.ai/cluster": "testing", "examx.ai/kubernetes-version": plane.version}
        account = next(each for each in self.checkout.manifests if each["kind"] == "ServiceAccount")
        role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/application"}
        account["metadata"]["annotations"] = role
        self.checkout.commit("dev")

    def doctor(self) -> tuple[int, Verdicts]:
        """The exit status, and the verdicts by topic and precondition."""
        done = CliRunner().invoke(app, ["doctor", "dev", "--format", "json"])
        assert done.exit_code in (0, 1), done.output
        told: list[dict[str, str]] = json.loads(done.stdout)["preconditions"]
        return done.exit_code, {f"{each['topic']}: {each['what']}": each for each in told}


@pytest.fixture
def checked(control_plane: "ControlPlane", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checked:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(control_plane.kubeconfig))
    monkeypatch.setenv("EXAMX_KUBECTL", str(control_plane.kubectl_binary))
    made = Checked(control_plane, tmp_path)
    monkeypatch.chdir(made.checkout.root)
    return made


def of_state(verdicts: Verdicts, state: str) -> set[str]:
    return {what for what, each in verdicts.items() if each["state"] == state}


def test_a_cluster_without_drivers_lacks_these_and_has_the_rest(checked: Checked) -> None:
    status, verdicts = checked.doctor()
    assert status == 1
    assert of_state(verdicts, "missing") >= {
        DRIVER_IS,
        "secrets: AWS's provider",
        "KEDA: operator, 2.17 to 2.20",
        "load balancer: controller, 2.12 or newer",
        "storage: EFS driver, 2.1.2 or newer",
        "storage: EBS driver",
        "network: DNS behind the policies",
    }
    # These are really there: the API server, KEDA's CRDs and its adapter, nodes, classes, and rights.
    assert of_state(verdicts, "ok") >= {
        "cluster: Kubernetes 1.30 to 1.37",
        NAMED,
        "cluster: kinds of others (CRDs)",
        "cluster: nodes of the pods' architecture",
        "KEDA: external metrics API",
        "metrics: resource metrics API",
        "load balancer: IngressClass alb",
        "storage: classes of the claims",
        "namespace: rights of this identity",
    }


def test_a_driver_without_tokens_is_told_until_it_has_them(
    control_plane: "ControlPlane", checked: Checked, installed: Sequence[Any]
) -> None:
    def missing() -> set[str]:
        return of_state(checked.doctor()[1], "missing") - PLAYED

    # Pods take a moment to get ready; the tokens never come by themselves.
    eventually(lambda: missing() == {TOKENS}, because=lambda: str(missing()), seconds=60)
    tokens = json.dumps({"spec": {"tokenRequests": [{"audience": "sts.amazonaws.com"}]}})
    # The newest Kubernetes warns of tokens that do not go by serviceAccountTokenInSecrets.
    patched = control_plane.kubectl_done("patch", "csidriver", DRIVER, "--type=merge", f"--patch={tokens}")
    assert patched.returncode == 0, patched.stderr
    _, verdicts = checked.doctor()
    assert of_state(verdicts, "missing") <= PLAYED
    assert of_state(verdicts, "unknown") <= UNKNOWABLE
    assert verdicts[TOKENS]["said"] == "tokenRequests: sts.amazonaws.com"


def test_an_identity_without_rights_is_told_that_it_cannot_tell(
    control_plane: "ControlPlane", checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(control_plane.kubeconfig_for("nobody-in-particular")))
    status, verdicts = checked.doctor()
    assert status == 0
    assert of_state(verdicts, "missing") == set()
    # What everybody may ask.
    everybody = {"cluster: Kubernetes 1.30 to 1.37", NAMED, "cluster: kinds of others (CRDs)"}
    # What the manifests say themselves.
    assert of_state(verdicts, "ok") == {*everybody, "secrets: roles of the ServiceAccounts"}
    assert "it only reads" in verdicts["namespace: rights of this identity"]["said"]


def test_who_may_do_less_than_a_deployment_does_is_told_what(
    control_plane: "ControlPlane", checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = next(each for each in rendered("dev") if each["kind"] == "Role" and "deployer" in each["metadata"]["name"])
    less = copy.deepcopy(role)
    less["rules"] = [each for each in less["rules"] if each["apiGroups"] != ["keda.sh"]]
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "half"}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role["metadata"]["name"]}
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "half", "namespace": NAMESPACE},
        "roleRef": reference,
        "subjects": [subject],
    }
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    control_plane.apply([namespace, less, binding])
    try:
        monkeypatch.setenv("KUBECONFIG", str(control_plane.kubeconfig_for("half")))
        _, verdicts = checked.doctor()
        assert verdicts["namespace: rights of this identity"]["state"] == "missing"
        assert "scaledobjects" in verdicts["namespace: rights of this identity"]["said"]
        assert verdicts["namespace: labels of the Namespace"]["state"] == "missing"
    finally:
        control_plane.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def test_no_value_of_a_secret_leaves_the_api_server(control_plane: "ControlPlane") -> None:
    """What kubectl hears while an examination counts keys: the table, with the name, and none of the values."""
    value = b64encode(b"what nobody may read").decode()
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "counted", "namespace": "default"}}
    control_plane.apply([{**secret, "type": "Opaque", "data": {"one": value, "two": value}}])
    try:
        kubectl = Kubectl(binary=str(control_plane.kubectl_binary))
        loud = control_plane.folder / "loud"
        loud.write_text(f'#!/bin/sh\nexec "{kubectl.binary}" -v=9 "$@" 2>"{loud}.heard"\n', encoding="utf-8")
        loud.chmod(0o700)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KUBECONFIG", str(control_plane.kubeconfig))
            assert SeenCluster(Kubectl(binary=str(loud)), "default").secret_keys("counted") == 2
            heard = Path(f"{loud}.heard").read_text(encoding="utf-8")
            assert "counted" in heard, "it was heard what the API server answered"
            assert value not in heard
            assert SeenCluster(kubectl, "default").secret_keys("another") is None
            patch.setenv("KUBECONFIG", str(control_plane.kubeconfig_for("nobody-in-particular")))
            with pytest.raises(Unseen, match="this identity may not read the Secret counted"):
                SeenCluster(kubectl, "default").secret_keys("counted")
    finally:
        control_plane.kubectl("delete", "secret", "counted", "--namespace=default")
