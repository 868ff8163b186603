"""What a command imports: not the others, and nothing that answers a question which nobody asked."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pytest
import typer

from examx_cli import lazy
from examx_cli.app import app
from examx_cli.commands import COMMANDS, env, feature, scale
from examx_cli.lazy import Lazy, LazyGroup

ROOT = Path(__file__).parents[2]
MOST = {"examx_cli": 12, "examx_constructs": 0}
"""Modules of this project that `examx --help` may import. Each more takes time of every command."""

# Each of these takes as long to load as a command needs for its work.
UNASKED = {"jsii", "cdk8s", "pydantic", "kubernetes_validate", "jsonschema", "examx_constructs.checks"}
IMPORTED = """
import sys
from examx_cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def listed() -> Iterator[tuple[str, Lazy]]:
    """Each command by what is typed."""
    groups: Mapping[str, Mapping[str, Lazy]] = {
        "": COMMANDS,
        "env": env.COMMANDS,
        "feature": feature.COMMANDS,
        "scale": scale.COMMANDS,
    }
    for group, commands in groups.items():
        yield from ((f"{group} {name}".strip(), each) for name, each in commands.items())


def imported(*command: str) -> set[str]:
    """The modules that a command has loaded at its end, in a process of its own."""
    program = [sys.executable, "-c", IMPORTED, *command]
    return set(subprocess.run(program, check=True, capture_output=True, text=True, cwd=ROOT).stderr.split())


@pytest.mark.parametrize(("name", "lazy"), [pytest.param(*each, id=each[0]) for each in listed()])
def test_the_list_says_what_the_help_says(name: str, lazy: Lazy) -> None:
    command = lazy.load(name.rpartition(" ")[2])
    assert command.name == name.rpartition(" ")[2]
    assert " ".join((command.help or "").partition("\n\n")[0].split()) == lazy.summary


def test_help_shows_what_it_shows_when_all_is_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    fresh, loaded = typer.main.get_command(app), typer.main.get_command(app)
    assert isinstance(loaded, LazyGroup)
    assert [name for name, _ in loaded.commands.items()] == list(COMMANDS)
    shown: list[str] = []
    for each in (fresh, loaded):
        each.main(["--help"], prog_name="examx", standalone_mode=False)
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]
    assert [name for name in COMMANDS if name not in shown[0]] == []


def test_a_value_is_what_typer_makes_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts, lists of them, choices, nothing, and what typer alone may judge: with the short way and without it."""
    lines = (
        [], ["a"], ["a", "b", "--kind", "two"], ["--kind", "three"], ["a", "--text", "x"], ["--text", "ä\ud800"],
        ["--number", "7"], ["--number", "x"], ["--file", "f"], ["a", "--flag"], ["--parsed", "q"],
    )  # fmt: skip
    short = [_told(each) for each in lines]
    monkeypatch.setattr(lazy, "leave_plain", lambda _: None)
    assert [_told(each) for each in lines] == short
    assert len(set(short)) == len(lines)


class Kind(StrEnum):
    ONE = "one"
    TWO = "two"


def given(
    names: Annotated[list[str] | None, typer.Argument()] = None,
    *,
    kind: Kind = Kind.ONE,
    text: str = "text",
    number: int | None = None,
    file: Path | None = None,
    flag: bool = False,
    parsed: Annotated[str, typer.Option(parser=str.upper)] = "p",
) -> str:
    return repr((names, kind, text, number, file, flag, parsed))


def _told(arguments: list[str]) -> str:
    try:
        return str(Lazy(f"{__name__}:given", "").load("given").main(arguments, standalone_mode=False))
    except typer.TyperException as refused:
        return refused.format_message()


@pytest.mark.process
def test_help_imports_no_command() -> None:
    modules = imported("--help")
    counted = Counter(each.partition(".")[0] for each in modules)
    assert {name: counted[name] for name in MOST if counted[name] > MOST[name]} == {}
    assert not (UNASKED | {"yaml"}) & modules


@pytest.mark.process
def test_a_command_imports_no_other() -> None:
    modules = imported("env", "list")
    commands = {each for each in modules if each.startswith("examx_cli.commands.")}
    assert commands == {f"examx_cli.commands.{each}" for each in ("arguments", "env", "env.list")}
    assert not (UNASKED | {"examx_constructs.scaling"}) & modules


@pytest.mark.process
def test_a_difference_that_is_none_imports_no_simulator_and_no_rule() -> None:
    assert not (UNASKED | {"examx_constructs.scaling"}) & imported("diff", "dev")
