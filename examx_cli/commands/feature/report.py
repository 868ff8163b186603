"""How `down` and `reap` tell what they removed."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import typer

from examx_cli import output
from examx_cli.errors import Refusal
from examx_cli.features.existing import Existing
from examx_cli.features.removal import Removed


def report(removed: Removed, *, json: bool, soon: Mapping[Existing, str] = MappingProxyType({})) -> None:
    """Say what is gone, what is kept and what failed. Exits with the status of a refusal unless all is done."""
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
