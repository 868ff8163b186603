"""`examx env`: the environments at a glance, and one whole."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.table import Table
from rich.text import Text

from examx_cli import output
from examx_cli.commands.arguments import EnvironmentName, Json
from examx_cli.errors import CommandError
from examx_cli.project import Project
from examx_cli.provenance import Figure, environment_figures
from examx_constructs.environments import load, read_images
from examx_constructs.settings import (
    Environment,
    ExternalRedis,
    RedisShape,
    Replicas,
    ReplicatedRedis,
)

env = typer.Typer(no_args_is_help=True, help="Look at the environments: all of them, or one whole.")

_INDENT = "  "
_VALUE_WIDTH = 40


@env.command("list")
def list_environments(
    *,
    json: Json = False,
) -> None:
    """List the environments: where each runs, which image, and how many pods at least and at most.

    At a glance, and the names alone for a script:

        examx env list

        examx env list --json | jq -r '.[].name'
    """
    environments = load(read_images(Project.around(Path.cwd()).images))
    if json:
        output.say_json([_summary(each) for each in environments])
    else:
        output.show(_table(environments))


@env.command("show")
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


def _summary(environment: Environment) -> dict[str, object]:
    """What one wants to know of an environment first, for a machine."""
    return {
        "name": environment.name,
        "cluster": environment.cluster,
        "namespace": environment.namespace,
        "host": environment.ingress.host,
        "image": str(environment.image),
        "backend": _limits(environment.backend.replicas),
        "workers": {queue.name: _limits(queue.replicas) for queue in environment.queues},
        "redis": _redis(environment.redis),
    }


def _limits(replicas: Replicas) -> dict[str, int]:
    return {"minimum": replicas.minimum, "maximum": replicas.maximum}


def _redis(shape: RedisShape) -> dict[str, object]:
    if isinstance(shape, ReplicatedRedis):
        return {"shape": "replicated", "replicas": _limits(shape.replicas)}
    if isinstance(shape, ExternalRedis):
        return {"shape": "external", "host": shape.host}
    return {"shape": "standalone"}


def _table(environments: Iterable[Environment]) -> Table:
    """The same for a person; the workers' pods are those of all queues together."""
    table = Table(box=None, pad_edge=False)
    for heading in ("environment", "cluster", "namespace", "host", "image", "backend", "workers", "Redis"):
        table.add_column(heading, overflow="fold")
    for each in environments:
        queues = [queue.replicas for queue in each.queues]
        table.add_row(
            each.name,
            each.cluster,
            each.namespace,
            each.ingress.host,
            each.image.tag,
            _range(each.backend.replicas),
            _range(Replicas.between(sum(of.minimum for of in queues), sum(of.maximum for of in queues))),
            _redis_text(each.redis),
        )
    return table


def _range(replicas: Replicas) -> str:
    return f"{replicas.minimum}..{replicas.maximum}"


def _redis_text(shape: RedisShape) -> str:
    if isinstance(shape, ReplicatedRedis):
        return f"replicated {_range(shape.replicas)}"
    if isinstance(shape, ExternalRedis):
        return f"external {shape.host}"
    return "standalone"


def _chosen(figures: Sequence[Figure], environment: str, name: str) -> Figure:
    """The figure of that name. Raises CommandError that tells which one may be meant."""
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
    """A value as JSON has it: amounts, durations and images are the texts that people write."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    if isinstance(value, tuple):
        return [_plain(item) for item in cast("tuple[object, ...]", value)]
    return str(value)


def _texts(value: object) -> list[str]:
    """A value as texts: none for what is empty, several for a list."""
    plain = _plain(value)
    if plain is None or plain == {}:
        return []
    if isinstance(plain, list):
        return [str(item) for item in cast("list[object]", plain)]
    return [str(plain).lower() if isinstance(plain, bool) else str(plain)]


def _lines(figures: Sequence[Figure]) -> Iterator[Text]:
    """The figures as an outline: a name on each line, with its value and its source where it has them."""
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
