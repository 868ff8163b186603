"""`examx feature down`."""

import sys
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import Json
from examx_cli.commands.feature.arguments import Context, Owner, UntilGone
from examx_cli.commands.feature.report import report
from examx_cli.errors import CommandError, Refusal
from examx_cli.features.existing import Existing, chosen
from examx_cli.features.owner import me, whoever
from examx_cli.features.registry import Registry
from examx_cli.features.removal import remove
from examx_constructs.settings import Duration


def down(
    branches: Annotated[
        list[str] | None,
        typer.Argument(metavar="[BRANCH]...", help="The branches, or their slugs.", show_default=False),
    ] = None,
    *,
    mine: Annotated[bool, typer.Option("--mine", help="All that are yours.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also what is somebody else's.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    owner: Owner = None,
    context: Context = None,
    timeout: UntilGone = "15m",
    json: Json = False,
) -> None:
    """Remove environments with all that is in them, media and queued tasks included, and wait until they are gone.

    Only feature environments can be named: a namespace without their labels is never touched. The cluster does the
    removal; stopped half-way, it goes on by itself.

        examx feature down feature/login
        examx feature down --mine --yes
    """
    if mine == bool(branches):
        raise CommandError("name the branches, or say --mine")
    registry = Registry.of(context)
    known = registry.all()
    if mine:
        whose = me(owner)
        doomed = [each for each in known if each.is_of(whose)]
    else:
        doomed = list({each.name: each for each in (chosen(name, known) for name in branches or ())}.values())
        if not force:
            _refuse_others(doomed, whoever(owner))
    if not doomed:
        output.note("there is none to remove")
    elif not yes:
        _ask(doomed)
    removed = remove(registry, doomed, timeout=Duration(timeout), doomed=lambda _: True)
    report(removed, json=json)


def _refuse_others(doomed: Iterable[Existing], who: str | None) -> None:
    for each in doomed:
        if not each.is_of(who):
            raise Refusal(f"{each} is not yours ({who or 'nothing says who you are'}): say --force to remove it")


def _ask(doomed: Sequence[Existing]) -> None:
    for each in doomed:
        output.note(f"{each}, {each.url}")
    if not sys.stdin.isatty():
        raise CommandError("there is nobody to ask: say --yes to remove them")
    if not typer.confirm(f"Remove {'it' if len(doomed) == 1 else f'these {len(doomed)}'} for ever?", err=True):
        raise Refusal("nothing was removed")
