"""Where the fields of manifests are in their files: looked up for findings alone, because marks take time."""

import os
from functools import lru_cache
from typing import Any, NamedTuple

from examx_constructs import _files
from examx_constructs._regex import regex
from examx_constructs.manifests import scalars
from examx_constructs.manifests.file_text import decoded
from examx_constructs.manifests.lists import Steps


class Position(NamedTuple):
    """A line and a column, both from 1 on."""

    line: int
    column: int


_STEP = regex(r"\.?(?P<key>[A-Za-z0-9_-]+)|\[(?P<inner>[^\]]*(?:\][^.\[][^\]]*)*)\]")

_kept: dict[str, str] = {}


def keep(file: str, text: str) -> None:
    """Keep the text of what cannot be read again: standard input, and pipes."""
    _kept[file] = text
    _places_in.cache_clear()


def position(file: str | None, document: int, steps: Steps, path: str) -> Position | None:
    """Return where a field of an object is, `spec.containers[0].image`.

    A missing one is where what is nearest around it is.

    `document` and `steps` are those of its `Origin`. None for what is in no file, or in one that cannot be read.
    """
    place = _object(file, document, steps) if file else None
    return _at(place, path) if place else None


def written(file: str, origin: tuple[int, Steps], path: str) -> str:
    """Return how a scalar of an object is written; empty where that cannot be told."""
    place = _object(file, *origin)
    for step in path.split(".") if place else ():
        place = place.child(step) if place else None
    return place.written if place else ""


def _object(file: str, document: int, steps: Steps) -> "Place | None":
    place = _places_of(file).get(document)
    for step in steps if place else ():
        place = (place.child(step) if place else None) or place
    return place


def key_positions(file: str | None, document: int, steps: Steps, path: Steps) -> list[Position]:
    """Return where each of the keys is that are there twice: `path` leads to them.

    Empty where that cannot be told.
    """
    place = _object(file, document, steps) if file else None
    for step in path[:-1]:
        place = place.child(step) if place else None
    return place.keys_named(str(path[-1])) if place and path else []


def _at(place: "Place", path: str) -> Position:
    index = 0
    while index < len(path):
        step = _STEP.match(path, index)
        if step is None:
            break
        inner = step["inner"]
        following = place.child(step["key"] or inner)
        if following is None and inner and inner.isdigit():
            following = place.child(int(inner))
        if following is None:
            break
        place, index = following, step.end()
    return Position(place.line, place.column)


class Place:
    """Where a value is: of a field, its key; of an item of a list, the item. And what is in it."""

    __slots__ = ("children", "column", "is_list", "line", "name", "twice", "written")

    def __init__(self, line: int, column: int, *, is_list: bool = False) -> None:
        self.line = line
        self.column = column
        self.is_list = is_list
        self.name = ""
        self.written = ""
        """Of a scalar, its text without quotation marks."""
        self.children: dict[str | int, Place] = {}
        self.twice: dict[str, list[Position]] = {}

    def child(self, step: str | int) -> "Place | None":
        """Return what is at a key, or at a place of a list."""
        return self.children.get(step)

    def add(self, step: str | int, child: "Place") -> None:
        """Put something in; of what is there twice, the last one counts."""
        before = self.children.get(step)
        if before is not None and isinstance(step, str):
            self.twice.setdefault(step, [Position(before.line, before.column)]).append(
                Position(child.line, child.column)
            )
        self.children[step] = child

    def keys_named(self, key: str) -> list[Position]:
        """Return where the keys of a name are that is there more than once."""
        return self.twice.get(key, [])


def _places_of(file: str) -> "dict[int, Place]":
    """Return the documents of a file, by their number."""
    if file in _kept:
        return _places_in(file, 0, 0)
    try:
        now = os.stat(file)  # noqa: PTH116 - of what may be no path
    except (OSError, ValueError):
        return {}
    return _places_in(file, now.st_ino, now.st_mtime_ns)


@lru_cache(maxsize=16)
def _places_in(file: str, _inode: int, _changed: int) -> "dict[int, Place]":
    """Return the same, read once for each state of the file."""
    text = _kept.get(file)
    if text is None:
        try:
            text = decoded(_files.read_bytes(file)).content
        except _files.UnreadableError:
            return {}
    from examx_constructs.manifests.yaml_text import texts  # noqa: PLC0415 - keeps PyYAML out of the import

    found: dict[int, Place] = {}
    for number, line, written in texts(text):
        place = _place_of(written, line)
        if place:
            found[number] = place
    return found


def _place_of(written: str, first: int) -> Place | None:
    """Return the places of one document that begins in some line of its file."""
    import yaml  # noqa: PLC0415 - keeps PyYAML out of the import

    parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(written)
    try:
        return _read(parser, first, yaml)
    except yaml.YAMLError:
        return None  # JSON that is no YAML; what cannot be read at all has no fields.


def _read(parser: Any, first: int, yaml: Any) -> Place | None:  # noqa: ANN401 - events have no types
    """Go through the events of a document. A field is where its key is."""
    anchors: dict[str, Place] = {}
    root = Place(first, 1, is_list=True)
    around, key = root, None
    stack: list[tuple[Place, Place | None]] = []
    while not isinstance(event := parser.get_event(), yaml.DocumentEndEvent | yaml.StreamEndEvent):
        if isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            (around, key), value = stack.pop(), around
            key = _put(around, key, value)
            continue
        here = Place(
            first + event.start_mark.line,
            event.start_mark.column + 1,
            is_list=isinstance(event, yaml.SequenceStartEvent),
        )
        if isinstance(event, yaml.CollectionStartEvent):
            stack.append((around, key))
            around, key = here, None
        elif key is None and not around.is_list:
            key = here
            key.name = scalars.key_of(event) if isinstance(event, yaml.ScalarEvent) else anchors[event.anchor].name
        else:
            if isinstance(event, yaml.AliasEvent):
                here.children = anchors[event.anchor].children
            else:
                here.written = event.value
            key = _put(around, key, here)
        if event.anchor and not isinstance(event, yaml.AliasEvent):
            anchors[event.anchor] = here
    return root.child(0)


def _put(around: Place, key: Place | None, value: Place) -> None:
    """Put a value into a list, or at its key; what is merged is found where it came from."""
    if key is None:
        around.add(len(around.children), value)
    elif key.name == "<<":
        for each in [*value.children.values()] if value.is_list else [value]:
            for name, child in each.children.items():
                around.children.setdefault(name, child)
    else:
        value.line, value.column = key.line, key.column
        around.add(key.name, value)
