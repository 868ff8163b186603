"""JSON in annotations, read as encoding/json of Go reads it into a type.

Names of fields count without regard to case, unknown ones are passed over, a null leaves its field as it was. A number
is no text. `"statusCode": 503` is refused, `"StatusCode": "503"` is not.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn, TypeAlias, cast

from examx_constructs.manifests.node import Node

TEXT: Final = "a text, in quotes"
WHOLE: Final = "a whole number, without quotes"
TRUTH: Final = "true or false, without quotes"
PORT_OR_NAME: Final = "a port number, or the name of a port in quotes"
TEXTS: Final = "texts by name"
"""A map of any keys with texts."""

WHOLES: Final = "whole numbers by name, without quotes"
"""A map of any keys with numbers."""

Shape: TypeAlias = "str | list[Shape] | Mapping[str, Shape]"
"""One of the constants above, a list of one shape, or fields with a shape each."""

_INT32 = 2**31


@dataclass(slots=True)
class Document:
    """What an annotation holds: its content, or where it does not fit its shape, and fields that nobody reads."""

    content: Node
    """By the names of the shape; absent where it does not fit."""
    misfit: Node | None = None
    wanted: str = ""
    unread: list[Node] = field(default_factory=list[Node])


def document(annotation: Node, shape: Shape) -> Document:
    """Return the JSON of an annotation in a shape."""
    unread: list[Node] = []
    try:
        value: object = json.loads(annotation.text, parse_constant=_refuse)
        content = _fitted(value, shape, _inside(annotation, "", value), unread)
    except _MisfitError as error:
        return Document(_inside(annotation, "", None), error.node, error.wanted)
    except json.JSONDecodeError as error:
        wanted = f"JSON; it is none from character {error.pos + 1} on"
        return Document(_inside(annotation, "", None), annotation, wanted)
    except (ValueError, RecursionError):
        return Document(_inside(annotation, "", None), annotation, "JSON")
    return Document(_inside(annotation, "", content), unread=unread)


class _MisfitError(Exception):
    def __init__(self, node: Node, wanted: str) -> None:
        super().__init__(wanted)
        self.node, self.wanted = node, wanted


def _inside(node: Node, step: str, value: object) -> Node:
    """Return a value inside of an annotation, at the annotation's place with the path to it."""
    return Node(node.object_id, node.file, f"{node.path}{step}", value, node.origin)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _fitted(value: object, shape: Shape, node: Node, unread: list[Node]) -> object:
    if value is None:
        return None
    if isinstance(shape, str):
        return _scalar(value, shape, node)
    if isinstance(shape, list):
        if not isinstance(value, list):
            raise _MisfitError(node, "a list: [...]")
        items = cast("list[object]", value)
        return [_fitted(each, shape[0], _inside(node, f"[{at}]", each), unread) for at, each in enumerate(items)]
    if not isinstance(value, dict):
        raise _MisfitError(node, "an object: {...}")
    names = {name.lower(): name for name in shape}
    found: dict[str, object] = {}
    for key, each in cast("dict[str, object]", value).items():
        at = _inside(node, f".{key}", each)
        name = names.get(key.lower())
        if name is None:
            unread.append(at)
        elif (fitted := _fitted(each, shape[name], at, unread)) is not None:
            found[name] = fitted
    return found


def _scalar(value: object, shape: str, node: Node) -> object:
    if shape in (TEXTS, WHOLES):
        each = TEXT if shape == TEXTS else WHOLE
        if not isinstance(value, dict):
            raise _MisfitError(node, shape)
        of_any = cast("dict[str, object]", value)
        return {
            key: _scalar(item, each, _inside(node, f".{key}", item)) for key, item in of_any.items() if item is not None
        }
    number = isinstance(value, int) and not isinstance(value, bool) and -_INT32 <= value < _INT32
    text = isinstance(value, str)
    fits = {TEXT: text, WHOLE: number, TRUTH: isinstance(value, bool), PORT_OR_NAME: text or number}
    if not fits[shape]:
        raise _MisfitError(node, shape)
    return value
