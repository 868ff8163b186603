"""Files and folders in, objects out; whatever cannot be read is named with its line."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from pathlib import Path

import pytest

from examx_constructs.checks import LoadError, check, load

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def names(*paths: Path) -> list[str]:
    return [resource.name for resource in load(*paths)]


def test_a_file_with_several_documents(tmp_path):
    write(tmp_path, all_yaml=f"{CONFIG % 'a'}---\n---\n# nothing\n---\n{CONFIG % 'b'}")
    assert names(tmp_path / "all.yaml") == ["a", "b"]


def test_folders_in_order_and_several_paths(tmp_path):
    write(
        tmp_path,
        one__b_yml=CONFIG % "b",
        one__a_yaml=CONFIG % "a",
        two__c_json='{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}',
    )
    assert names(tmp_path) == ["a", "b", "c"]
    assert names(tmp_path / "two", tmp_path / "one" / "b.yml") == ["c", "b"]


def test_paths_that_overlap_are_read_once(tmp_path, monkeypatch):
    write(tmp_path, one__a_yaml=CONFIG % "a", b_yaml=CONFIG % "b")
    monkeypatch.chdir(tmp_path)
    assert names(tmp_path, tmp_path / "one", Path("one/a.yaml"), Path("one/../one/a.yaml")) == ["b", "a"]


def test_lists_are_flattened(tmp_path):
    write(
        tmp_path,
        list_yaml="apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}}\n- null\n",
    )
    assert names(tmp_path) == ["s"]


def test_what_is_no_manifest_is_left_alone(tmp_path):
    write(
        tmp_path,
        values_yaml="replicaCount: 2\n",
        compose_yaml="services: {web: {image: example}}\n",
        kubeconfig_yaml="apiVersion: v1\nkind: Config\nclusters: []\n",
        skaffold_yaml="apiVersion: skaffold/v4beta1\nkind: Config\nmetadata: {name: x}\n",
        cloudformation_yaml="Resources: !Ref Bucket\n",
        tsconfig_json="{ // a comment\n}",
        notes_txt="apiVersion: v1",
        list_yaml="- 1\n- 2\n",
        chart__Chart_yaml="apiVersion: v2\nname: web\n",
        chart__templates__web_yaml="{{ if .Values.x }}",
    )
    for hidden in (".git", "node_modules"):
        (tmp_path / hidden).mkdir()
        (tmp_path / hidden / "a.yaml").write_text(CONFIG % "hidden")
    assert names(tmp_path) == []


def test_kustomize_input_is_incomplete_and_its_patches_are_no_objects(tmp_path):
    write(
        tmp_path,
        kustomization_yaml="apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches: [{path: replicas.yaml}]\n"
        "patchesStrategicMerge: [more.yaml]\nresources: [web.yaml]\n",
        replicas_yaml=CONFIG % "patch",
        more_yaml=CONFIG % "other-patch",
        config_yaml=CONFIG % "settings",
        web_yaml="apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: app\n    envFrom: [{configMapRef: {name: generated}}]\n",
    )
    assert names(tmp_path) == ["settings", "web"]
    assert check(load(tmp_path)) == []


def test_dates_and_equal_signs_are_texts_as_in_kubernetes(tmp_path):
    write(
        tmp_path,
        web_yaml="apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations: {built: 2026-01-01, sign: =}\n",
    )
    assert check(load(tmp_path)) == []


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("a.yaml", "apiVersion: v1\nkind: [\n", 3, "is not valid YAML: did not find expected node content"),
        ("a.yaml", "apiVersion: v1\nkind: !!int x\n", 2, "is refused by kubectl: 'x' is no !!int"),
        ("a.yaml", "apiVersion: v1\nkind: \x07\n", 1, "is not valid YAML: unacceptable character"),
        (
            "a.json",
            '{"apiVersion": "v1",\n: }',
            2,
            "is not valid JSON: Expecting property name enclosed in double quotes",
        ),
    ],
)
def test_invalid_text_is_told_with_its_line_and_the_rest_is_read(tmp_path, name, text, line, said):
    write(tmp_path, b_yaml=CONFIG % "b")
    (tmp_path / name).write_text(text)
    manifests = load(tmp_path)
    (unread,) = manifests.unread
    assert (unread.file, unread.line) == (str(tmp_path / name), line)
    assert unread.reason.startswith(said)
    assert "\n" not in unread.reason
    assert [each.name for each in manifests] == ["b"]


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(LoadError, match=r"gone: cannot be read: No such file or directory"):
        load(tmp_path / "gone")
