"""What is a manifest, what is told, and what is passed over; bytes, nulls and standard input."""

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from examx_constructs.checks import check, load
from examx_constructs.checks.__main__ import main
from examx_constructs.manifests.nulls import without_nulls

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: dev\n"

NO_MANIFESTS = {
    "values": "replicaCount: 2\nimage: {tag: 1.0}\n",
    "compose": "services: {web: {image: example}}\n",
    "workflow": "on: {push: {}}\njobs:\n  build:\n    runs-on: x\n    steps: [{run: 'kubectl apply -f a.yaml'}]\n",
    "workflow, broken": "on: push\njobs:\n  build:\n    steps:\n    - run: |\n      kubectl\n   - x\n",
    "openapi": "openapi: 3.1.0\ninfo: {title: x}\npaths: {/a: {get: {}}}\n",
    "kubeconfig": "apiVersion: v1\nkind: Config\nclusters: []\nmetadata: {}\n",
    "kustomize builtin": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: a}\nprefix: b\n",
    "kustomization": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: a}\n",
    "kind": "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nmetadata: {name: a}\n",
    "eksctl": "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a, region: eu-west-1}\n",
    "backstage": "apiVersion: backstage.io/v1beta1\nkind: System\nmetadata: {name: a, tags: [b]}\n",
    "skaffold": "apiVersion: skaffold/v4beta1\nkind: Config\nmetadata: {name: x}\n",
    "local": "apiVersion: example.com/v1\nkind: F\n"
    "metadata: {name: a, annotations: {config.kubernetes.io/local-config: 'true'}}\n",
    "a list": "- 1\n- {a: b}\n",
    "a text": "hello\n",
    "nothing": "# nothing\n",
    "no group": "apiVersion: v1\nmetadata: {name: a}\n",
    "broken values": "replicas: [\n",
    "values of a chart that Terraform fills in": "image: ${image}\n%{ if traced }\ntraced: true\n%{ endif }\n",
    "settings that Helm fills in": "{{ if .Values.on }}\nlevel: debug\n{{ end }}\n",
    "ansible": "- hosts: all\n  tasks:\n  - debug: {msg: '{{ x }}'}\n",
    "cloudformation": "AWSTemplateFormatVersion: 2010-09-09\nResources: {A: !Ref B, C: !Sub ['x', {}]}\n",
}
TEMPLATES = {
    "helm": f"{{{{- if .Values.on }}}}\n{CONFIG}{{{{- end }}}}\n",
    "helm value": CONFIG.replace("name: a", "name: {{ .Release.Name }}-web"),
    "helm quote": CONFIG.replace("name: a", 'name: {{ include "web" . | quote }}'),
    "helm labels": CONFIG + '  labels:\n    {{- include "web" . | nindent 4 }}\n',
    "helm list": CONFIG + "data:\n  - {{ toYaml . }}\n",
    "jinja": f"{{% if x %}}\n{CONFIG}{{% endif %}}\n",
    "erb": f"<% if x %>\n{CONFIG}<% end %>\n",
    "terraform": f"{CONFIG}data:\n%{{ for a in b ~}}\n  x: y\n%{{ endfor ~}}\n",
    "envsubst": f"{CONFIG}data:\n  a: b\n${{MORE}}\n",
    "sed": CONFIG.replace("name: a", "name: @NAME@"),
    "sed in a list": f"{CONFIG}data:\n  - %NAME%\n",
    "ytt value": CONFIG.replace("name: a", "name: #@ data.values.name"),
    "ytt function": f"#@ def labels():\na: b\n#@ end\n---\n{CONFIG}",
    "ytt overlay": f'#@ load("@ytt:overlay", "overlay")\n---\n{CONFIG}',
    "a person": f"{CONFIG}data:\n  a: b\n<your settings>\n",
}
BROKEN = {
    "a list": f"{CONFIG}data: [\n",
    "an indentation": f"{CONFIG}data:\n  a: b\n   c: d\n",
    "a tab": f"{CONFIG}data:\n\ta: b\n",
    "an alert, whose texts are templates": f"{CONFIG}data:\n  a: '{{{{ $labels.pod }}}} is down'\n  b: [\n",
    "a script with variables": f"{CONFIG}data:\n  a: |\n    echo ${{A}} $B\n  b: [\n",
    "JSON": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"},\n',
    "kind first": "kind: ConfigMap\napiVersion: v1\ndata: [\n",
    "a list of objects": "items:\n- apiVersion: v1\n  kind: ConfigMap\n  data: [\n",
}


@pytest.mark.parametrize("name", NO_MANIFESTS)
def test_what_is_no_manifest_is_passed_over_and_counted(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.yaml").write_text(NO_MANIFESTS[name])
    (tmp_path / "b.yaml").write_text(CONFIG)
    manifests = load(tmp_path)
    assert (len(manifests), manifests.passed_over, manifests.unread) == (1, 1, ())
    assert check(manifests) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_told_in_a_warning_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.yaml").write_text(TEMPLATES[name])
    (tmp_path / "b.yaml").write_text(CONFIG)
    manifests = load(tmp_path)
    (unread,) = manifests.unread
    assert (unread.template, unread.file, len(manifests)) == (True, str(tmp_path / "a.yaml"), 1)
    assert main([str(tmp_path)]) == 0
    assert main([str(tmp_path), "--fail-on", "warning"]) == 1


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_manifest_is_an_error_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.yaml").write_text(f"{BROKEN[name]}---\n{CONFIG}" if name != "JSON" else BROKEN[name])
    (tmp_path / "b.yaml").write_text(CONFIG.replace("name: a", "name: b"))
    manifests = load(tmp_path)
    (unread,) = manifests.unread
    assert not unread.template
    assert unread.line
    assert len(manifests) == (1 if name == "JSON" else 2)
    assert main([str(tmp_path)]) == 1
    assert main([str(tmp_path / "a.yaml")]) == 1


def test_a_chart_is_passed_over_file_by_file(tmp_path: Path) -> None:
    for name in ("Chart.yaml", "values.yaml", "templates/web.yaml", "templates/NOTES.txt", "crds/a.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{{ x }}")
    assert load(tmp_path).passed_over == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_mark_says_how_bytes_are_read(tmp_path: Path, encoding: str) -> None:
    mark = {"utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}.get(encoding, "")
    (tmp_path / "a.yaml").write_bytes(f"{mark}{CONFIG}data: {{a: é🙂}}\n".encode(encoding))
    manifests = load(tmp_path)
    assert [each.root["data"]["a"].text for each in manifests] == ["é🙂"]
    assert not manifests.unread


def test_other_bytes_are_told_where_kubectl_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(f"{CONFIG}data: {{a: café}}\n".encode("latin-1"))
    (tmp_path / "b.yaml").write_bytes(bytes(range(256)))
    (unread,) = load(tmp_path).unread
    assert (unread.line, "is not UTF-8 text" in unread.reason) == (6, True)
    assert main([str(tmp_path)]) == 1


def test_json_lists_and_values_one_behind_the_other(tmp_path: Path) -> None:
    one = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "%s"}}'
    (tmp_path / "a.json").write_text(f"[{one % 'a'}, {one % 'b'}]")
    (tmp_path / "b.json").write_text(f"{one % 'c'}\n{one % 'd'}{one % 'e'}")
    (tmp_path / "c.yaml").write_text(f"- {one % 'f'}\n")
    assert [each.name for each in load(tmp_path)] == list("abcdef")


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def given(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))

    given(f"{CONFIG}---\n{CONFIG}")
    assert main(["-"]) == 1
    assert "-:8:3: error: ConfigMap dev/a: metadata.name" in capsys.readouterr().out.replace("-:10:3", "-:8:3")
    given(f"{CONFIG}data: [\n")
    assert main(["-"]) == 1
    given(CONFIG)
    assert main(["-"]) == 0
    given("")
    assert main(["-"]) in (0, 2)


def test_standard_input_that_is_closed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["-"]) == 2
    assert capsys.readouterr() == ("", "error: -: cannot be read: standard input is closed\n")


def test_a_name_that_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    """As of a variable that nobody set; it would be the folder in which one is."""
    assert main([""]) == 2
    said = "error: the name of a file is empty; it must be a file, a folder, or - for standard input\n"
    assert capsys.readouterr() == ("", said)


class TestNulls:
    def test_fields_that_are_null_are_not_there(self) -> None:
        given = {"metadata": {"creationTimestamp": None, "annotations": None}, "spec": {"ports": [{"nodePort": None}]}}
        assert without_nulls(given) == {"metadata": {}, "spec": {"ports": [{}]}}

    @pytest.mark.parametrize("field", ["labels", "annotations", "data", "stringData", "matchLabels", "nodeSelector"])
    def test_in_mappings_of_texts_they_are_empty(self, field: str) -> None:
        assert without_nulls({"x": {field: {"a": None}}}) == {"x": {field: {"a": ""}}}

    def test_a_selector_is_a_mapping_of_texts_or_a_selector_of_labels(self) -> None:
        assert without_nulls({"selector": {"app": None}}) == {"selector": {"app": ""}}
        assert without_nulls({"selector": {"matchLabels": None, "matchExpressions": []}}) == {
            "selector": {"matchExpressions": []}
        }

    def test_in_lists_they_stay(self) -> None:
        assert without_nulls({"args": ["a", None]}) == {"args": ["a", None]}

    @pytest.mark.parametrize("null", ["null", "~", "", "Null", "!!null ''"])
    def test_however_they_are_written(self, tmp_path: Path, null: str) -> None:
        (tmp_path / "a.yaml").write_text(
            f"{CONFIG}  creationTimestamp: {null}\n  labels:\n    a: {null}\ndata: {null}\n"
        )
        (found,) = load(tmp_path)
        assert found.root.value == {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "a", "namespace": "dev", "labels": {"a": ""}},
        }

    def test_in_json(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text(
            '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "creationTimestamp": null}}'
        )
        (found,) = load(tmp_path)
        assert found.metadata.value == {"name": "a"}


def test_a_file_that_somebody_names_was_meant_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("replicas: [\n")
    (tmp_path / "b.yaml").write_text("replicas: 1\n")
    assert load(tmp_path).unread == ()
    assert [each.line for each in load(tmp_path / "a.yaml").unread] == [2]
    assert load(tmp_path / "b.yaml").unread == ()
    assert main([str(tmp_path / "a.yaml")]) == 1


def test_what_a_test_waits_for_is_passed_over(tmp_path: Path) -> None:
    for name in ("00-assert.yaml", "1-errors.yml"):
        (tmp_path / name).write_text(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: b}]}\n"
        )
    (tmp_path / "00-install.yaml").write_text(CONFIG)
    manifests = load(tmp_path)
    assert (len(manifests), manifests.passed_over, check(manifests)) == (1, 2, [])
    assert len(load(tmp_path / "00-assert.yaml")) == 1


@pytest.mark.parametrize("comment", ["#@author: me", "# @ignored", "key: value #@ a remark", "#@"])
def test_a_comment_makes_no_template(tmp_path: Path, comment: str) -> None:
    (tmp_path / "a.yaml").write_text(
        f"{comment}\n{CONFIG}" if comment[0] == "#" else f"{CONFIG}  labels:\n    {comment}\n"
    )
    assert (len(load(tmp_path)), load(tmp_path).unread) == (1, ())
