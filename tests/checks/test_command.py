"""`python -m examx_constructs.checks`: what it prints, and how it exits."""
# ruff: noqa: E501 - messages and YAML are quoted whole

import json
import subprocess
import sys
from textwrap import dedent

import pytest

from examx_constructs.checks import RULES
from examx_constructs.checks.__main__ import main

SOUND = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: dev}\n"
BROKEN = dedent(
    """\
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: web, namespace: dev, labels: {version: 2}}
    data: {password: not-a-real-one}
    """
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sound.yaml").write_text(SOUND)
    (tmp_path / "broken.yaml").write_text(BROKEN.replace("web", "other"))
    return tmp_path


def test_clean(folder, capsys):
    assert main(["sound.yaml"]) == 0
    assert capsys.readouterr().out == "1 object, 0 findings\n"


def test_findings_by_file_with_a_summary(folder, capsys):
    assert main(["."]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "broken.yaml",
        (
            "  ConfigMap dev/other: data.password is 14 characters (redacted); allowed: a reference to a Secret, or a mounted file;"
            " whoever can read the manifests can use it"
            " [secret-is-not-literal; Kubernetes documentation, Good practices for Kubernetes Secrets]"
        ),
        (
            "  ConfigMap dev/other: metadata.labels.version is 2; allowed: a string: put it in quotes; labels map strings to strings"
            " [label-is-valid; Kubernetes documentation, Labels and Selectors, Syntax and character set]"
        ),
        "",
        "2 objects, 2 findings",
    ]


def test_json(folder, capsys):
    assert main(["--json", "broken.yaml"]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert printed["objects"] == 1
    assert printed["findings"][1] == {
        "rule": "label-is-valid",
        "severity": "error",
        "object": {"group": "", "kind": "ConfigMap", "namespace": "dev", "name": "other"},
        "field": "metadata.labels.version",
        "value": "2",
        "allowed": "a string: put it in quotes",
        "why": "labels map strings to strings",
        "source": "Kubernetes documentation, Labels and Selectors, Syntax and character set",
        "file": "broken.yaml",
    }


def test_list(capsys):
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(RULES)
    assert lines[0].split(maxsplit=1) == ["one-autoscaler-per-target", "A workload has one autoscaler."]


def test_unusable_input(folder, capsys):
    (folder / "bad.yaml").write_text("kind: [\n")
    assert main(["bad.yaml"]) == 2
    assert capsys.readouterr().err == "error: bad.yaml:2: is not valid YAML: did not find expected node content\n"


def test_nothing_to_check(folder, capsys):
    (folder / "values.yaml").write_text("a: 1\n")
    assert main(["values.yaml"]) == 2
    assert capsys.readouterr().err == "error: no Kubernetes objects in values.yaml\n"


@pytest.mark.parametrize("arguments", [[], ["--list", "a.yaml"], ["--unknown"]])
def test_wrong_arguments(arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_as_a_module_without_node(folder):
    script = "import sys; sys.argv = ['checks', 'broken.yaml']; import runpy\n" + dedent(
        """\
        try:
            runpy.run_module("examx_constructs.checks", run_name="__main__")
        except SystemExit as stopped:
            assert stopped.code == 1
        assert not {"jsii", "cdk8s", "constructs"} & set(sys.modules)
        """
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith("1 object, 2 findings\n")
