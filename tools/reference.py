"""The pages of the site's reference: one for each public module, made of its docstrings, and one for the command."""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType, UnionType
from typing import get_args

import typer
from typer.core import TyperGroup
from typer.main import get_command

import examx_constructs
from examx_cli.app import app
from examx_constructs import checks, environments, settings
from tools import parameters

PROGRAM = "examx"
TOP = ("reference/command", "reference/constructs", "reference/settings", "reference/environments", "reference/checks")
"""The pages that the navigation shows. Those of the constructs are below their overview."""

BESIDE_CONSTRUCTS = {
    "application": ("celery_settings_module",),
    "chart_checks": ("add_checks",),
    "plain": ("plain_object",),
}
"""Functions that a chart of one's own calls, and that are imported from their modules."""


def pages() -> dict[str, str]:
    """Return every page by its file."""
    constructs = dict(sorted({**_constructs(), **BESIDE_CONSTRUCTS}.items()))
    return {
        "reference/command.md": command_page(),
        "reference/constructs.rst": constructs_page(constructs),
        **{f"reference/{home}.rst": construct_page(home, names) for home, names in constructs.items()},
        "reference/settings.rst": settings_page(),
        "reference/environments.rst": _page("Environments", environments, environments.__all__),
        "reference/checks.rst": checks_page(),
    }


def constructs_page(constructs: Mapping[str, Sequence[str]]) -> str:
    """Return the overview: what each module is for, and the pages below it."""
    rows = [
        [f":doc:`{home}`", f"{_summary(_construct_module(home))} {', '.join(f'``{name}``' for name in names)}"]
        for home, names in constructs.items()
    ]
    contents = ["", ".. toctree::", "   :hidden:", "", *(f"   {home}" for home in constructs), ""]
    return "\n".join([_title("Constructs"), _doc(examx_constructs), "", *_table(rows), *contents])


def construct_page(home: str, names: Sequence[str]) -> str:
    """Return a module of constructs: what it is for, then each public name, by the path that it is imported from."""
    module = _construct_module(home)
    package = module if home in BESIDE_CONSTRUCTS else examx_constructs
    return _page(home.capitalize(), module, names, package=package)


def settings_page() -> str:
    """Return all settings: one module to import, here by what they are about."""
    parts = [_title("Settings"), _doc(settings), ""]
    for home, names in sorted(_homes(settings).items(), key=lambda each: _topic(each[0])):
        parts += [_title(_topic(home), "-"), _doc(import_module(home)), "", *_entries(settings, names)]
    return "\n".join(parts)


def _topic(home: str) -> str:
    return home.rpartition(".")[2].removeprefix("_").capitalize()


def checks_page() -> str:
    """Return the rules as a table, then what runs them."""
    rows = [[f"``{rule.id}``", restructured(rule.summary), rule.source] for rule in checks.RULES]
    rules = [_title("Rules", "-"), *_table([["Rule", "What it asks for", "Where it comes from"], *rows], header=True)]
    return "\n".join(
        [_title("Checks"), _doc(checks), "", *rules, _title("API", "-"), *_entries(checks, checks.__all__)]
    )


def command_page() -> str:
    """Return the command line, from the commands themselves."""
    command = get_command(app)
    context = typer.Context(command, info_name=PROGRAM, **command.context_settings)
    lines = [*_usage(context), *_parameters(context), *_commands_below(context)]
    return "\n".join([f"# The command `{PROGRAM}`", "", *lines])


def _commands_below(context: typer.Context) -> Iterator[str]:
    group = context.command
    if not isinstance(group, TyperGroup):
        return
    for name in group.list_commands(context):
        command = group.commands[name]
        below = typer.Context(command, info_name=name, parent=context, **command.context_settings)
        yield from (f"{'###' if context.parent else '##'} {below.command_path}", "", *_usage(below))
        yield from _parameters(below)
        yield from _commands_below(below)


def _usage(context: typer.Context) -> Iterator[str]:
    command = context.command
    yield from ("```text", " ".join([context.command_path, *command.collect_usage_pieces(context)]), "```", "")
    yield from (inspect.cleandoc(command.help or ""), "")


def _parameters(context: typer.Context) -> Iterator[str]:
    # `--help`, which the program tells of, its commands need not tell again.
    parameters = context.command.params if context.parent else context.command.get_params(context)
    told = [each for each in (parameter.get_help_record(context) for parameter in parameters) if each]
    if told:
        yield from ("| | |", "|---|---|", *(f"| {_cell(f'`{given}`')} | {_cell(text)} |" for given, text in told), "")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _constructs() -> dict[str, list[str]]:
    """Return the public names of each module of constructs: those that the package imports lazily from it."""
    prefix = f"{examx_constructs.__name__}."
    return {home.removeprefix(prefix): names for home, names in _homes(examx_constructs).items()}


def _homes(package: ModuleType) -> dict[str, list[str]]:
    """Return where the public names of a package come from, as its imports say; a union of types has no other memory.

    The imports of a package whose names load on first use are in its stub.
    """
    module = Path(package.__file__ or "")
    stub = module.with_suffix(".pyi")
    source = (stub if stub.exists() else module).read_text(encoding="utf-8")
    imports = [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.ImportFrom)]
    found: dict[str, list[str]] = {}
    for each in imports:
        found.setdefault(each.module or "", []).extend(name.name for name in each.names if name.name in package.__all__)
    return {home: names for home, names in found.items() if names}


def _construct_module(home: str) -> ModuleType:
    return import_module(f"{examx_constructs.__name__}.{home}")


def _page(title: str, module: ModuleType, names: Iterable[str], *, package: ModuleType | None = None) -> str:
    return "\n".join([_title(title), _doc(module), "", *_entries(package or module, names)])


def _entries(package: ModuleType, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        path, thing = f"{package.__name__}.{name}", getattr(package, name)
        if inspect.isclass(thing):
            directive = "autoexception" if issubclass(thing, BaseException) else "autoclass"
            # Fields are told of as parameters.
            fields = f"   :exclude-members: {', '.join(parameters.names(thing))}\n"
            yield f".. {directive}:: {path}\n   :members:\n{fields}\n{textwrap.indent(_made_by(thing), '   ')}"
        elif inspect.isroutine(thing):
            yield f".. autofunction:: {path}\n"
        else:
            told = textwrap.indent(_data_doc(package, name), "   ")
            yield f".. py:data:: {name}\n   :module: {package.__name__}\n\n{told}\n"


def _data_doc(package: ModuleType, name: str) -> str:
    """Return what is told of data: the text behind it, in the module that it comes from; of a union, its types."""
    thing = getattr(package, name)
    if isinstance(thing, UnionType):
        return f"One of {', '.join(f':class:`~{package.__name__}.{each.__name__}`' for each in get_args(thing))}."
    home = next((home for home, names in _homes(package).items() if name in names), package.__name__)
    statements = ast.parse(inspect.getsource(import_module(home))).body
    for assigned, text in pairwise(statements):
        match assigned, text:
            case (
                ast.Assign(targets=[ast.Name(id=found)]) | ast.AnnAssign(target=ast.Name(id=found)),
                ast.Expr(value=ast.Constant(value=str(told))),
            ) if found == name:
                return restructured(inspect.cleandoc(told))
            case _:
                pass
    raise ValueError(f"{home}.{name} is public, and no text behind it says what it is")


def _made_by(construct: type) -> str:
    """Return what a construct exposes: the attributes that its own constructor sets."""
    constructor = vars(construct).get("__init__")
    if constructor is None or not construct.__module__.startswith(examx_constructs.__name__):
        return ""
    try:
        source = ast.parse(textwrap.dedent(inspect.getsource(constructor)))
    except OSError:
        # Written by attrs or dataclasses, for which the parameters are the attributes.
        return ""
    assigned = [each.targets[0] for each in ast.walk(source) if isinstance(each, ast.Assign)]
    names = [each.attr for each in assigned if isinstance(each, ast.Attribute) and not each.attr.startswith("_")]
    return f"Exposes {', '.join(f'``{name}``' for name in dict.fromkeys(names))}.\n" if names else ""


def _title(text: str, line: str = "=") -> str:
    return f"{text}\n{line * len(text)}\n"


def _summary(thing: object) -> str:
    return " ".join(_doc(thing).partition("\n\n")[0].split())


def _doc(thing: object) -> str:
    return restructured(inspect.getdoc(thing) or "")


def restructured(text: str) -> str:
    """Return a docstring, where `code` is between single backticks, as Sphinx reads it."""
    return "``".join(text.split("`"))


def _table(rows: Iterable[Sequence[str]], *, header: bool = False) -> Iterator[str]:
    yield from (".. list-table::", f"   :header-rows: {int(header)}", "   :width: 100%", "")
    for row in rows:
        yield from (f"   {'  -' if column else '* -'} {cell}" for column, cell in enumerate(row))
    yield ""
