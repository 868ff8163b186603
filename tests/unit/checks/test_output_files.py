"""Apps that write a file for each object: cdk8s keeps one of those that it has one file for, so a synth is stopped."""

from pathlib import Path

import pytest
from cdk8s import ApiObject, ApiObjectMetadata, App, Chart, JsonPatch, YamlOutputType

from examx_constructs.chart_checks import add_checks

APART = YamlOutputType.FILE_PER_RESOURCE
IN_FOLDERS = YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE
EACH = pytest.mark.parametrize("layout", [APART, IN_FOLDERS], ids=lambda layout: layout.name)


def add(chart: Chart, path: str, name: str, kind: str = "ConfigMap", version: str = "v1") -> ApiObject:
    return ApiObject(chart, path, api_version=version, kind=kind, metadata=ApiObjectMetadata(name=name, namespace=path))


def renamed(made: ApiObject, name: str) -> None:
    made.add_json_patch(JsonPatch.replace("/metadata/name", name))


def synth(app: App, *charts: Chart) -> list[str]:
    add_checks(app, charts)
    app.synth()
    return sorted(str(each.relative_to(app.outdir)) for each in Path(app.outdir).rglob("*.yaml"))


def refusal(app: App, *charts: Chart) -> str:
    with pytest.raises(RuntimeError) as refused:
        synth(app, *charts)
    assert not list(Path(app.outdir).rglob("*.yaml"))
    return str(refused.value)


@EACH
def test_one_name_in_two_namespaces(tmp_path: Path, layout: YamlOutputType) -> None:
    app = App(outdir=str(tmp_path), yaml_output_type=layout)
    chart = Chart(app, "Shop")
    add(chart, "live", "settings")
    add(chart, "test", "settings")
    assert (
        "Shop/live and Shop/test: their file is ConfigMap.settings.k8s.yaml; allowed: one object in a file, or another "
        f"YamlOutputType than {layout.name}; cdk8s names files by kind and name, and keeps the last"
    ) in refusal(app, chart)


@EACH
def test_two_groups_of_one_kind(tmp_path: Path, layout: YamlOutputType) -> None:
    app = App(outdir=str(tmp_path), yaml_output_type=layout)
    chart = Chart(app, "shop")
    add(chart, "one", "web", "Ingress", "example.com/v1")
    add(chart, "other", "web", "Ingress", "example.org/v1")
    assert "shop/one and shop/other: their file is Ingress.web.k8s.yaml" in refusal(app, chart)


@EACH
def test_names_that_differ_in_a_colon(tmp_path: Path, layout: YamlOutputType) -> None:
    app = App(outdir=str(tmp_path), yaml_output_type=layout)
    chart = Chart(app, "shop")
    add(chart, "one", "read:pods")
    add(chart, "other", "readpods")
    assert "shop/one and shop/other: their file is ConfigMap.readpods.k8s.yaml" in refusal(app, chart)


def test_a_chart_that_is_not_checked(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), yaml_output_type=APART)
    checked = Chart(app, "live")
    inner = Chart(checked, "inner")
    for chart in (checked, inner, Chart(app, "test")):
        add(chart, "object", "settings")
    assert "live/inner/object and live/object and test/object: their file is " in refusal(app, checked)


def test_a_folder_for_each_chart_parts_them(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), yaml_output_type=IN_FOLDERS, output_file_extension=".yaml")
    charts = [Chart(app, name) for name in ("live", "test")]
    for chart in charts:
        add(chart, chart.node.id, "settings")
    assert synth(app, *charts) == ["live/ConfigMap.settings.yaml", "test/ConfigMap.settings.yaml"]


def test_a_patch_of_a_name_counts_where_cdk8s_has_it(tmp_path: Path) -> None:
    written = {
        APART: (["ConfigMap.one.k8s.yaml", "ConfigMap.other.k8s.yaml"], None),
        IN_FOLDERS: (None, ["shop/ConfigMap.one.k8s.yaml", "shop/ConfigMap.other.k8s.yaml"]),
    }
    for layout, (parted, joined) in written.items():
        for after, files in ((("one", "other"), parted), (("same", "same"), joined)):
            app = App(outdir=str(tmp_path / f"{layout.name}-{after[1]}"), yaml_output_type=layout)
            chart = Chart(app, "shop")
            before = ("same", "same") if after != ("same", "same") else ("one", "other")
            for path, old, new in zip("ab", before, after, strict=True):
                renamed(add(chart, path, old), new)
            if files is None:
                assert "shop/a and shop/b: their file is ConfigMap.same.k8s.yaml" in refusal(app, chart)
            else:
                assert synth(app, chart) == files


@pytest.mark.parametrize("layout", [YamlOutputType.FILE_PER_CHART, YamlOutputType.FILE_PER_APP])
def test_in_one_file_all_are_kept(tmp_path: Path, layout: YamlOutputType) -> None:
    app = App(outdir=str(tmp_path), yaml_output_type=layout)
    chart = Chart(app, "shop")
    add(chart, "live", "settings")
    add(chart, "test", "settings")
    [file] = synth(app, chart)
    assert (tmp_path / file).read_text(encoding="utf-8").count("name: settings") == 2


@EACH
def test_why_cdk8s_keeps_one(tmp_path: Path, layout: YamlOutputType) -> None:
    """Where cdk8s names files otherwise one day, this fails, and the check can go."""
    app = App(outdir=str(tmp_path), yaml_output_type=layout)
    chart = Chart(app, "shop")
    add(chart, "live", "settings")
    add(chart, "test", "settings")
    app.synth()
    [file] = tmp_path.rglob("*.yaml")
    assert "namespace: test" in file.read_text(encoding="utf-8")
