"""What each environment costs, in what can be counted; and three hundred of them at once."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import yaml
from cdk8s import ApiObject, App
from jsii._kernel import Kernel

from examx_cli.reading import read
from examx_cli.scale import vega
from examx_cli.schemas.custom_resources import Definitions
from examx_cli.schemas.kubernetes import VERSIONS, findings, is_built_in, metadata_findings
from examx_constructs.chart import ExamxChart
from examx_constructs.checks import check, load
from examx_constructs.features.slug import PREFIX
from examx_constructs.settings import Environment
from tests.conftest import FIXED_IMAGE
from tests.support import label
from tests.unit.schemas.published import BUNDLES, published
from tools import bench_picture
from tools.bench import COUNTS, OBJECTS, PLOT, branches
from tools.bench_figures import Growth, Scale

PROJECT = Path(__file__).parents[2]
MANY = 300
BLOCK = 10
MOST_MEMORY = 2.0
"""MiB that one further environment may take, in both processes. Half of it is usual: Node frees when it likes."""


class Recorder:
    """Standard input of Node, which also keeps each message."""

    def __init__(self, stdin: BinaryIO) -> None:
        self._stdin = stdin
        self.messages: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stdin, name)

    def write(self, line: bytes) -> int:
        self.messages.append(json.loads(line))
        return self._stdin.write(line)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """What goes to Node from now on."""
    node = Kernel().provider._process._process
    recorder = Recorder(node.stdin)
    monkeypatch.setattr(node, "stdin", recorder)
    return recorder


@pytest.fixture
def environments() -> list[Environment]:
    """Two feature environments. The first one loads what all share, such as quantities."""
    return branches(2)


def test_a_construct_is_one_message_and_little_is_asked_besides(
    environments: list[Environment], recorder: Recorder
) -> None:
    ExamxChart(App(), environments[0]).to_json()
    recorder.messages.clear()
    chart = ExamxChart(App(), environments[1])
    manifests = chart.to_json()
    sent = Counter(each["api"] for each in recorder.messages)
    assert sent.total() == 62
    constructs = chart.node.find_all()
    # The app is none of the chart's constructs.
    assert sent.pop("create") == 1 + len(constructs)
    # The chart's namespace and labels, the Service's name; the chart of a nested construct; a patch for the Namespace,
    # the one dependency, and the rendering.
    assert sent == {"get": 3, "sinvoke": 1, "invoke": 3}
    assert len(manifests) == sum(isinstance(each, ApiObject) for each in constructs) == OBJECTS


def test_of_a_pod_only_what_is_set_is_sent(environments: list[Environment], recorder: Recorder) -> None:
    ExamxChart(App(), environments[0])
    templates = [
        each["args"][2]["$jsii.struct"]["data"]["spec"]["$jsii.struct"]["data"]["template"]
        for each in recorder.messages
        if each.get("fqn") in ("cdk8s-plus-27.k8s.KubeDeployment", "cdk8s-plus-27.k8s.KubeStatefulSet")
    ]
    assert len(templates) == 7
    assert [each for each in templates if has_null(each)] == []


def has_null(value: object) -> bool:
    if isinstance(value, dict | list):
        return any(has_null(each) for each in (value.values() if isinstance(value, dict) else value))
    return value is None


def test_the_readme_shows_what_the_bench_measures_now() -> None:
    """Not the figures, which are a machine's; that they are of this bench, with its picture."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    table = text[text.index("<!-- bench -->") : text.index("<!-- /bench -->")]
    rows = [int(number) for number in re.findall(r"^\| (\d+) \| [\d.]+ s \|", table, re.MULTILINE)]
    assert rows == list(COUNTS)
    assert f"]({PLOT.as_posix()})" in table
    assert (PROJECT / PLOT).read_text(encoding="utf-8").startswith("<svg ")


def test_the_picture_has_each_figure() -> None:
    pytest.importorskip("vl_convert", reason="vl-convert-python draws the pictures, and is not installed")
    grown = [Growth(number, number / 10, 50 + number, 100 + number) for number in COUNTS]
    drawn = vega.svg(bench_picture.specification(Scale(synth=grown, bare=grown[:-1])))
    for each in grown:
        assert f"environments: {each.environments}; figure: {each.seconds:g}; what: build, check and write" in drawn
        assert f"environments: {each.environments}; figure: {each.node_memory:g}; what: Node" in drawn


# ---- Three hundred


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifests of dev, stg and three hundred feature environments, out of one process."""
    declared = [
        {
            "branch": f"feature/{number}-{'long-' * (number % 9)}{'Ünicode_' * (number % 2)}name",
            "image": FIXED_IMAGE,
            "owner": f"owner-{number % 7}@example.com",
            "expires": "2100-01-01T00:00:00Z",
            **({"env_secret": f"env-{number}"} if number % 5 == 0 else {}),
        }
        for number in range(MANY)
    ]
    project = tmp_path_factory.mktemp("project")
    (project / "images.yaml").write_bytes((PROJECT / "images.yaml").read_bytes())
    (project / "features.yaml").write_text(yaml.safe_dump(declared))
    arguments = ["--environment", "dev", "--environment", "stg", "--features", "features.yaml"]
    done = subprocess.run(
        [sys.executable, "-O", str(PROJECT / "main.py"), *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "CDK8S_OUTDIR": "out"},
        check=False,
        capture_output=True,
        text=True,
    )
    # A finding, or a collision of two environments, would be an error.
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return project / "out"


@pytest.mark.long
def test_hundreds_pass_the_checks_and_the_schemas(folder: Path) -> None:
    files = sorted(folder.iterdir())
    assert len([file for file in files if file.name.startswith(PREFIX)]) == MANY
    assert len(files) == MANY + 2
    objects = [(file.name, each) for file in files for each in read(file)]
    assert len(objects) > MANY * (OBJECTS - 1)  # A custom .env needs no SecretProviderClass.
    assert check(load(folder)) == []
    found = {
        f"{file} {label(each)} {version}": lines
        for file, each in objects
        for version in VERSIONS
        if (lines := (findings if is_built_in(each) else metadata_findings)(each, version))
    }
    assert found == {}


@pytest.mark.long
def test_hundreds_pass_the_schemas_of_their_custom_resources(folder: Path) -> None:
    bundles = [Definitions.read(published(name)) for name in BUNDLES]
    custom = [each for file in folder.iterdir() for each in read(file) if not is_built_in(each)]
    assert len(custom) > MANY
    assert [line for each in custom for bundle in bundles for line in bundle.findings(each)] == []


@pytest.mark.long
def test_the_last_of_hundreds_costs_what_the_first_did() -> None:
    hundred, hundreds = grown(100), grown(MANY)
    # The cheapest of several blocks: a slow moment of the machine slows a block or two.
    first, last = min(blocks(hundreds)[1:10]), min(blocks(hundreds)[-10:])
    memory = (hundreds["memory"] - hundred["memory"]) / (MANY - 100)
    sys.stdout.write(f"ms an environment: {first:.0f} among the first, {last:.0f} among the last; {memory:.1f} MiB\n")
    assert last < 1.5 * first
    assert memory < MOST_MEMORY


def grown(count: int) -> dict[str, Any]:
    """What a process of its own says of so many environments."""
    done = subprocess.run(
        [sys.executable, "-O", "-m", "tests.growth", str(count)],
        cwd=PROJECT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    marks, growth = map(json.loads, done.stdout.splitlines())
    assert growth["environments"] == len(marks) - 1 == count
    return {"marks": marks, "memory": growth["python_memory"] + growth["node_memory"]}


def blocks(result: dict[str, Any]) -> list[float]:
    """The milliseconds that an environment took, block by block."""
    marks = result["marks"][::BLOCK]
    return [1000 * (after - before) / BLOCK for before, after in pairwise(marks)]
