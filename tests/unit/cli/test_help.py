"""Help as people see it: an example is a line that one can copy."""

import re
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperCommand, TyperGroup
from typer.testing import CliRunner

from examx_cli.app import app

WIDTH = 80


def commands(group: TyperGroup, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each command by its words, with its help as it is written."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *path, name)
        elif isinstance(command, TyperCommand):
            yield (*path, name), str(command.help or "")


def root() -> TyperGroup:
    found = typer.main.get_command(app)
    assert isinstance(found, TyperGroup)
    return found


@pytest.mark.parametrize(("command", "text"), [pytest.param(*each, id=" ".join(each[0])) for each in commands(root())])
def test_an_example_keeps_its_line(command: tuple[str, ...], text: str) -> None:
    wanted = [line.strip() for line in text.splitlines() if re.match(r" {4}\S", line)]
    shown = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": str(WIDTH), "TERMINAL_WIDTH": str(WIDTH)})
    lines = [line.strip() for line in shown.output.splitlines()]
    assert wanted
    assert [each for each in wanted if each not in lines] == []
