"""One document of YAML as kubectl reads it, made of its events.

PyYAML's own composer refuses an anchor that is there again, and builds by recursion; events come one by one, whatever
the text is. What a key, a merge and a scalar are, and what is refused, is as in go.yaml.in/yaml/v2 2.4.2, decode.go,
and sigs.k8s.io/yaml 1.6.0. It takes about two thirds of the time of PyYAML's own loader in C.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import yaml

from examx_constructs._bounds import LARGEST, ROOM
from examx_constructs._depth import DEEPEST
from examx_constructs._regex import regex
from examx_constructs.manifests import scalars

if TYPE_CHECKING:
    from yaml import SafeLoader as _FastestLoader
else:
    _FastestLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str | int, ...]
"""The keys, and the places in lists, that lead to a value."""

_UNKNOWN_ESCAPE = regex(r"(?<!\\)(?:\\\\)*\\/")
_KEY = object()  # a mapping waits for a key
_MERGE = object()  # what comes is merged into the mapping


class YamlError(Exception):
    """Text that kubectl reads no objects from: what is wrong, and where, from 1 on; 0 where that is not known."""

    def __init__(self, problem: str, line: int = 0, column: int = 0) -> None:
        self.problem = problem
        self.line = line
        self.column = column
        super().__init__(f":{line}: {problem}" if line else f": {problem}")

    def __reduce__(self) -> tuple[type["YamlError"], tuple[str, int, int]]:
        return YamlError, (self.problem, self.line, self.column)


class Built(NamedTuple):
    """What a document holds, the keys that their mapping has already, and what is wrong behind it."""

    content: object
    twice: tuple[Path, ...]
    behind: YamlError | None
    has_nulls: bool


def build(text: str) -> Built:
    """Read a text of one document. Raises YamlError."""
    builder = _Builder(text)
    return Built(*builder.built(), builder.behind, builder.has_nulls)


class _Builder:
    """Makes data of the events of one document.

    PyYAML's own composer refuses an anchor that is there again, and builds by recursion; events come one by one,
    whatever the text is.
    """

    def __init__(self, text: str) -> None:
        self.behind: YamlError | None = None
        """That more is behind the document, and nobody reads it."""
        self.has_nulls = False
        self._text = text
        self._has_slashes = "\\/" in text  # asked once: a file may hold a million texts in quotation marks
        self._parser: Any = None
        self._anchors: dict[str, object] = {}
        self._open: list[tuple[Any, Any]] = []
        self._twice: list[Path] = []
        self._merged: dict[int, set[str]] = {}
        self._size = 0
        self._sizes: dict[int, int] = {}

    def built(self) -> tuple[object, tuple[Path, ...]]:
        """Return the document, and the keys that are there twice. Raises YamlError."""
        try:
            self._parser = _FastestLoader(self._text)
            return self._document(), tuple(self._twice)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = f"is not valid YAML: {error.problem or error.context}"
            raise YamlError(problem, *((mark.line + 1, mark.column + 1) if mark else ())) from None
        except yaml.YAMLError as error:
            raise YamlError(f"is not valid YAML: {' '.join(str(error).split())}") from None

    def _document(self) -> object:
        next_event = self._parser.get_event
        next_event()  # the stream's start
        event = next_event()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        if "?" in self._text:
            self._refuse_questions()
        if event.version and event.version != (1, 1):
            raise self._error(event, "is refused by kubectl: it reads YAML 1.1 alone")
        root: list[object] = []
        self._fill(root, next_event)
        end = next_event()  # the document's end; what else is there is an error of the parser
        if self._text.find("...", end.start_mark.index) >= 0 and self._more_behind(next_event):
            problem = "is not read by kubectl: behind `...` no document begins without ---"
            self.behind = YamlError(problem, end.end_mark.line + 2, 1)
        return root[0]

    def _refuse_questions(self) -> None:
        """Refuse a question mark in a text without quotation marks, in brackets: go-yaml ends the text before it."""
        flow: list[bool] = []
        for event in yaml.parse(self._text, Loader=_FastestLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                flow.append(bool(event.flow_style) or (bool(flow) and flow[-1]))
            elif isinstance(event, yaml.CollectionEndEvent):
                flow.pop()
            elif isinstance(event, yaml.ScalarEvent) and flow and flow[-1] and "?" in event.value and not event.style:
                raise self._error(event, "is refused by kubectl: within brackets, a text with ? needs quotation marks")
            elif isinstance(event, yaml.DocumentEndEvent):
                return

    @staticmethod
    def _more_behind(next_event: Any) -> bool:  # noqa: ANN401
        try:
            return not isinstance(next_event(), yaml.StreamEndEvent)
        except yaml.YAMLError:
            return True

    def _fill(self, root: list[object], next_event: Any) -> None:  # noqa: ANN401, C901, PLR0912, PLR0915 - the one hot loop
        """Read a node into a list. What is open, and the key that it waits with, lies on a stack."""
        container: Any = root
        key: Any = None
        stack, anchors = self._open, self._anchors
        scalar, mapping, sequence, alias = (
            yaml.ScalarEvent,
            yaml.MappingStartEvent,
            yaml.SequenceStartEvent,
            yaml.AliasEvent,
        )
        ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
        while True:
            event = next_event()
            kind = event.__class__
            if kind is scalar:
                text, tag = event.value, event.tag
                if key is _KEY:
                    key = self._key(event, container)
                    continue
                if tag is not None or event.style == '"':
                    value = self._scalar(event)
                elif event.implicit[0]:
                    value = _plain(text)
                    if value is None:
                        self.has_nulls = True
                    elif value.__class__ is scalars.ScalarError:
                        raise self._error(event, f"is refused by kubectl: {value}")
                else:
                    value = text
                if event.anchor is not None:
                    anchors[event.anchor] = value
            elif kind is mapping or kind is sequence:
                if key is _KEY:
                    raise self._error(event, "is refused by kubectl: a key is a list or a mapping")
                if len(stack) >= DEEPEST:
                    raise self._error(event, f"is no manifest: nests deeper than {DEEPEST} levels")
                value = cast("Any", {} if kind is mapping else [])
                if event.anchor is not None:
                    anchors[event.anchor] = value
                if key is None:
                    container.append(value)
                elif key is not _MERGE:
                    container[key] = value
                stack.append((container, key))
                container, key = value, (_KEY if kind is mapping else None)
                continue
            elif kind is alias:
                value = self._alias(event, container)
                if key is _KEY:
                    key = self._named(event, container, scalars.key, value, event.anchor)
                    continue
            elif kind in ends:
                value = container
                container, key = stack.pop()
                if key is not _MERGE:
                    key = None if container.__class__ is list else _KEY
                    if not stack:
                        return
                    continue
            else:
                raise self._error(event, "is not valid YAML: a value is missing")
            if key is None:
                container.append(value)
                if not stack:
                    return
            elif key is _MERGE:
                self._merge(event, container, value)
                key = _KEY
            else:
                container[key] = value
                key = _KEY

    def _scalar(self, event: Any) -> object:  # noqa: ANN401
        """Return the value of a scalar with a tag, or in double quotation marks."""
        if self._has_slashes and event.style == '"':
            written = self._text[event.start_mark.index : event.end_mark.index]
            if _UNKNOWN_ESCAPE.search(written):
                raise self._error(event, r"is refused by kubectl: \/ is no escape of its YAML")
        if event.tag is None:
            return event.value
        self.has_nulls = True  # perhaps
        try:
            return scalars.tagged(event.tag, event.value)
        except scalars.ScalarError as error:
            raise self._error(event, f"is refused by kubectl: {error}") from None

    def _key(self, event: Any, mapping: dict[str, object]) -> object:  # noqa: ANN401
        text, tag = event.value, event.tag
        if tag is None and event.implicit[0]:
            if text == "<<":
                return _MERGE
            if event.anchor is not None:
                self._anchors[event.anchor] = _plain(text)
            return self._named(event, mapping, _plain_key, text)
        if tag is None:
            self._scalar(event)
            if event.anchor is not None:
                self._anchors[event.anchor] = text
            return self._named(event, mapping, str, text)
        if tag == scalars.MERGE and text == "<<":
            return _MERGE
        if event.anchor is not None:
            self._anchors[event.anchor] = self._scalar(event)
        return self._named(event, mapping, scalars.tagged_key, tag, text)

    def _named(self, event: Any, mapping: dict[str, object], make: Any, *given: Any) -> str:  # noqa: ANN401
        try:
            name: str = make(*given)
        except scalars.ScalarError as error:
            raise self._error(event, f"is refused by kubectl: {error}") from None
        if name in mapping:
            merged = self._merged.get(id(mapping))
            if merged and name in merged:
                merged.discard(name)
            else:
                self._twice.append((*self._path(), name))
        return name

    def _path(self) -> Iterator[str | int]:
        """Yield the way to the mapping that is read now; the first step is the document's own list."""
        for container, key in self._open[1:]:
            yield len(container) - 1 if key is None else ("<<" if key is _MERGE else key)

    def _alias(self, event: Any, around: object) -> object:  # noqa: ANN401
        if event.anchor not in self._anchors:
            raise self._error(event, f"is not valid YAML: found undefined alias {event.anchor}")
        value = self._anchors[event.anchor]
        if value is around or any(value is each for each, _ in self._open):
            raise self._error(event, f"is no manifest: what the anchor {event.anchor} names holds itself")
        self._size += self._size_of(value)
        if self._size > LARGEST:
            raise self._error(
                event, f"is no manifest: larger than {LARGEST >> 20} MiB once its aliases are written out"
            )
        return value

    def _size_of(self, value: object) -> int:
        """Return the bytes of a value with everything in it written out. No recursion is deeper than the nesting."""
        if isinstance(value, str):
            return ROOM + len(value)
        if not isinstance(value, dict | list):
            return ROOM
        known = self._sizes.get(id(cast("object", value)))
        if known is None:
            if isinstance(value, dict):
                entries = cast("dict[str, object]", value)
                known = ROOM + sum(ROOM + len(key) + self._size_of(each) for key, each in entries.items())
            else:
                known = ROOM + sum(map(self._size_of, cast("list[object]", value)))
            self._sizes[id(cast("object", value))] = known
        return known

    def _merge(self, event: Any, mapping: dict[str, object], value: object) -> None:  # noqa: ANN401
        """Merge as go-yaml does, at the place where the merge is: what was there before is overridden."""
        given = cast("list[object]", value) if isinstance(value, list) else [value]
        if not all(isinstance(each, dict) for each in given) or (
            isinstance(event, yaml.AliasEvent) and given[0] is not value
        ):
            raise self._error(event, "is refused by kubectl: << needs a mapping, or a list of mappings")
        for each in reversed(cast("list[dict[str, object]]", given)):
            # YAML's own rule is the other way round, so what differs is told.
            own = mapping.keys() & each.keys() - self._merged.get(id(mapping), set())
            self._twice += [(*self._path(), name) for name in sorted(own) if mapping[name] != each[name]]
            mapping.update(each)
            self._merged.setdefault(id(mapping), set()).update(each)

    def _error(self, event: Any, problem: str) -> YamlError:  # noqa: ANN401
        mark = event.start_mark
        return YamlError(problem, mark.line + 1, mark.column + 1)


@lru_cache(maxsize=16384)
def _plain(text: str) -> object:
    """Return what a scalar without quotation marks is; the error itself for what kubectl refuses."""
    try:
        return scalars.plain(text)
    except scalars.ScalarError as error:
        return error


@lru_cache(maxsize=4096)
def _plain_key(text: str) -> str:
    return scalars.key(scalars.resolved(text), text)
