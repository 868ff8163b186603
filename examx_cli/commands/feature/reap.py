"""`examx feature reap`."""

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer

from examx_cli import output
from examx_cli.commands.arguments import Json
from examx_cli.commands.feature.arguments import Context, UntilGone
from examx_cli.commands.feature.report import report
from examx_cli.features.clock import Clock
from examx_cli.features.existing import Existing
from examx_cli.features.lifetime import left
from examx_cli.features.registry import Registry
from examx_cli.features.removal import bound, remove, sweep
from examx_constructs.features.feature import rfc3339
from examx_constructs.settings import Duration

_SOON = timedelta(hours=24)
_UNCLEAR = "it does not say when it expires: `examx feature extend` sets that"


def reap(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say which would go, and remove none.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them, at a terminal too.")] = False,
    context: Context = None,
    timeout: UntilGone = "15m",
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
    report(removed, json=json, soon={each: left(each.expires, moment) for each in soon})


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
