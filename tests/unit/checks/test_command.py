"""`python -m examx_constructs.checks`: what it prints, and how it exits."""
# ruff: noqa: E501 - messages and YAML are quoted whole

import io
import json
from textwrap import dedent

import pytest

from examx_constructs.checks import RULES
from examx_constructs.checks.__main__ import main
from examx_constructs.checks.waivers import RULES_ON_WAIVERS

SOUND = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: dev}\n"
BROKEN = dedent(
    """\
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: web, namespace: dev, labels: {version: 2}}
    data: {password: not-a-real-one}
    """
)
WAIVER = '[[waiver]]\nrule = "label-is-valid"\nobject = "ConfigMap dev/*"\nreason = "a test"\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sound.yaml").write_text(SOUND)
    (tmp_path / "broken.yaml").write_text(BROKEN.replace("web", "other"))
    return tmp_path


def test_clean(folder, capsys):
    assert main(["sound.yaml"]) == 0
    assert capsys.readouterr().out == "1 object, 0 findings\n"


def test_findings_by_line_with_a_summary(folder, capsys):
    assert main(["."]) == 1
    assert capsys.readouterr().out.splitlines() == [
        (
            "broken.yaml:3:50: error: ConfigMap dev/other: metadata.labels.version is 2; allowed: a string: put it in quotes; labels map strings to strings"
            " [label-is-valid; Kubernetes documentation, Labels and Selectors, Syntax and character set]"
        ),
        (
            "broken.yaml:4:8: error: ConfigMap dev/other: data.password is 14 characters (redacted); allowed: a reference to a Secret, or a mounted file;"
            " all who can read the manifests can use it"
            " [secret-is-not-literal; Kubernetes documentation, Good practices for Kubernetes Secrets]"
        ),
        "",
        "2 objects, 2 findings: 2 errors",
    ]


def test_several_paths_and_standard_input(folder, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(BROKEN.encode())))
    assert main(["sound.yaml", "-"]) == 1
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()[:2]] == ["-", "-"]


def test_json(folder, capsys):
    assert main(["--json", "broken.yaml"]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert (printed["objects"], printed["errors"], printed["warnings"]) == (1, 2, 0)
    assert printed["findings"][0] == {
        "rule": "label-is-valid",
        "severity": "error",
        "object": {"group": "", "kind": "ConfigMap", "namespace": "dev", "name": "other"},
        "field": "metadata.labels.version",
        "value": "2",
        "allowed": "a string: put it in quotes",
        "why": "labels map strings to strings",
        "source": "Kubernetes documentation, Labels and Selectors, Syntax and character set",
        "file": "broken.yaml",
        "line": 3,
        "column": 50,
    }


@pytest.mark.parametrize("form", ["sarif", "github"])
def test_other_forms(folder, capsys, form):
    assert main(["--format", form, "broken.yaml"]) == 1
    printed = capsys.readouterr().out
    if form == "sarif":
        assert len(json.loads(printed)["runs"][0]["results"]) == 2
    else:
        assert printed.startswith("::error file=broken.yaml,line=3,col=50,title=label-is-valid::ConfigMap dev/other: ")


def test_list(capsys):
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in (*RULES, *RULES_ON_WAIVERS)]
    assert any(
        line.split(maxsplit=1) == ["one-autoscaler-per-target", "A workload has one autoscaler."] for line in lines
    )


def test_what_cannot_be_read_is_a_finding_and_the_rest_is_checked(folder, capsys):
    (folder / "bad.yaml").write_text("apiVersion: v1\nkind: [\n")
    assert main(["."]) == 1
    *lines, _, summary = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["bad.yaml", "broken.yaml", "broken.yaml"]
    assert "[file-is-readable; " in lines[0]
    assert summary == "2 objects, 3 findings: 3 errors"


def test_warnings_fail_where_they_shall(folder, capsys):
    (folder / "chart.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  {{ .Values.x }}\n"
    )
    assert main(["chart.yaml"]) == 0
    assert capsys.readouterr().out.endswith("0 objects, 1 finding: 1 warning\n")
    assert main(["chart.yaml", "--fail-on", "warning"]) == 1


class TestWaivers:
    def test_beside_the_path(self, folder, capsys):
        (folder / "checks-waivers.toml").write_text(WAIVER)
        assert main(["broken.yaml"]) == 1
        assert capsys.readouterr().out.endswith("1 object, 1 finding: 1 error; 1 waived\n")

    def test_of_no_use(self, folder, capsys):
        (folder / "own.toml").write_text(WAIVER)
        assert main(["sound.yaml", "--waivers", "own.toml"]) == 1
        assert capsys.readouterr().out.startswith(
            "own.toml:1: error: waiver[0] is label-is-valid for ConfigMap dev/*; allowed: "
        )

    @pytest.mark.parametrize("text", ["[[waiver]]\nrule = 'x'\n", "waiver"])
    def test_that_nobody_can_mean(self, folder, capsys, text):
        (folder / "checks-waivers.toml").write_text(text)
        assert main(["sound.yaml"]) == 2
        told = capsys.readouterr().err
        assert told.startswith("error: checks-waivers.toml")
        assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone.yaml"], "error: gone.yaml: cannot be read: No such file or directory\n"),
        (["sound.yaml", "--waivers", "gone.toml"], "gone.toml is a file that cannot be read"),
        (["sound.yaml", "--kubernetes-version", "0.9"], "version of Kubernetes"),
        (["sound.yaml", "--keda-version", "x"], "version of KEDA"),
        (["empty"], "error: no Kubernetes objects in empty\n"),
    ],
)
def test_unusable_input(folder, capsys, arguments, message):
    (folder / "empty").mkdir()
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1


def test_what_is_no_manifest_is_counted(folder, capsys):
    (folder / "values.yaml").write_text("a: 1\n")
    assert main(["values.yaml"]) == 0
    assert capsys.readouterr().out == "1 file is no manifest and was passed over\n0 objects, 0 findings\n"


@pytest.mark.parametrize("arguments", [[], ["--list", "a.yaml"], ["--unknown"], ["a.yaml", "--format", "xml"]])
def test_wrong_arguments(arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
