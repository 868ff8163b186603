"""The events of a namespace: what its controllers and nodes say about its objects."""

import re
from collections.abc import Iterable

from examx_constructs.manifests import Object, at, text

_LENGTH = 400
# How runtimes and drivers wrap what they have to say.
_WRAPPING = re.compile(r"rpc error: code = \w+ desc = ")


def clear(message: str) -> str:
    """Return a message on one line, without its wrapping, and not endless."""
    said = " ".join(_WRAPPING.sub("", message).split())
    return said if len(said) <= _LENGTH else f"{said[:_LENGTH]} ..."


class Events:
    """Events, the oldest first."""

    def __init__(self, events: Iterable[Object]) -> None:
        self._events = sorted(events, key=seen_at)

    def of(self, item: Object, *reasons: str) -> list[Object]:
        """Return the events about an object: those with one of these reasons, or else all warnings."""
        return [
            each
            for each in self._events
            if _is_about(each, item)
            and (text(each, "reason") in reasons if reasons else text(each, "type") == "Warning")
        ]

    def messages(self, item: Object, *reasons: str) -> list[str]:
        """Return what these events say, the newest last, nothing twice."""
        return list(dict.fromkeys(clear(text(each, "message")) for each in self.of(item, *reasons)))


def _is_about(event: Object, item: Object) -> bool:
    """Return whether an event is about an object. A name may have been another object's before; its uid may not."""
    about, own = text(event, "involvedObject", "uid"), text(item, "metadata", "uid")
    if about and own and about != own:
        return False
    kind = text(item, "kind")
    return text(event, "involvedObject", "name") == text(item, "metadata", "name") and (
        not kind or text(event, "involvedObject", "kind") == kind
    )


def seen_at(event: Object) -> str:
    """Return when an event was seen last, as the API server wrote it."""
    seen = at(event, "series", "lastObservedTime") or at(event, "lastTimestamp") or at(event, "eventTime")
    return seen if isinstance(seen, str) else text(event, "metadata", "creationTimestamp")
