"""A difference arranged for people: by impact, heaviest first, and equal changes of several objects once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from itertools import groupby

import yaml

from examx_cli.comparison.difference import Action, Difference, FieldChange, ObjectChange
from examx_cli.comparison.fields import ABSENT, Element, Path, canonical, shown
from examx_cli.comparison.impact import Impact
from examx_constructs.manifests import ObjectId

_CONTEXT_LINES = 2

NOT_OURS: Mapping[bool, str] = {False: "written by others, and goes", True: "written by others, and stays"}
"""The titles of what is in live objects and not rendered, by whether it stays."""


FORECAST = "waits and pod hours, simulated at the standard workloads"
"""The title of what a change of scaling figures does."""

SUMS = "requests of all pods, at rest..at most"
"""The title of what an environment asks for in all."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a difference: `-` what goes, `+` what comes, a space for what surrounds it."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What changes in the same way, in one object or in several."""

    title: str
    changes: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """All that has one impact: what it does to what, and what changes for that."""

    impact: Impact
    effects: tuple[tuple[str, str], ...]
    """Names, and what is done to them."""
    entries: tuple[Entry, ...]


def sections(difference: Difference) -> list[Section]:
    """Return a section for each impact that there is, the heaviest first."""
    found = [_section(difference, impact) for impact in sorted(Impact, reverse=True)]
    return [each for each in found if each.effects]


def _section(difference: Difference, impact: Impact) -> Section:
    subjects: dict[tuple[str, str], dict[str, None]] = {}
    for change in difference.changes:
        for effect in change.effects:
            if effect.impact is impact:
                # An autoscaler that is new is no new workload.
                action = _ACTIONS.get(change.action, "") if effect.subject == str(change.key) else ""
                subjects.setdefault((effect.reason, action), {})[effect.subject] = None
    effects = tuple((f"{', '.join(names)}{action}", reason) for (reason, action), names in subjects.items())
    return Section(impact, effects, tuple(_entries(difference.changes, impact)))


_ACTIONS = {Action.ADDED: " (new)", Action.REMOVED: " (removed)"}


def _entries(changes: Iterable[ObjectChange], impact: Impact) -> Iterable[Entry]:
    # Wherever the same field changes from the same to the same, it is one change, of all these objects.
    same: dict[tuple[str, str, str], list[tuple[ObjectChange, FieldChange]]] = {}
    for change in changes:
        for field in change.fields:
            if field.effect.impact is impact:
                equal = (shown(_anywhere(field.path)), canonical(field.before), canonical(field.after))
                same.setdefault(equal, []).append((change, field))
    by_title: dict[str, list[tuple[Line, ...]]] = {}
    for (anywhere, _, _), places in same.items():
        paths = {shown(field.path) for _, field in places}
        path = paths.pop() if len(paths) == 1 else anywhere
        field = places[0][1]
        by_title.setdefault(_title([change for change, _ in places]), []).append(lines(path, field.before, field.after))
    return [Entry(title, tuple(each)) for title, each in by_title.items()]


def _anywhere(path: Path) -> Path:
    """Return the path with any container in the place of the one that it names."""
    return tuple(
        Element("[*]") if isinstance(step, Element) and before in ("containers", "initContainers") else step
        for before, step in zip(("", *path), path, strict=False)
    )


def _title(changes: Sequence[ObjectChange]) -> str:
    """Return the objects, by kind: `Deployment celery-beat, examxv2-backend; StatefulSet redis`."""
    keys = list(dict.fromkeys(_name(each) for each in changes))
    kinds = [f"{kind} {', '.join(name for _, name in group)}" for kind, group in groupby(keys, lambda key: key[0])]
    return visible(f"{'; '.join(kinds)} ({len(keys)} objects)" if len(keys) > 1 else kinds[0])


def _name(change: ObjectChange) -> tuple[str, str]:
    replaces: ObjectId | None = change.replaces
    return change.key.kind, change.key.name if replaces is None else f"{change.key.name} instead of {replaces.name}"


def lines(path: str, before: object, after: object) -> tuple[Line, ...]:
    """Return one field's change: a line for each side where these are short, else the lines that differ."""
    if not _is_block(before) and not _is_block(after):
        return _sides(path, before, after)
    old, new = _text(before), _text(after)
    body = [
        Line(" ", "  ...") if line.startswith("@@") else Line(line[0], visible(f"  {line[1:]}"))
        for line in list(unified_diff(old, new, n=_CONTEXT_LINES, lineterm=""))[2:]
    ]
    return Line(_sign(before, after), visible(f"{path}:")), *_without_outer_gaps(body)


def _sides(path: str, before: object, after: object) -> tuple[Line, ...]:
    alike = str(before) == str(after)
    sides = (("-", before), ("+", after))
    # Quoted only where quotes are all the difference, as between 80 and "80".
    return tuple(
        Line(sign, visible(f"{path}: {value if isinstance(value, str) and value and not alike else canonical(value)}"))
        for sign, value in sides
        if value is not ABSENT
    )


def _sign(before: object, after: object) -> str:
    return "+" if before is ABSENT else "-" if after is ABSENT else " "


def _without_outer_gaps(body: list[Line]) -> list[Line]:
    return body[1:] if body and body[0].text == "  ..." else body


def _is_block(value: object) -> bool:
    return isinstance(value, dict | list) or (isinstance(value, str) and "\n" in value)


def _text(value: object) -> list[str]:
    if value is ABSENT:
        return []
    if isinstance(value, str):
        return [*value.removesuffix("\n").split("\n"), *([] if value.endswith("\n") else ["(no end of line)"])]
    text = yaml.safe_dump(value, sort_keys=False, default_flow_style=False, allow_unicode=True, width=200)
    return text.removesuffix("\n...\n").removesuffix("\n").split("\n")


def visible(text: str) -> str:
    """Return the text with what a terminal or a reader's eye could be misled by spelled out."""
    return "".join(each if each.isprintable() or each == "\t" else f"\\u{ord(each):04x}" for each in text)
