"""`examx feature down` and `examx feature reap`."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import Json
from examx_cli.commands.feature.arguments import Context, Owner
from examx_cli.errors import CommandError, Refusal
from examx_cli.features.clock import Clock
from examx_cli.features.existing import Existing, chosen
from examx_cli.features.lifetime import left
from examx_cli.features.owner import me, whoever
from examx_cli.features.registry import Registry
from examx_cli.features.removal import Removed, bound, remove, sweep
from examx_constructs.environments.feature import rfc3339
from examx_constructs.settings import Duration

_SOON = timedelta(hours=24)
_UNCLEAR = "it does not say when it expires: `examx feature extend` sets that"

Wait = Annotated[str, typer.Option("--timeout", help="How long to wait until all is gone.", metavar="DURATION")]


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
    timeout: Wait = "15m",
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
    _report(removed, json=json)


def reap(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say which would go, and remove none.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them, at a terminal too.")] = False,
    context: Context = None,
    timeout: Wait = "15m",
    json: Json = False,
) -> None:
    """Remove all environments whose time is over, and volumes that others left behind.

    One that says that it expires later than in 30 days gets these 30 days: nobody is to write down a longer life.

    At a terminal it only says which these are, unless told `--yes`. An environment that somebody extends at the last
    moment is kept. What cannot be removed or judged, such as one that does not say when it expires, is told of, with
    exit status 1.

        examx feature reap
        examx feature reap --yes
    """
    registry = Registry.of(context)
    moment = Clock.of(registry.kubectl).now()
    known, strangers = registry.with_strangers()
    # What somebody removed, and what does not get there, is nobody's to forget either.
    doomed = [each for each in known if each.ending or each.has_expired(moment)]
    if dry_run or (sys.stdin.isatty() and not yes):
        _foretell(registry, doomed, moment, json=json)
        return
    removed = remove(registry, doomed, timeout=Duration(timeout), doomed=lambda each: each.has_expired(moment))
    bound(registry, known, removed, moment)
    sweep(registry, removed, moment)
    unclear = [each for each in known if each.expires is None and not each.ending]
    removed.failed |= {str(each): _UNCLEAR for each in unclear} | dict(strangers)
    soon = [each for each in known if each.expires and moment < each.expires <= moment + _SOON and not each.ending]
    _report(removed, json=json, soon={each: left(each.expires, moment) for each in soon})


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


def _foretell(registry: Registry, doomed: Sequence[Existing], moment: datetime, *, json: bool) -> None:
    volumes = [each.name for each in registry.volumes() if each.is_forgotten(moment) and not each.problem]
    output.publish({"report": "", "removed": "0"})  # There is nothing to tell others of.
    if json:
        output.say_json({"would_remove": [each.name for each in doomed], "volumes": volumes})
        return
    for each in doomed:
        when = "being removed already" if each.ending else f"expired {rfc3339(each.expires)}" if each.expires else ""
        output.say(f"would be removed: {each}, {when}")
    for volume in volumes:
        output.say(f"would be removed: PersistentVolume {volume}")
    output.say(f"{len(doomed)} environments and {len(volumes)} volumes would be removed; --yes does it")


def _report(removed: Removed, *, json: bool, soon: Mapping[Existing, str] = MappingProxyType({})) -> None:
    lines = list(_lines(removed, soon))
    output.publish({"report": "\n".join(lines), "removed": str(len(removed.gone))})
    if json:
        output.say_json(
            {
                "removed": [each.name for each in removed.gone],
                "volumes": removed.volumes,
                "going": removed.going,
                "kept": removed.kept,
                "failed": removed.failed,
                "soon": [each.name for each in soon],
            }
        )
    else:
        output.say("\n".join([*lines, f"{len(removed.gone)} environments removed"]))
    if not removed.is_done:
        raise typer.Exit(Refusal.status)


def _lines(removed: Removed, soon: Mapping[Existing, str]) -> Iterable[str]:
    yield from (f"removed: {each}" for each in removed.gone)
    yield from (f"removed: PersistentVolume {each}, left behind" for each in removed.volumes)
    yield from (f"still being removed: {name}: {why}" for name, why in removed.going.items())
    yield from (f"kept: {name}: {why}" for name, why in removed.kept.items())
    yield from (f"not removed: {name}: {why}" for name, why in removed.failed.items())
    yield from (f"expires in {time}: {each}" for each, time in soon.items())
