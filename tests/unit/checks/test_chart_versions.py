"""Charts are judged by the versions that run them."""

from pathlib import Path

import pytest
from cdk8s import ApiObject, App, Chart, JsonPatch

from examx_constructs.chart_checks import add_checks
from examx_constructs.manifests import Versions


@pytest.fixture
def tolerant(tmp_path: Path) -> tuple[App, Chart]:
    """An app with an HPA that has a tolerance of its own, which Kubernetes keeps from 1.35 on."""
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "shop", namespace="shop")
    hpa = ApiObject(chart, "hpa", api_version="autoscaling/v2", kind="HorizontalPodAutoscaler")
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"maxReplicas": 3, "scaleTargetRef": target, "behavior": {"scaleDown": {"tolerance": "0.05"}}}
    hpa.add_json_patch(JsonPatch.add("/spec", spec))
    return app, chart


def test_the_pinned_version_drops_a_tolerance(tolerant: tuple[App, Chart]):
    app, chart = tolerant
    add_checks(app, [chart])
    with pytest.raises(RuntimeError, match="tolerance-is-kept"):
        app.synth()


def test_a_later_version_keeps_it(tolerant: tuple[App, Chart]):
    app, chart = tolerant
    add_checks(app, [chart], versions=Versions(kubernetes="1.35"))
    app.synth()
