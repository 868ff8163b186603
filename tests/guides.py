"""The commands of a guide, against the manifests and the command line that they are about."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pytest
import typer
from cdk8s import App
from typer.core import TyperGroup
from typer.main import get_command

from examx_cli.app import app
from examx_constructs import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.features import Feature, feature
from examx_constructs.settings import ImageReference
from tests.conftest import FIXED_IMAGE
from tests.support import Manifest, made_once, read_documents

PROJECT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Guide:
    """A document, by its path in the project."""

    path: str

    @cached_property
    def text(self) -> str:
        return (PROJECT / self.path).read_text(encoding="utf-8")

    def lines(self, language: str) -> list[str]:
        """The lines of its code blocks in a language."""
        blocks = re.findall(rf"```{language}\n(.*?)```", self.text, re.DOTALL)
        return [line for block in blocks for line in block.splitlines()]

    def commands(self, name: str) -> list[list[str]]:
        """The commands of one program, in words."""
        return [words for words in map(shlex.split, self.lines("bash")) if words[0] == name]


def option(command: Sequence[str], name: str) -> str | None:
    """The value of an option, if it is there."""
    return command[command.index(name) + 1] if name in command else None


@made_once
def rendered(environment: str) -> list[Manifest]:
    """What dist/ has for an environment."""
    return read_documents((PROJECT / "dist" / f"{environment}.k8s.yaml").read_text(encoding="utf-8"))


@made_once
def objects_in(namespace: str) -> list[Manifest]:
    """What dist/ has for the environment of a namespace; and what is rendered for a branch."""
    if re.fullmatch(r"feat-(.+)-examxv2", namespace):
        # Of the names in it, the branch changes the namespace only.
        image, expires = ImageReference.parse(FIXED_IMAGE), datetime(2030, 1, 1, tzinfo=UTC)
        wanted = Feature(branch="login", image=image, owner="ada", expires=expires)
        return ExamxChart(App(), feature(wanted)).to_json()
    for objects in map(rendered, ENVIRONMENTS):
        if any(each["kind"] == "Namespace" and each["metadata"]["name"] == namespace for each in objects):
            return objects
    pytest.fail(f"no environment has the namespace {namespace}")


def named_objects(command: Sequence[str]) -> list[tuple[str, str]]:
    """The objects that kubectl is told of as `kind/name`."""
    # What follows `--` is for the container.
    words = command[: command.index("--")] if "--" in command else command
    matches = (re.fullmatch(r"([a-z]+)/([a-z0-9.-]+)", word) for word in words)
    return [(match[1], match[2]) for match in matches if match]


def find(objects: Sequence[Manifest], kind: str, name: str) -> Manifest:
    """The object that kubectl means by `kind/name`."""
    for each in objects:
        if (each["kind"].lower(), each["metadata"]["name"]) == (kind, name):
            return each
    pytest.fail(f"no manifest has {kind}/{name}")


def assert_containers_exist(command: Sequence[str], workload: Manifest) -> None:
    # What follows `--` is for the container.
    words = list(command[: command.index("--")] if "--" in command else command)
    if container := option(words, "--container") or option(words, "-c"):
        containers = {each["name"] for each in workload["spec"]["template"]["spec"]["containers"]}
        assert container in containers, f"{workload['metadata']['name']} has no container {container}"


def assert_examx_knows(command: Sequence[str]) -> None:
    """The command is one, however deep, and takes these arguments and options."""
    context, words = _examx(command)
    if isinstance(context.command, TyperGroup):
        assert words in (["--help"], ["-h"]), f"{context.command_path} has no command {' '.join(words)}"
    elif "--help" not in words:
        # Raises for an option that there is not, for an argument too many or too few, for a value that is none.
        context.command.make_context(context.info_name, words, parent=context.parent)


def assert_examx_has(command: Sequence[str]) -> None:
    """The command is one, and has these options: for a text, where values are placeholders."""
    context, words = _examx(command)
    known = {each for parameter in context.command.get_params(context) for each in parameter.opts}
    for word in words:
        if word.startswith("-"):
            assert word.partition("=")[0] in known, f"{context.command_path} has no option {word}"
        else:
            assert not isinstance(context.command, TyperGroup), f"{context.command_path} has no command {word}"


def _examx(command: Sequence[str]) -> tuple[typer.Context, list[str]]:
    """The innermost command that is named, and what follows its name."""
    context = typer.Context(get_command(app), info_name="examx")
    words = list(command[1:])
    while isinstance(context.command, TyperGroup) and words and words[0] in context.command.commands:
        name = words.pop(0)
        context = typer.Context(context.command.commands[name], info_name=name, parent=context)
    return context, words
