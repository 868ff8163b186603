"""Apps that write a file for each object: cdk8s keeps one of those that it has one file for, so a synth is stopped."""

from pathlib import Path

import pytest
from cdk8s import ApiObject, ApiObjectMetadata, App, Chart, YamlOutputType

from examx_constructs.chart_checks import add_checks

APART = YamlOutputType.FILE_PER_RESOURCE
IN_FOLDERS = YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE


def add(chart: Chart, name: str, namespace: str, kind: str = "ConfigMap", version: str = "v1") -> None:
    metadata = ApiObjectMetadata(name=name, namespace=namespace)
    path = f"{version}{kind}{namespace}{name}".replace("/", "")
    ApiObject(chart, path, api_version=version, kind=kind, metadata=metadata)


def synth(app: App, *charts: Chart) -> list[str]:
    add_checks(app, charts)
    app.synth()
    return sorted(str(each.relative_to(app.outdir)) for each in Path(app.outdir).rglob("*.yaml"))


@pytest.mark.parametrize(
    ("layout", "file"),
    [(APART, "ConfigMap.settings.k8s.yaml"), (IN_FOLDERS, "shop/ConfigMap.settings.k8s.yaml")],
)
def test_one_name_in_two_namespaces(tmp_path: Path, layout: YamlOutputType, file: str) -> None:
    app = App(outdir=str(tmp_path), yaml_output_type=layout)
    chart = Chart(app, "shop")
    add(chart, "settings", "live")
    add(chart, "settings", "test")
    with pytest.raises(RuntimeError) as refused:
        synth(app, chart)
    assert (
        f"{file} is the file of ConfigMap live/settings and of ConfigMap test/settings; allowed: one object, or "
        f"another YamlOutputType than {layout.name}; cdk8s names files by kind and name, and keeps the last"
    ) in str(refused.value)


def test_charts_of_two_environments(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), yaml_output_type=APART)
    charts = [Chart(app, name) for name in ("live", "test")]
    for chart in charts:
        add(chart, "settings", chart.node.id)
    with pytest.raises(RuntimeError, match="ConfigMap live/settings and of ConfigMap test/settings"):
        synth(app, *charts)


def test_two_groups_of_one_kind(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), yaml_output_type=APART)
    chart = Chart(app, "shop")
    add(chart, "a", "shop", "Ingress", "example.com/v1")
    add(chart, "a", "shop", "Ingress", "example.org/v1")
    with pytest.raises(
        RuntimeError, match=r"of Ingress shop/a \(example\.com\) and of Ingress shop/a \(example\.org\);"
    ):
        synth(app, chart)


def test_what_has_a_file_of_its_own_is_written(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), yaml_output_type=IN_FOLDERS, output_file_extension=".yaml")
    charts = [Chart(app, name) for name in ("live", "test")]
    for chart in charts:
        add(chart, "settings", chart.node.id)
    assert synth(app, *charts) == ["live/ConfigMap.settings.yaml", "test/ConfigMap.settings.yaml"]


@pytest.mark.parametrize("layout", [YamlOutputType.FILE_PER_CHART, YamlOutputType.FILE_PER_APP])
def test_in_one_file_all_are_kept(tmp_path: Path, layout: YamlOutputType) -> None:
    app = App(outdir=str(tmp_path), yaml_output_type=layout)
    chart = Chart(app, "shop")
    add(chart, "settings", "live")
    add(chart, "settings", "test")
    [file] = synth(app, chart)
    assert (tmp_path / file).read_text(encoding="utf-8").count("name: settings") == 2


def test_why_cdk8s_keeps_one(tmp_path: Path) -> None:
    """Where cdk8s names files otherwise one day, this fails, and the check can go."""
    app = App(outdir=str(tmp_path), yaml_output_type=APART)
    chart = Chart(app, "shop")
    add(chart, "settings", "live")
    add(chart, "settings", "test")
    app.synth()
    [file] = tmp_path.iterdir()
    assert "namespace: test" in file.read_text(encoding="utf-8")
