"""JSON as kubectl reads it: values one behind the other, numbers as Kubernetes holds them."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from examx_constructs._depth import DEEPEST, is_too_deep
from examx_constructs._regex import regex

_HALF = regex(r"\\u[dD][89a-fA-F]")
_SPACE = regex(r"[ \t\r\n]*")
_INT64 = range(-(1 << 63), 1 << 63)
_DIGITS_OF_INT64 = 20  # with a sign


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A value, where its text is, the line that it begins in, and whether a mapping in it has a key twice."""

    content: object
    start: int
    end: int
    line: int
    has_twice: bool


@dataclass(frozen=True, slots=True)
class JsonError:
    """Why nothing more of a text is read; whether it is JSON all the same, with what Kubernetes cannot hold."""

    problem: str
    line: int
    column: int
    is_json: bool


def json_values(text: str) -> Iterator[JsonValue | JsonError]:
    """Yield the values of a text; the last one is an error where the rest is no JSON."""
    reader = _Reader()
    start, line = _skip(text, 0), 1
    line += text.count("\n", 0, start)
    while start < len(text):
        try:
            content, end = reader.read(text, start)
        except json.JSONDecodeError as error:
            yield JsonError(f"is not valid JSON: {error.msg}", error.lineno, error.colno, is_json=False)
            return
        except (RecursionError, ValueError) as error:
            said = str(error) if isinstance(error, _NumberError) else f"nests deeper than {DEEPEST} levels"
            yield JsonError(f"is no manifest: {said}", line, 1, is_json=True)
            return
        if is_too_deep(content):
            yield JsonError(f"is no manifest: nests deeper than {DEEPEST} levels", line, 1, is_json=True)
            return
        yield JsonValue(content, start, end, line, reader.has_twice)
        following = _skip(text, end)
        line += text.count("\n", start, following)
        start = following


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


class _NumberError(ValueError):
    pass


class _Reader:
    """Python's decoder, with kubectl's numbers, and an eye on keys that are there twice: the last one counts."""

    def __init__(self) -> None:
        self.has_twice = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._mapping, parse_int=_whole, parse_float=_fraction, parse_constant=_constant
        )

    def read(self, text: str, position: int) -> tuple[object, int]:
        self.has_twice = False
        content, end = self._decoder.raw_decode(text, position)
        return (_whole_characters(content) if _HALF.search(text, position, end) else content), end

    def _mapping(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        self.has_twice |= len(made) < len(pairs)
        return made


def _whole_characters(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the value with halves of characters replaced, as Go does: no text can be written with one."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        return {_whole_characters(key): _whole_characters(each) for key, each in entries.items()}
    return [_whole_characters(each) for each in cast("list[Any]", value)] if isinstance(value, list) else value


def _whole(text: str) -> float:
    if len(text) <= _DIGITS_OF_INT64 and int(text) in _INT64:
        return int(text)
    return _fraction(text)


def _fraction(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _NumberError(f"{text:.40} is a number beyond 64 bits")
    return value


def _constant(text: str) -> float:
    raise json.JSONDecodeError(f"{text} is no number", text, 0)
