"""`examx env show`: every setting of an environment, and where it is written."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.text import Text

from examx_cli import output
from examx_cli.commands.arguments import EnvironmentName, Json
from examx_cli.errors import CommandError
from examx_cli.project import Project
from examx_cli.provenance import Figure, environment_figures

_INDENT = "  "
_VALUE_WIDTH = 40


def show_environment(
    environment: EnvironmentName,
    *,
    field: Annotated[
        str | None, typer.Option("--field", help="Print the bare value of this setting only.", metavar="PATH")
    ] = None,
    json: Json = False,
) -> None:
    """Show every setting of an environment, and the line that one would edit to change it.

    A setting that the environment leaves to its default shows the line of the default.

    All of them, and one value alone for a script, which is an empty line where nothing is set:

        examx env show prod

        examx env show prod --field backend.replicas.maximum
    """
    figures = environment_figures(environment, Project.around(Path.cwd()).images)
    if field is not None:
        figures = [_chosen(figures, environment, field)]
    if json:
        output.say_json({figure.name: _described(figure) for figure in figures})
    elif field is not None:
        output.say("\n".join(_texts(figures[0].value)))
    else:
        for line in _lines(figures):
            output.show(line)


def _chosen(figures: Sequence[Figure], environment: str, name: str) -> Figure:
    """Return the figure of that name. Raises CommandError that tells which one may be meant."""
    for figure in figures:
        if figure.name == name:
            return figure
    names = [figure.name for figure in figures]
    if inside := [each for each in names if each.startswith(f"{name}.")]:
        raise CommandError(f'"{name}" is a group of settings; name one of them, such as {inside[0]}')
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"`examx env show {environment}` lists them"
    raise CommandError(f'environment {environment} has no setting "{name}"; {hint}')


def _described(figure: Figure) -> dict[str, object]:
    return {"value": _plain(figure.value), "source": str(figure.source), "default": figure.source.default}


def _plain(value: object) -> object:
    """Return a value as JSON has it: amounts, durations and images are the texts that people write."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    if isinstance(value, tuple):
        return [_plain(item) for item in cast("tuple[object, ...]", value)]
    return str(value)


def _texts(value: object) -> list[str]:
    """Return a value as texts: none for what is empty, several for a list."""
    plain = _plain(value)
    if plain is None or plain == {}:
        return []
    if isinstance(plain, list):
        return [str(item) for item in cast("list[object]", plain)]
    return [str(plain).lower() if isinstance(plain, bool) else str(plain)]


def _lines(figures: Sequence[Figure]) -> Iterator[Text]:
    """Yield the figures as an outline: a name on each line, with its value and its source where it has them."""
    width = max(len(_INDENT) * (len(figure.path) - 1) + len(figure.path[-1]) for figure in figures)
    above: tuple[str, ...] = ()
    for figure in figures:
        *groups, _ = figure.path
        for depth, group in enumerate(groups):
            if above[: depth + 1] != figure.path[: depth + 1]:
                yield Text(f"{_INDENT * depth}{group}", style="bold")
        above = figure.path
        yield _line(figure, width)


def _line(figure: Figure, width: int) -> Text:
    name = f"{_INDENT * (len(figure.path) - 1)}{figure.path[-1]}"
    value = ", ".join(_texts(figure.value)) or "none"
    source = f"{figure.source} (default)" if figure.source.default else str(figure.source)
    line = Text(f"{name:<{width}}  {value:<{_VALUE_WIDTH}}  ")
    return line.append(source, style="dim")
