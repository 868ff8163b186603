"""`examx feature list`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from examx_cli import output
from examx_cli.commands.arguments import Json
from examx_cli.commands.feature.arguments import Context, Owner
from examx_cli.features.clock import Clock
from examx_cli.features.existing import Existing
from examx_cli.features.lifetime import left
from examx_cli.features.owner import me
from examx_cli.features.registry import Registry, image_of
from examx_cli.features.summary import state, summary
from examx_cli.images import tag_of
from examx_constructs.manifests import Object

HEADINGS = ("branch", "owner", "address", "expires in", "state", "image")


def list_features(
    *,
    mine: Annotated[bool, typer.Option("--mine", help="Only your own.")] = False,
    expired: Annotated[bool, typer.Option("--expired", help="Only those whose time is over.")] = False,
    owner: Owner = None,
    context: Context = None,
    json: Json = False,
) -> None:
    """List the feature environments of the cluster: whose each is, where, until when, and whether it runs.

    One's own, and for a script the branches of those that have expired:

        examx feature list --mine

        examx feature list --expired --json | jq -r '.[].branch'
    """
    registry = Registry.of(context)
    moment = Clock.of(registry.kubectl, or_own=True).now()
    whose = me(owner) if mine else None
    found = [
        each
        for each in registry.all()
        if (whose is None or each.is_of(whose)) and (not expired or each.has_expired(moment))
    ]
    backends = registry.backends()
    if json:
        output.say_json([summary(each, backends.get(each.namespace)) for each in found])
    elif found:
        output.show(_table(found, backends, moment))
    else:
        output.note("no feature environments" + (" of that kind" if mine or expired else ""))


def _table(environments: list[Existing], backends: Mapping[str, Object], moment: datetime) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in HEADINGS:
        table.add_column(heading, overflow="fold")
    for each in environments:
        backend = backends.get(each.namespace)
        tag = tag_of(image_of(backend))
        table.add_row(each.branch, each.owner, each.url, left(each.expires, moment), state(each, backend), tag)
    return table
