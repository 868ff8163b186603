"""What a command imports: not the others, and nothing that answers a question which nobody asked."""

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
