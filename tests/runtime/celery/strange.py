"""Entries of a queue's list that Celery did not write, each as one who can write to Redis may leave it there.

None of them harms what reads it here: they are small, and wrong.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

TASK = "examx.tasks.sleep"


def message(
    body: object = ([0], {}, {}), *, without: str = "", headers: Mapping[str, Any] | None = None, **changes: object
) -> dict[str, Any]:
    """A message as Celery sends it, with something changed or left out: `without` is a path, such as `headers.id`."""
    identity = str(uuid4())
    text = body if isinstance(body, str) else base64.b64encode(json.dumps(body).encode()).decode()
    made: dict[str, Any] = {
        "body": text,
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"lang": "py", "task": TASK, "id": identity, "root_id": identity, "retries": 0, **(headers or {})},
        "properties": {
            "correlation_id": identity,
            "delivery_mode": 2,
            "delivery_info": {"exchange": "default", "routing_key": "default"},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": str(uuid4()),
        },
        **changes,
    }
    *parents, last = without.split(".")
    place = made
    for each in parents:
        place = place[each]
    place.pop(last, None)
    return made


def properties(**changes: object) -> dict[str, Any]:
    """A message with other properties."""
    made = message()
    made["properties"] |= changes
    return made


def packed(kind: str, size: int = 1 << 10) -> dict[str, Any]:
    """A message whose body is packed, so it says, in a way."""
    body = base64.b64encode(zlib.compress(json.dumps([["x" * size], {}, {}]).encode())).decode()
    return message(body, headers={"compression": kind})


_DEEP = 100_000
ENTRIES: dict[str, bytes | str | object] = {
    "nothing": b"",
    "no text": b"\xff\xfe\x00\x80",
    "no JSON": "run this",
    "half of a message": json.dumps(message())[:-20],
    "a number": "5",
    "a text": '"default"',
    "null": "null",
    "a list": "[]",
    "a list of messages": [message()],
    "an empty object": "{}",
    "a type of kombu's that fails": '{"__type__": "datetime", "__value__": 7}',
    "a type of kombu's that is unknown": '{"__type__": "nobody", "__value__": 7}',
    "a type of kombu's in the place of the message": '{"__type__": "date", "__value__": "2026-01-01"}',
    "deep lists": "[" * _DEEP + "]" * _DEEP,
    "deep objects": '{"a":' * _DEEP + "1" + "}" * _DEEP,
    "deep headers": message(headers={"x": json.loads("[" * 60 + "]" * 60)}),
    "a long number": '{"properties": ' + "9" * 10_000 + "}",
    **{f"without {each}": message(without=each) for each in ("body", "headers", "properties", "content-type")},
    "without headers.id": message(without="headers.id"),
    "without properties.delivery_tag": message(without="properties.delivery_tag"),
    "without properties.delivery_info": message(without="properties.delivery_info"),
    "without properties.delivery_info.routing_key": message(without="properties.delivery_info.routing_key"),
    "without headers.task, and a body that is none of protocol 1": message(without="headers.task"),
    "protocol 1, and an id that is a number": message(
        {"id": "older", "task": TASK, "args": [0], "kwargs": {}}, without="headers.task", headers={"id": 5}
    ),
    "properties are a list": message(properties=[]),
    "headers are a text": message(headers=None) | {"headers": "task"},
    "a delivery tag is a list": properties(delivery_tag=[1]),
    "a delivery tag is null": properties(delivery_tag=None),
    "delivery_info is a text": properties(delivery_info="default"),
    "an exchange is an object": properties(delivery_info={"exchange": {}, "routing_key": "default"}),
    "a reply goes to a number": properties(reply_to=7),
    "body_encoding is unknown": properties(body_encoding="rot13"),
    "body_encoding is a number": properties(body_encoding=64),
    "a body is no base64": message("#"),
    "a body is a number": message(body=[[0], {}, {}]) | {"body": 7},
    "a body is no JSON": message(base64.b64encode(b"not JSON").decode()),
    "a body is no UTF-8": message(base64.b64encode(b"\xff\xff").decode()),
    "a body is a text": message("text"),
    "a body is two things": message([[], {}]),
    "a body is an object": message({"default": 1}),
    "a body's arguments are a text": message(["x", {}, {}]),
    "a body's names are a list": message([[], [], {}]),
    "a body's rest is a text": message([[], {}, "x"]),
    "a body is deep": message(base64.b64encode(b"[" * _DEEP + b"]" * _DEEP).decode()),
    "a content type is unknown": message(**{"content-type": "application/x-nobody"}),
    "a content type is a pickle's": message(**{"content-type": "application/x-python-serialize"}),
    "a content type is none": message(**{"content-type": ""}),
    "a content type is a list": message(**{"content-type": []}),
    "a content encoding is a number": message(**{"content-encoding": 8}),
    "compression is unknown": packed("nobody"),
    "compression is a list": packed("gzip") | {"headers": {**message()["headers"], "compression": ["gzip"]}},
    "compression is another": packed("bzip2"),
    "compression, and no packed body": message(headers={"compression": "gzip"}),
    "compression of a thousandfold": packed("gzip", 80 << 20),
    "a task is a list": message(headers={"task": [TASK]}),
    "a task is an object": message(headers={"task": {}}),
    "a task is empty": message(headers={"task": ""}),
    "an id is a number": message(headers={"id": 5}),
    "an id is no Unicode": message(headers={"id": "\ud800"}),
    "an eta is a number": message(headers={"eta": 5}),
    "an eta is a text": message(headers={"eta": "tomorrow"}),
    "an expiry is a list": message(headers={"expires": []}),
    "a time limit is a text": message(headers={"timelimit": "60"}),
    "time limits are texts": message(headers={"timelimit": ["a", "b"]}),
    "time limits are three": message(headers={"timelimit": [1, 2, 3]}),
    "a time limit is no number": json.dumps(message(headers={"timelimit": [float("nan"), None]})),
    "a time limit is of many digits": json.dumps(message(headers={"timelimit": [10**400, None]})),
    "retries are a text": message(headers={"retries": "many"}),
    "stamps are a number": message(headers={"stamped_headers": 5, "stamps": 5}),
}
"""By what is wrong with them: bytes and texts as they are, and all else as JSON."""


def encoded(entry: bytes | str | object) -> bytes:
    """An entry as it is written into a list."""
    if isinstance(entry, bytes):
        return entry
    return (entry if isinstance(entry, str) else json.dumps(entry)).encode()
