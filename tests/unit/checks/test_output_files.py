"""Apps that write a file for each object: cdk8s keeps one of those that it has one file for, so a synth is stopped."""

from pathlib import Path

import pytest
from cdk8s import ApiObject, ApiObjectMetadata, App, Chart, JsonPatch, YamlOutputType

from examx_constructs.chart_checks import add_checks

APART = YamlOutputType.FILE_PER_RESOURCE
IN_FOLDERS = YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE
BOTH = ["ConfigMap.one.k8s.yaml", "ConfigMap.other.k8s.yaml"]
EACH = pytest.mark.parametrize("layout", [APART, IN_FOLDERS], ids=lambda layout: layout.name)


def app_of(folder: Path, layout: YamlOutputType) -> tuple[App, Chart]:
    app = App(outdir=str(folder), yaml_output_type=layout)
    return app, Chart(app, "Shop")


def add(chart: Chart, path: str, name: str, kind: str = "ConfigMap", version: str = "v1") -> ApiObject:
    """An object in the namespace that is called as its path is."""
    metadata = ApiObjectMetadata(name=name, namespace=path)
    return ApiObject(chart, path, api_version=version, kind=kind, metadata=metadata)


def synth(app: App, *charts: Chart) -> list[str]:
    add_checks(app, charts)
    app.synth()
    return sorted(each.name for each in Path(app.outdir).rglob("*.yaml"))


def refusal(app: App, *charts: Chart) -> str:
    with pytest.raises(RuntimeError) as refused:
        synth(app, *charts)
    assert not list(Path(app.outdir).rglob("*.yaml"))
    return str(refused.value)


@EACH
@pytest.mark.parametrize(
    ("one", "other", "file"),
    [
        (("settings",), ("settings",), "ConfigMap.settings"),
        (("web", "Ingress", "example.com/v1"), ("web", "Ingress", "example.org/v1"), "Ingress.web"),
        (("read:pods",), ("readpods",), "ConfigMap.readpods"),
    ],
    ids=["two namespaces", "two groups", "a colon"],
)
def test_two_objects_of_one_file(
    tmp_path: Path, layout: YamlOutputType, one: tuple[str, ...], other: tuple[str, ...], file: str
) -> None:
    app, chart = app_of(tmp_path, layout)
    add(chart, "live", *one)
    add(chart, "test", *other)
    assert (
        f"Shop/live and Shop/test: their file is {file}.k8s.yaml; allowed: one object in a file, or another "
        f"YamlOutputType than {layout.name}; cdk8s names files by kind and name, and keeps the last"
    ) in refusal(app, chart)


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
    assert synth(app, *charts) == ["ConfigMap.settings.yaml"] * 2


@pytest.mark.parametrize(
    ("layout", "before", "after", "written"),
    [
        (APART, ("same", "same"), ("one", "other"), BOTH),
        (APART, ("one", "other"), ("same", "same"), []),
        (IN_FOLDERS, ("same", "same"), ("one", "other"), []),
        (IN_FOLDERS, ("one", "other"), ("same", "same"), BOTH),
    ],
)
def test_a_patch_of_a_name_counts_where_cdk8s_has_it(
    tmp_path: Path, layout: YamlOutputType, before: tuple[str, str], after: tuple[str, str], written: list[str]
) -> None:
    app, chart = app_of(tmp_path, layout)
    for path, old, new in zip(("live", "test"), before, after, strict=True):
        add(chart, path, old).add_json_patch(JsonPatch.replace("/metadata/name", new))
    if written:
        assert synth(app, chart) == written
    else:
        assert "Shop/live and Shop/test: their file is ConfigMap.same.k8s.yaml" in refusal(app, chart)


@pytest.mark.parametrize("layout", [YamlOutputType.FILE_PER_CHART, YamlOutputType.FILE_PER_APP])
def test_in_one_file_all_are_kept(tmp_path: Path, layout: YamlOutputType) -> None:
    app, chart = app_of(tmp_path, layout)
    add(chart, "live", "settings")
    add(chart, "test", "settings")
    [file] = synth(app, chart)
    assert (tmp_path / file).read_text(encoding="utf-8").count("name: settings") == 2


@EACH
def test_why_cdk8s_keeps_one(tmp_path: Path, layout: YamlOutputType) -> None:
    """Where cdk8s names files otherwise one day, this fails, and the check can go."""
    app, chart = app_of(tmp_path, layout)
    add(chart, "live", "settings")
    add(chart, "test", "settings")
    app.synth()
    [file] = tmp_path.rglob("*.yaml")
    assert "namespace: test" in file.read_text(encoding="utf-8")
