"""A status for a machine. Fields are only ever added; what could not be read is `{"unread": "why"}`."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import cast

from examx_cli.status.values import Status, Unread


def document(status: Status) -> object:
    """Return all of it, with the names of examx_cli/status/values.py."""
    return _plain(status)


def _plain(value: object) -> object:
    if isinstance(value, Unread):
        return {"unread": value.why}
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in cast("Sequence[object]", value)]
    return value
