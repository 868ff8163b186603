"""Commands that load when they are run: the help of the program needs their names and summaries, and imports none."""

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from examx_cli.plain_values import leave_plain

Command = TyperCommand | TyperGroup


@dataclass(frozen=True, slots=True)
class Lazy:
    """A command that is not imported yet.

    `home` is where it is written, as `module:name`: a function, or an application of typer with commands below it.
    `summary` is the first paragraph of its help. It is here once more, because reading it means importing all of them;
    tests/unit/cli/test_lazy.py holds the two against each other.
    """

    home: str
    summary: str

    def load(self, name: str) -> Command:
        """Import it. `name` is how it is typed."""
        module, _, attribute = self.home.partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            group = get_group(found)
            group.name = name
            return group
        alone = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False)
        alone.command(name, cls=_Plain)(found)
        return cast("_Plain", get_command(alone))

    def stub(self, name: str) -> Command:
        """Return what a list of commands shows of it."""
        return TyperCommand(name, help=self.summary)


class _Plain(TyperCommand):
    """A command whose plain values load no pydantic."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer has a click of its own
        """Return the arguments that no parameter took."""
        leave_plain(self.get_params(ctx))
        return super().parse_args(ctx, args)


class LazyGroup(TyperGroup):
    """A group that has the commands of `waiting` beside those that typer knows already.

    `commands` reads as ever, and loads what is taken out of it. Lists and completion get stubs.
    """

    waiting: ClassVar[Mapping[str, Lazy]] = {}

    def __init__(self, *, commands: Mapping[str, Command] | None = None, **options: Any) -> None:  # noqa: ANN401 - as it is declared
        super().__init__(**options)
        self._loading = _Loading(self.waiting, commands or {})
        self.commands = self._loading

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Return the arguments that no parameter took."""
        leave_plain(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: typer.Context) -> list[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return their names, in the order of the help."""
        return list(self.commands)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Command | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return what lists show of a command; None where there is none."""
        return self._loading.shown(cmd_name)

    def resolve_command(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, ctx: typer.Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        """Return the command that is run, loaded, and what follows its name."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, self._loading[name] if name and command else None, rest


class _Loading(MutableMapping[str, Command]):
    """Commands by their names; one that waits is imported when it is taken out."""

    def __init__(self, waiting: Mapping[str, Lazy], loaded: Mapping[str, Command]) -> None:
        self._waiting = {name: each for name, each in waiting.items() if name not in loaded}
        self._loaded = dict(loaded)

    def shown(self, name: str) -> Command | None:
        """Return what lists show of a command: itself where it is loaded, else its stub; None where there is none."""
        if name in self._waiting and name not in self._loaded:
            return self._waiting[name].stub(name)
        return self._loaded.get(name)

    def __getitem__(self, name: str) -> Command:
        if name not in self._loaded and name in self._waiting:
            self._loaded[name] = self._waiting[name].load(name)
        return self._loaded[name]

    def __setitem__(self, name: str, command: Command) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        known = self._waiting.pop(name, None)
        if self._loaded.pop(name, None) is None and known is None:
            raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._waiting, *self._loaded]))

    def __len__(self) -> int:
        return len(self._waiting.keys() | self._loaded.keys())

    def __contains__(self, name: object) -> bool:
        return name in self._waiting or name in self._loaded
