"""What manifests ask of nodes: by the scheduler's arithmetic, at rest and at most."""

from fractions import Fraction
from typing import Any

import pytest

from examx_constructs.manifests import Manifests
from examx_constructs.manifests.requests import Requests
from tests.support import read_yaml

GIB = 1 << 30
ONE = "resources: {requests: {cpu: 1, memory: 1Gi}}"


def workload(spec: str, kind: str = "Deployment", more: str = "") -> dict[str, Any]:
    template = read_yaml(f"{{metadata: {{}}, spec: {{{spec}}}}}")
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "web", "namespace": "a"},
        "spec": {"template": template, **read_yaml(f"{{{more}}}")},
    }


def requests(*objects: dict[str, Any]) -> tuple[tuple[float, float], tuple[float, float]]:
    rest, most = Requests.of(Manifests.of(objects))
    return (float(rest.cpu), float(rest.memory / GIB)), (float(most.cpu), float(most.memory / GIB))


def scaler(spec: str) -> dict[str, Any]:
    target = {"scaleTargetRef": {"name": "web"}, **read_yaml(f"{{{spec}}}")}
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "s", "namespace": "a"},
        "spec": target,
    }


@pytest.mark.parametrize(
    ("spec", "cpu"),
    [
        (f"containers: [{{name: a, {ONE}}}, {{name: b, {ONE}}}]", 2),
        ("containers: [{name: a, resources: {limits: {cpu: 500m}}}]", 0.5),
        ("containers: [{name: a}]", 0),
        (f"resources: {{requests: {{cpu: 3}}}}, containers: [{{name: a, {ONE}}}]", 3),
        (f"containers: [{{name: a, {ONE}}}], initContainers: [{{name: i, resources: {{requests: {{cpu: 4}}}}}}]", 4),
        (f"containers: [{{name: a, {ONE}}}], initContainers: [{{name: s, restartPolicy: Always, {ONE}}}]", 2),
        (
            (
                f"containers: [{{name: a}}], initContainers: "
                f"[{{name: s, restartPolicy: Always, {ONE}}}, {{name: i, {ONE}}}]"
            ),
            2,
        ),
        (f"containers: [{{name: a, {ONE}}}], overhead: {{cpu: 250m}}", 1.25),
    ],
)
def test_what_one_pod_requests(spec: str, cpu: float) -> None:
    assert requests(workload(spec))[0][0] == cpu


ALONE = workload(f"containers: [{{name: a, {ONE}}}]", more="replicas: 3")


@pytest.mark.parametrize(
    ("objects", "rest", "most"),
    [
        ([ALONE], 3, 3),
        ([ALONE, scaler("minReplicaCount: 2, maxReplicaCount: 8")], 2, 8),
        ([ALONE, scaler("minReplicaCount: 2, maxReplicaCount: 8, idleReplicaCount: 0")], 0, 8),
        ([ALONE, scaler("")], 0, 100),
        ([workload(f"containers: [{{name: a, {ONE}}}]", "DaemonSet")], 0, 0),
        ([workload(f"containers: [{{name: a, {ONE}}}]", "Job", "parallelism: 4") | {"apiVersion": "batch/v1"}], 0, 4),
        ([ALONE, {**ALONE, "metadata": {"name": "other", "namespace": "a"}}], 6, 6),
    ],
)
def test_a_set_at_rest_and_at_most(objects: list[dict[str, Any]], rest: int, most: int) -> None:
    assert requests(*objects) == ((rest, rest), (most, most))


def test_amounts_are_exact() -> None:
    thirds = workload("containers: [{name: a, resources: {requests: {cpu: 100m}}}]", more="replicas: 3")
    assert Requests.of(Manifests.of([thirds])).at_most.cpu == Fraction(3, 10)
