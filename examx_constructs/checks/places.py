"""Where findings are: the line and the column of their fields, for an editor to jump there."""

from collections.abc import Iterable
from dataclasses import replace

from examx_constructs.checks.finding import Finding
from examx_constructs.manifests.positions import position


def placed(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with their places. Their files are read once more, so this is for findings that are told."""
    return [_placed(found) for found in findings]


def _placed(found: Finding) -> Finding:
    if found.line is not None or not found.object.kind:
        return found
    place = position(found.file, *found.origin, found.field)
    return replace(found, line=place.line, column=place.column) if place else found
