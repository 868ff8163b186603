"""Options that several commands have together: Typer sees them one by one, and the command gets their group."""

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from examx_cli.commands.groups import spread


@dataclass(frozen=True)
class Size:
    wide: Annotated[int, typer.Option(help="How wide.", min=1)] = 3
    name: Annotated[str | None, typer.Option("--called", metavar="WORD")] = None


@spread
def draw(what: str, *, size: Size, color: str = "red") -> None:
    typer.echo(f"{what} {size} {color}")


APP = typer.Typer()
APP.command()(draw)


def run(*arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(APP, arguments)
    assert done.exit_code == status, done.output
    return done.output


def test_the_command_gets_its_group() -> None:
    assert run("a box", "--wide", "5", "--called", "b") == f"a box {Size(5, 'b')} red\n"
    assert run("a box", "--color", "blue") == f"a box {Size()} blue\n"


def test_help_and_bounds_are_those_of_the_field() -> None:
    assert "How wide." in run("--help")
    assert "--wide" in run("a box", "--wide", "0", status=2)


def test_two_options_of_one_name_are_refused() -> None:
    def twice(*, size: Size, wide: int = 1) -> None:
        raise AssertionError(f"{size} {wide}")

    with pytest.raises(TypeError, match="twice has options of one name: wide"):
        spread(twice)
