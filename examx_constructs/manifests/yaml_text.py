"""Texts as kubectl reads them: YAML by its rules, JSON, several documents. A module apart, because PyYAML loads slowly.

kubectl splits a text at lines that begin with `---`, and reads each part by itself (k8s.io/apimachinery 0.34,
pkg/util/yaml/decoder.go). So one part that is broken breaks no other. A text that begins with `{` is JSON to it, one
value behind the other, and YAML where it is no JSON. `tests/unit/manifests/facts.json` holds what the real one makes of
odd texts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from examx_constructs._in_two import worked
from examx_constructs._regex import regex
from examx_constructs.manifests.json_text import JsonError, JsonValue, json_values
from examx_constructs.manifests.yaml_document import Path, YamlError, build

_SEPARATOR = regex(r"^---[^\n]*\n?", re.MULTILINE)
_LOOKS_LIKE_JSON = regex(r"\s*\{\s*[\"}]")
_NOTHING_BEHIND = regex(r"---\s*(?:#.*)?\Z")

_LONG = 1 << 20
"""Characters of a text for which a second process is worth its start."""
_BATCHES = 64


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a text: its place among all, the line that it begins in, what it holds and what is wrong."""

    number: int
    line: int
    content: object = None
    twice: tuple[Path, ...] = ()
    """The keys that their mapping has already: the last one counts."""
    error: YamlError | None = None
    written: str = ""
    """The text of one that cannot be read."""
    has_nulls: bool = False
    """Whether a value may be null."""


def documents(text: str) -> list[object]:
    """Return what a text holds, without empty documents. Raises YamlError for the first that cannot be read."""
    found: list[object] = []
    for part in parts(text):
        if part.error:
            raise part.error
        if part.content is not None:
            found.append(part.content)
    return found


def parts(text: str) -> Iterator[Part]:
    """Yield the documents of a text one by one, also those that cannot be read."""
    text = text.removeprefix("\ufeff")
    if not text.lstrip().startswith("{"):
        yield from _yaml(text, 0, 1)
        return
    number, end = 0, 0
    for value in json_values(text):
        if isinstance(value, JsonValue):
            twice = _twice_in_json(text[value.start : value.end]) if value.has_twice else ()
            yield Part(number, value.line, value.content, twice, has_nulls="null" in text)
            number, end = number + 1, value.end
        else:
            yield from _no_json(text, value, number, end)


def texts(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the documents of a text as they are written.

    Each comes with its number, as `parts` counts, and the line that it begins in.
    """
    text = text.removeprefix("\ufeff")
    number, end = 0, 0
    if text.lstrip().startswith("{"):
        for value in json_values(text):
            if isinstance(value, JsonValue):
                yield number, value.line, text[value.start : value.end]
                number, end = number + 1, value.end
    rest = text[end:].lstrip(" \t\r").removeprefix("\n") if end else text
    first = text.count("\n", 0, len(text) - len(rest))
    for place, chunk in enumerate(chunks(rest)):
        yield number + place, first + chunk.line, chunk.text


def _no_json(text: str, refused: JsonError, number: int, end: int) -> Iterator[Part]:
    """Yield the rest of a text that is no JSON: kubectl reads it as YAML, unless two values were JSON already."""
    error = YamlError(refused.problem, refused.line, refused.column)
    if refused.is_json or number > 1:
        yield Part(number, refused.line, error=error, written=text[end:])
        return
    rest = text[end:].lstrip(" \t\r").removeprefix("\n") if end else text
    for part in _yaml(rest, number, text.count("\n", 0, len(text) - len(rest)) + 1):
        if part.error and part.number == 0 and _LOOKS_LIKE_JSON.match(rest):
            # Of what is neither, the reason of JSON says more.
            yield Part(0, part.line, error=error, written=rest)
        else:
            yield part


def _twice_in_json(text: str) -> tuple[Path, ...]:
    """Return the keys that are there twice, with their places, which JSON's decoder does not tell."""
    try:
        return build(text).twice
    except YamlError:
        return ((),)


class _Chunk(NamedTuple):
    """What is between two separators, and the line that it begins in."""

    text: str
    line: int


def chunks(text: str) -> Iterator[_Chunk]:
    """Yield the documents of a text as kubectl tells them apart, before anything is read; also empty ones."""
    start, line = 0, 1
    for found in _SEPARATOR.finditer(text):
        yield _Chunk(text[start : found.start()], line)
        line += text.count("\n", start, found.end())
        start = found.end()
    yield _Chunk(text[start:], line)


def _yaml(text: str, number: int, first: int) -> Iterator[Part]:
    if len(text) < _LONG:
        yield from _read(_numbered(text, number, first))
        return
    waiting = [*_numbered(text, number, first)]
    batch = len(waiting) // _BATCHES + 1
    yield from worked([waiting[start : start + batch] for start in range(0, len(waiting), batch)], _read)


class _Numbered(NamedTuple):
    """A document that nobody has read yet, or what is wrong before one; its place among all, and its line."""

    chunk: "_Chunk | Part"
    number: int
    line: int


def _numbered(text: str, number: int, first: int) -> Iterator[_Numbered]:
    for chunk in _checked(text):
        yield _Numbered(chunk, number, first - 1 + chunk.line)
        number += isinstance(chunk, _Chunk)


def _read(waiting: Iterable[_Numbered]) -> list[Part]:
    read: list[Part] = []
    for chunk, number, line in waiting:
        if isinstance(chunk, Part):
            read.append(Part(number, line, error=chunk.error, written=chunk.written))
        elif chunk.text and not chunk.text.isspace():
            read.append(_part(chunk.text, number, line))
    return read


def _checked(text: str) -> Iterator["_Chunk | Part"]:
    """Yield the chunks.

    One whose separator has more behind it than a comment, which kubectl refuses, is said to be so.
    """
    lines = [each.rstrip() for each in _SEPARATOR.findall(text)] if "---" in text else []
    for chunk, line in zip(chunks(text), ["---", *lines], strict=True):
        if not _NOTHING_BEHIND.match(line):
            behind = line.removeprefix("---").strip()
            problem = f"is refused by kubectl: {behind!r:.60} is behind ---, where only a comment may"
            yield Part(0, chunk.line - 1, error=YamlError(problem, chunk.line - 1, 1), written=chunk.text)
        yield chunk


def _part(text: str, number: int, line: int) -> Part:
    try:
        built = build(text)
    except YamlError as error:
        return Part(number, line, error=_moved(error, line), written=text)
    behind = _moved(built.behind, line) if built.behind else None
    return Part(number, line, built.content, built.twice, behind, text if behind else "", built.has_nulls)


def _moved(error: YamlError, line: int) -> YamlError:
    """Return an error of a document that begins in some line of its file."""
    return YamlError(error.problem, error.line + line - 1 if error.line else line, error.column)
