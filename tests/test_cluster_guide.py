"""The commands of the guide to clusters name what is there: objects of dist/, containers, commands that exist."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from examx_cli.app import app
from examx_constructs.environments import ENVIRONMENTS
from tests.support import Manifest

GUIDE = Path(__file__).parents[1] / "docs" / "cluster.md"
BLOCKS = re.findall(r"```bash\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
LINES = [shlex.split(line) for block in BLOCKS for line in block.splitlines()]
KUBECTL = [line for line in LINES if line[0] == "kubectl"]
EXAMX = [line for line in LINES if line[0] == "examx"]


def _objects(namespace: str) -> list[Manifest]:
    for name in ENVIRONMENTS:
        objects = list(yaml.safe_load_all((GUIDE.parents[1] / "dist" / f"{name}.k8s.yaml").read_text(encoding="utf-8")))
        if any(each["kind"] == "Namespace" and each["metadata"]["name"] == namespace for each in objects):
            return objects
    pytest.fail(f"no environment has the namespace {namespace}")


def _option(line: list[str], name: str) -> str | None:
    return line[line.index(name) + 1] if name in line else None


@pytest.mark.parametrize("line", KUBECTL, ids=" ".join)
def test_what_kubectl_is_asked_about_is_there(line: list[str]):
    objects = _objects(_option(line, "--namespace") or "")
    named = [word for word in line if re.fullmatch(r"[a-z]+/[a-z0-9-]+", word)]
    for kind, _, name in (word.partition("/") for word in named):
        found = [each for each in objects if (each["kind"].lower(), each["metadata"]["name"]) == (kind, name)]
        assert found, f"{kind}/{name}"
        if container := _option(line, "--container"):
            assert container in {each["name"] for each in found[0]["spec"]["template"]["spec"]["containers"]}


@pytest.mark.parametrize("line", EXAMX, ids=" ".join)
def test_the_commands_of_examx_exist(line: list[str]):
    depth = 3 if line[1] in ("image", "env") else 2
    told = CliRunner().invoke(app, [*line[1:depth], "--help"])
    assert told.exit_code == 0
    for option in (word for word in line if word.startswith("--")):
        assert option in told.output


def test_there_are_commands_to_test():
    assert len(KUBECTL) >= 12
    assert len(EXAMX) >= 6
