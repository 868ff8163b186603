"""`examx validate --cluster`: what the cluster itself says, without a change to it."""

import pytest

from examx_cli import validation
from examx_cli.cluster import Cluster, Target
from examx_cli.kubectl import Kubectl
from examx_cli.objects import read
from tests.cli.cluster.conftest import Checkout, Examx, TestCluster


def _refused(checkout: Checkout) -> list[str]:
    objects = read(checkout.root / "dist" / "dev.k8s.yaml")
    cluster = Cluster(Kubectl(), Target.of(objects))
    return [problem.message for problem in validation.refused_by_cluster("dev.k8s.yaml", objects, cluster)]


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
    assert message.startswith("Deployment web: The Deployment")
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

    def fresh(*_: object) -> list[validation.Problem]:
        return []

    monkeypatch.setattr(validation, "stale", fresh)


@pytest.mark.usefixtures("stale")
def test_the_command(checkout: Checkout, played: TestCluster, examx: Examx):
    done = examx("validate", "dev", "--cluster")
    assert done.stdout == "dev: no problems\n"
    assert f"{checkout.cluster.namespace} does not exist yet" in done.stderr
    played.wish("name", "other")
    done = examx("validate", "dev", "--cluster")
    assert done.exit_code == 1
    assert "leads to the cluster other" in done.stderr
