"""Nodes that only some pods may go to, and the drivers that must be there before them."""

from collections.abc import Iterable, Sequence

from examx_cli.doctor.needs import Needs
from examx_cli.doctor.questions import NODES
from examx_cli.doctor.seen import Seen
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import Object, items, text

Taint = tuple[str, str]


def reaches(daemon_sets: Iterable[Object], needs: Needs, seen: Seen) -> Found:
    """Return whether DaemonSets go wherever pods of the environment may go: they tolerate every taint that those do."""
    lost = [(each, taint) for each in daemon_sets for taint in sorted(needs.tolerated) if not _tolerates(each, taint)]
    if not lost:
        return good(f"tolerated: {', '.join(sorted(map(_written, needs.tolerated)))}")
    tainted = {
        (text(taint, "key"), text(taint, "value"))
        for node in seen.objects(NODES)
        for taint in items(node, "spec", "taints")
    }
    if now := [each for each in lost if each[1] in tainted]:
        return lacking(f"{_said(now)}, which nodes have")
    return unsure(f"{_said(lost)}; no node has it now")


def _said(lost: Sequence[tuple[Object, Taint]]) -> str:
    return "; ".join(f"{text(each, 'metadata', 'name')} does not tolerate {_written(taint)}" for each, taint in lost)


def _tolerates(daemon_set: Object, taint: Taint) -> bool:
    """Return whether it tolerates, as the scheduler sees it, a taint that keeps new pods away."""
    key, value = taint
    for each in items(daemon_set, "spec", "template", "spec", "tolerations"):
        exists = text(each, "operator") == "Exists"
        if text(each, "effect") not in ("", "NoSchedule"):
            continue
        if (exists and text(each, "key") in ("", key)) or (text(each, "key"), text(each, "value")) == (key, value):
            return True
    return False


def _written(taint: Taint) -> str:
    key, value = taint
    return f"{key}={value}" if value else key
