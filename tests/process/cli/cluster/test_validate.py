"""`examx validate --cluster`: what the cluster itself says, without a change to it."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from examx_cli import validation
from examx_cli.cluster import Cluster, Target
from examx_cli.kubectl import Kubectl
from examx_cli.reading import read
from examx_constructs.checks import Finding
from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.process.cli.cluster.kubectl import key_of
from tests.unit.cli.doctor.eks import workload


def _refused(checkout: Checkout) -> list[str]:
    objects = read(checkout.root / "dist" / "dev.k8s.yaml")
    cluster = Cluster(Kubectl(), Target.of(objects))
    return [found.said for found in validation.refused_by_cluster("dev.k8s.yaml", objects, cluster)]


def test_what_the_cluster_would_take(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    assert _refused(checkout) == []


def test_what_the_cluster_would_refuse(checkout: Checkout, cluster: TestCluster, examx: Examx):
    examx("apply", "dev")
    checkout.one("Deployment")["spec"]["selector"]["matchLabels"]["other"] = "label"
    checkout.one("Deployment")["spec"]["template"]["metadata"]["labels"]["other"] = "label"
    checkout.one("ConfigMap")["data"]["colour"] = "blue"
    checkout.commit("second")
    (message,) = _refused(checkout)
    assert "/web: the object is refused: The Deployment" in message
    assert "field is immutable" in message
    settings = cluster.get("ConfigMap", "settings")
    assert settings is not None
    assert settings["data"]["colour"] == "red"


def test_a_namespace_that_is_not_there_yet(checkout: Checkout, cluster: TestCluster):
    assert _refused(checkout) == []
    assert cluster.get("Namespace", cluster.namespace) is None


@pytest.fixture
def stale(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small checkout has no code that could render."""

    def fresh(*_: object) -> list[Finding]:
        return []

    monkeypatch.setattr(validation, "stale", fresh)


@pytest.mark.usefixtures("stale")
def test_the_command(checkout: Checkout, played: TestCluster, examx: Examx):
    done = examx("validate", "dev", "--cluster")
    assert done.stdout == "dev: 5 objects, 0 findings\n"
    assert f"{checkout.cluster.namespace} does not exist yet" in done.stderr
    played.wish("name", "other")
    done = examx("validate", "dev", "--cluster")
    assert done.exit_code == 1
    assert "leads to the cluster other" in done.stderr


POLICY = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "default-deny"},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
}


def agent(*args: str, name: str = "aws-node") -> dict[str, object]:
    """What enforces policies on each node, as the API server shows it."""
    item = workload("DaemonSet", name, "amazon/aws-network-policy-agent:v1.4.0", container="agent", args=[*args])
    return {"apiVersion": "apps/v1", **item}


@pytest.fixture
def isolated(stale: None, checkout: Checkout, played: TestCluster, examx: Examx) -> Checkout:
    """An environment that says who may talk to whom, and runs."""
    metadata = {**POLICY["metadata"], "namespace": checkout.cluster.namespace}  # type: ignore[dict-item]
    checkout.manifests.append({**POLICY, "metadata": metadata})
    checkout.commit("isolated")
    examx("apply", "dev")
    return checkout


def put(played: TestCluster, *items: dict[str, Any]) -> None:
    """Put into the cluster what somebody else made."""
    objects = json.loads((played.state or Path()).read_text(encoding="utf-8"))["objects"]
    played.wish("objects", objects | {key_of(each): {"object": each, "applied": {}} for each in items})


def test_policies_that_nobody_enforces_are_a_finding(isolated: Checkout, played: TestCluster, examx: Examx) -> None:
    put(played, agent("--enable-network-policy=false"))
    done = examx("validate", "dev", "--cluster")
    assert done.exit_code == 1
    assert "each NetworkPolicy is not enforced by testing: no container of DaemonSet aws-node is told" in done.stdout
    assert "aws eks update-addon --cluster-name testing --addon-name vpc-cni" in done.stdout
    assert "1 finding: 1 error" in done.stdout


def test_policies_that_are_enforced_are_told_in_a_line(isolated: Checkout, played: TestCluster, examx: Examx) -> None:
    put(played, agent("--enable-network-policy=true"))
    done = examx("validate", "dev", "--cluster")
    assert (done.exit_code, done.stdout) == (0, "dev: 6 objects, 0 findings\n"), done.output
    told = [line for line in done.stderr.splitlines() if "NetworkPolicies" in line]
    assert told == [
        "testing: NetworkPolicies are enforced: by the VPC CNI (DaemonSet aws-node, --enable-network-policy=true)"
    ]


def test_that_it_cannot_be_told_is_told(isolated: Checkout, played: TestCluster, examx: Examx) -> None:
    done = examx("validate", "dev", "--cluster")
    assert done.exit_code == 0, done.output
    assert "testing: whether NetworkPolicies are enforced cannot be told: no DaemonSet is one" in done.stderr
    played.wish("forbidden", [["list", "daemonsets.apps"]])
    done = examx("validate", "dev", "--cluster")
    assert done.exit_code == 0, done.output
    assert "cannot be told: this identity may not read the daemonsets.apps of all namespaces" in done.stderr


def test_a_context_is_asked_for_the_environments_of_its_cluster(
    isolated: Checkout, played: TestCluster, examx: Examx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an environment: those that live there, and no word of the others but that."""
    monkeypatch.setattr("examx_cli.commands.validate.ENVIRONMENTS", {"dev": None, "stg": None})
    elsewhere = copy.deepcopy(isolated.manifests)
    for each in elsewhere:
        if each["kind"] == "Namespace":
            each["metadata"]["annotations"]["examx.ai/cluster"] = "another"
    (isolated.root / "dist" / "stg.k8s.yaml").write_text(yaml.safe_dump_all(elsewhere))
    put(played, agent("--enable-network-policy=false"))
    before = len(played.calls)
    done = examx("validate", "--context", "standing-in")
    assert done.exit_code == 1
    assert "each NetworkPolicy is not enforced by testing" in done.stdout
    assert "1 finding: 1 error" in done.stdout
    assert "stg is of another: not looked at" in done.stderr
    assert all("--context=standing-in" in call for call in played.calls[before:])


def test_a_context_of_no_environment_is_refused(
    isolated: Checkout, played: TestCluster, examx: Examx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("examx_cli.commands.validate.ENVIRONMENTS", {"dev": None})
    played.wish("name", "other")
    done = examx("validate", "--context", "standing-in")
    assert done.exit_code == 1
    assert 'the context "standing-in" leads to the cluster other' in done.stderr


def test_a_path_is_of_no_cluster(isolated: Checkout, examx: Examx) -> None:
    for option in (["--cluster"], ["--context", "standing-in"]):
        done = examx("validate", "dist", *option)
        assert done.exit_code == 2
        assert f"{option[0]} needs an environment: a path does not say which cluster it is for" in done.stderr
