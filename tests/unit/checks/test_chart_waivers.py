"""`add_checks`: errors stop a synth, warnings are told, and waivers accept either."""

from pathlib import Path

import pytest
from cdk8s import ApiObject, ApiObjectMetadata, App, Chart, JsonPatch

from examx_constructs.chart_checks import add_checks
from examx_constructs.checks import Waiver

BEAT = Waiver(rule="beat-is-single", object="Deployment shop/beat", reason="It is stopped by hand before a release.")


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(outdir=str(tmp_path))


@pytest.fixture
def chart(app: App) -> Chart:
    """A scheduler that a rolling update runs twice."""
    chart = Chart(app, "shop", namespace="shop")
    beat = ApiObject(chart, "beat", api_version="apps/v1", kind="Deployment", metadata=ApiObjectMetadata(name="beat"))
    container = {"name": "app", "image": "registry.example.com/shop:2.4.1", "command": ["celery", "-A", "shop", "beat"]}
    labels = {"app": "beat"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    beat.add_json_patch(JsonPatch.add("/spec", {"selector": {"matchLabels": labels}, "template": template}))
    return chart


def test_an_error_names_the_construct(app: App, chart: Chart) -> None:
    add_checks(app, [chart])
    with pytest.raises(RuntimeError, match=r"shop/beat: Deployment shop/beat: spec\.strategy\.type is missing"):
        app.synth()


def test_a_waiver_accepts_it(app: App, chart: Chart, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    add_checks(app, [chart], waivers=[BEAT])
    app.synth()


def test_a_waiver_of_no_use_stops_it(app: App, chart: Chart) -> None:
    unused = Waiver(rule="beat-is-single", object="Deployment shop/other", reason="It was there once.")
    add_checks(app, [chart], waivers=[BEAT, unused])
    with pytest.raises(RuntimeError, match=r"waiver\[1\] is beat-is-single for Deployment shop/other; allowed: "):
        app.synth()
