"""Why a workload has as many replicas as it has: one sentence out of what its metrics ask for."""

from collections.abc import Sequence

from examx_cli.deploy.diagnosis.family import condition
from examx_cli.status.values import Ask
from examx_constructs.manifests import Object, text

_LISTED = 4
_HELD = "ScaleDownStabilized"


def why(wanted: int, least: int, most: int, asks: Sequence[Ask], hpa: Object) -> str:
    """Return why that many are wanted, with what each metric asks for behind it."""
    asked = [each.replicas for each in asks if each.replicas is not None]
    said = "; ".join(map(_told, asks[:_LISTED]))
    if not asked:
        return f"no metric can be had, so it stays at {wanted}: {said}" if asks else ""
    highest = max(asked)
    reason = _reason(wanted, least, most, highest, hpa)
    if len(asked) < len(asks) and highest < wanted and wanted > least:
        reason = f"{reason}, and is not scaled down while a metric cannot be had"
    return f"{reason}: {said}"


def _reason(wanted: int, least: int, most: int, highest: int, hpa: Object) -> str:
    if highest >= most == wanted:
        return f"at its most, {most}" if highest == most else f"at its most, {most}, where {highest} are asked for"
    if highest <= least == wanted:
        return f"at its least, {least}"
    if highest == wanted:
        return f"{wanted} asked for"
    if highest > wanted:
        return f"on the way from {wanted} to {min(highest, most)}, as fast as its policy lets it"
    if text(condition(hpa, "AbleToScale"), "reason") == _HELD:
        return f"still {wanted}, as more were asked for within its window; {max(highest, least)} are asked for now"
    return f"on the way from {wanted} to {max(highest, least)}, as fast as its policy lets it"


def _told(ask: Ask) -> str:
    if ask.replicas is None:
        return f"{ask.metric} {ask.current}" if ask.current != "?" else f"{ask.metric} is not known here"
    return f"{ask.metric} asks for {ask.replicas} ({ask.current}, target {ask.target})"
