"""What kubectl printed, as objects: JSON of the shape that the rest of the command reads without looking again.

Between the API server and here are proxies, plugins that log in, and wrappers of kubectl. Each may print something of
its own, or cut an answer short. No message shows what a value is: an answer may hold a Secret.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from examx_constructs._depth import DEEPEST, is_too_deep
from examx_constructs.manifests import Object, at

_SHOWN = 80


class AnswerError(ValueError):
    """What is wrong with an answer; the message goes on behind the name of the command."""


def documents(printed: str) -> list[Object]:
    """Return the JSON documents, one after the other, as `kubectl -o json` prints them. Raises AnswerError."""
    found: list[Object] = []
    decoder, start = json.JSONDecoder(), _next(printed, 0)
    while start < len(printed):
        try:
            document, end = decoder.raw_decode(printed, start)
        except RecursionError:
            raise AnswerError(f"printed something that nests deeper than {DEEPEST} levels") from None
        except ValueError as error:
            raise AnswerError(f"printed something that is no JSON: {_where(printed, start, error)}") from None
        found.append(_checked(document))
        start = _next(printed, end)
    return found


def _next(printed: str, start: int) -> int:
    while start < len(printed) and printed[start].isspace():
        start += 1
    return start


def _where(printed: str, start: int, error: ValueError) -> str:
    line = printed[start:].partition("\n")[0]
    if line[:1] not in ("{", "["):
        # Somebody else's words, which say best whose.
        return f'it says "{line[:_SHOWN]}" in its place'
    if isinstance(error, json.JSONDecodeError):
        cut = error.pos >= len(printed.rstrip()) or error.msg.startswith("Unterminated string")
        return f"it ends too early, after {len(printed)} characters" if cut else f"at line {error.lineno}"
    return "it holds a number that is too long"


def _checked(document: object) -> Object:
    if is_too_deep(document):
        raise AnswerError(f"printed something that nests deeper than {DEEPEST} levels")
    for item, place in _items(document):
        for problem in _problems(item):
            raise AnswerError(f"printed something that is no Kubernetes object: {place}{problem}")
    return cast("Object", document)


def _items(document: object) -> Iterator[tuple[object, str]]:
    yield document, "it"
    if isinstance(document, Mapping) and cast("Object", document).get("kind") == "List":
        listed = cast("Object", document).get("items")
        if not isinstance(listed, list):
            raise AnswerError("printed a List whose items are none")
        for number, item in enumerate(cast("list[object]", listed)):
            yield item, f"number {number + 1} of its items"


def _problems(item: object) -> Iterator[str]:
    """Yield what of an object's frame has another type than the API says (apimachinery, TypeMeta, ObjectMeta)."""
    if not isinstance(item, Mapping):
        yield " is no mapping"
        return
    for path, wanted, is_one in _FRAME:
        found = at(cast("Object", item), *path)
        if found is not None and not is_one(found):
            yield f" has no {wanted} as {'.'.join(path)}"


def _is_text(value: object) -> bool:
    """Return whether it is a text, and no half of a character, which JSON can write and nothing can print."""
    return isinstance(value, str) and not any("\ud800" <= each <= "\udfff" for each in value)


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _is_texts(value: object) -> bool:
    return isinstance(value, Mapping) and all(map(_is_text, cast("Object", value).values()))


def _is_records(value: object) -> bool:
    return isinstance(value, list) and all(
        _is_mapping(each) and _is_fields(at(each, "fieldsV1") or {}) for each in cast("list[Object]", value)
    )


def _is_fields(value: object) -> bool:
    """Return whether it is a set of fields: mappings of mappings, whatever deep (FieldsV1)."""
    return isinstance(value, Mapping) and all(map(_is_fields, cast("Object", value).values()))


_TEXTS = (
    "name", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "generateName",
)  # fmt: skip
_FRAME: Sequence[tuple[tuple[str, ...], str, Callable[[object], bool]]] = (
    (("kind",), "text", _is_text),
    (("apiVersion",), "text", _is_text),
    (("metadata",), "mapping", _is_mapping),
    *((("metadata", name), "text", _is_text) for name in _TEXTS),
    *((("metadata", name), "mapping of texts", _is_texts) for name in ("labels", "annotations")),
    *((("metadata", name), "list", _is_list) for name in ("ownerReferences", "finalizers")),
    (("metadata", "managedFields"), "list of records", _is_records),
    (("spec",), "mapping", _is_mapping),
    (("status",), "mapping", _is_mapping),
)
"""What is where in every object, what it is there, and whether a value is one."""
