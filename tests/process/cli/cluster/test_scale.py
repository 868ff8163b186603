"""`examx scale` on what runs: the autoscalers that a cluster has, and what a deployment would change in them."""

import json
from typing import Any

import pytest

from tests.process.cli.cluster.conftest import Checkout, Examx, TestCluster
from tests.support import Manifest
from tests.unit.cli.scale.support import scaled_object
from tests.unit.scaling.support import deployment

BURST = ("--burst", "100", "--task", "8s")


def placed(item: Manifest, cluster: TestCluster) -> Manifest:
    return {**item, "metadata": {**item["metadata"], "namespace": cluster.namespace}}


def hpa(maximum: int) -> Manifest:
    """An HPA of its own, which every cluster knows."""
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "worker"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "worker"},
            "minReplicas": 1,
            "maxReplicas": maximum,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 5}},
                }
            ],
        },
    }


def apply(checkout: Checkout, *objects: Manifest) -> None:
    """What somebody deployed earlier."""
    for each in (checkout.one("Namespace"), *(placed(one, checkout.cluster) for one in objects)):
        checkout.cluster.apply(each, "somebody")


def said(examx: Examx, *arguments: str) -> Any:
    done = examx("scale", *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_run_of_what_runs(checkout: Checkout, examx: Examx) -> None:
    apply(checkout, hpa(3), deployment())
    (run,) = said(examx, "simulate", "dev", "--cluster", "--queue", "worker", *BURST)["runs"]
    assert run["autoscaler"] == "worker"
    assert run["tasks"] == 100
    assert run["most_pods"] <= 3


def test_what_a_deployment_would_change(checkout: Checkout, examx: Examx) -> None:
    apply(checkout, hpa(2), deployment())
    checkout.manifests += [placed(each, checkout.cluster) for each in (hpa(9), deployment())]
    checkout.write("first")
    found = said(examx, "compare", "dev", "--cluster", "--queue", "worker", *BURST)
    assert found["against"] == "what runs"
    (queue,) = found["queues"]
    assert queue["before"]["most_pods"] <= 2 < queue["after"]["most_pods"] <= 9


def test_nothing_in_the_cluster_scales(checkout: Checkout, examx: Examx) -> None:
    apply(checkout, deployment())
    done = examx("scale", "simulate", "dev", "--cluster", *BURST)
    assert done.exit_code == 2
    assert done.stderr == f"error: dev in {checkout.cluster.name} has no autoscaler that counts tasks\n"


@pytest.fixture
def keda(played: TestCluster, checkout_of_played: Checkout) -> Checkout:
    """A cluster with a ScaledObject and with the HPA that KEDA made of it."""
    made = {
        **hpa(8),
        "metadata": {"name": "keda-hpa-worker", "ownerReferences": [{"kind": "ScaledObject", "name": "worker"}]},
    }
    apply(checkout_of_played, scaled_object(), made, deployment())
    return checkout_of_played


@pytest.fixture
def checkout_of_played(played: TestCluster, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    made = Checkout(tmp_path / "checkout", played)
    monkeypatch.chdir(made.root)
    return made


def test_what_keda_made_is_not_counted_twice(keda: Checkout, examx: Examx) -> None:
    found = said(examx, "simulate", "dev", "--cluster", *BURST)
    assert found["target"] == "dev in testing"
    assert [each["label"] for each in found["runs"]] == ["default"]
    (change,) = said(examx, "compare", "dev", "--cluster", *BURST)["queues"]
    assert change["said"].startswith("not scaled any more")


def test_a_cluster_without_keda_and_one_that_does_not_tell(keda: Checkout, examx: Examx) -> None:
    keda.cluster.wish("no_resource", ["scaledobjects.keda.sh"])
    done = examx("scale", "simulate", "dev", "--cluster", *BURST)
    assert done.stderr == "error: dev in testing has no autoscaler that counts tasks\n"
    keda.cluster.wish("forbidden", [["list", "deployments.apps"]])
    done = examx("scale", "simulate", "dev", "--cluster", *BURST)
    assert "error: this identity may not list deployments.apps in shop, by which its pods scale" in done.stderr
    keda.cluster.wish("forbidden", [])
    keda.cluster.wish("unreachable", ["deployments.apps"])
    done = examx("scale", "simulate", "dev", "--cluster", *BURST)
    (line,) = done.stderr.splitlines()
    assert "does not answer" in line


def test_another_cluster_is_refused(keda: Checkout, examx: Examx) -> None:
    keda.cluster.wish("name", "arn:aws:eks:ap-south-1:123456789012:cluster/other")
    done = examx("scale", "simulate", "dev", "--cluster", *BURST)
    assert done.exit_code == 1
    assert "leads to the cluster arn:aws:eks:ap-south-1:123456789012:cluster/other" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("simulate", "dev", "--context", "c"), "--context is of --cluster, which is not given; leave it out"),
        (("simulate", "dev", "prod", "--cluster"), "--cluster reads one environment; 2 targets are given"),
        (("simulate", "a.yaml", "--cluster"), 'there is no environment "a.yaml"; known are dev, stg, prod'),
        (("compare", "dev", "--context", "c"), "--context is of --cluster"),
        (("compare", "dev", "--cluster", "--against", "main"), "--against main and --cluster exclude each other"),
    ],
)
def test_what_does_not_go_together(keda: Checkout, examx: Examx, arguments: tuple[str, ...], line: str) -> None:
    done = examx("scale", *arguments, *BURST)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {line}")
