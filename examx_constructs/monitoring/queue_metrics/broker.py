"""What the lists of Redis hold, at each look."""

import json
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from redis.sentinel import SentinelConnectionPool

from .connection import Client

_BATCH = 200
_GROWTH_OVER = 60.0
_GROWTH_FROM = 4.0
"""Seconds over which growth is told, and from which on: two scrapes right behind each other tell nothing."""
_UNACKED = "unacked"


@dataclass
class Waiting:
    """Since when the oldest entry of a list waits, though no entry tells when it came.

    At each look the newest entry is remembered: whatever is behind it was there by then. The oldest of these marks that
    is still in the list says how long its last entry waits at least. It waits less than one look longer, unless the
    list was there before this process was.
    """

    newest: bytes | None = None
    marks: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    """When, and how many entries are in front of it now; the oldest first."""

    def look(self, now: float, length: int, newest: bytes | None, pushed: int | None) -> float:
        """Return how long, at a moment.

        `pushed`: entries in front of the one that was the newest, None where it is gone.
        """
        kept = self.marks if pushed is not None else []
        moved = [(at, position + (pushed or 0)) for at, position in kept]
        self.marks = [(at, position) for at, position in moved if position < length]
        if length and newest != self.newest:
            self.marks.append((now, 0))
        self.newest = newest
        return now - self.marks[0][0] if self.marks else 0.0


@dataclass(frozen=True)
class Look:
    """What was seen at one moment, by list."""

    at: float
    messages: Mapping[str, int]
    oldest: Mapping[str, float]
    set_aside: Mapping[str, int]
    unacked: Mapping[str, int]
    postponed: Mapping[str, int]
    growth: Mapping[str, float] = field(default_factory=dict[str, float])
    """By how many entries a minute each list grew over the last minute; nothing before there is an earlier look."""


class Broker:
    """The lists of Redis, as they are at each look."""

    def __init__(self, client: Client, lists: Iterable[str], set_aside: str) -> None:
        self._client, self._lists, self._set_aside = client, tuple(lists), set_aside
        self._waiting = {name: Waiting() for name in self._lists}
        self._lengths: deque[tuple[float, Mapping[str, int]]] = deque()

    def look(self) -> Look:
        """Ask the server that leads. Raises redis.RedisError where there is none."""
        pool = self._client.connection_pool
        if isinstance(pool, SentinelConnectionPool):
            # A server that leads no longer answers what is only read: from its own, old data.
            pool.get_master_address()
        seen = {name: self._list(name) for name in self._lists}
        now = time.monotonic()
        oldest = {name: self._waiting[name].look(now, *each) for name, each in seen.items()}
        counts: list[Any] = self._client.hmget(self._set_aside, list(self._lists))
        unacked, postponed = self._unacked()
        messages = {name: length for name, (length, _, _) in seen.items()}
        return Look(
            at=now,
            messages=messages,
            oldest=oldest,
            set_aside={name: int(count or 0) for name, count in zip(self._lists, counts, strict=True)},
            unacked=unacked,
            postponed=postponed,
            growth=self._growth(now, messages),
        )

    def _growth(self, now: float, messages: Mapping[str, int]) -> Mapping[str, float]:
        """Return how fast each list grew since the look a minute ago, or the first one."""
        lengths = self._lengths
        lengths.append((now, messages))
        while len(lengths) > 1 and lengths[1][0] <= now - _GROWTH_OVER:
            lengths.popleft()
        then, before = lengths[0]
        if now - then < _GROWTH_FROM:
            return {}
        return {name: (length - before[name]) * 60 / (now - then) for name, length in messages.items()}

    def _list(self, name: str) -> tuple[int, bytes | None, int | None]:
        """Read its length, its newest entry, and how many came since the newest of the last look."""
        before = self._waiting[name].newest
        # One transaction: a worker that takes an entry in between would make a mark of one that is not there.
        pipe = self._client.pipeline(transaction=True).llen(name).lindex(name, 0)
        if before is not None:
            pipe.lpos(name, before)
        length, newest, *pushed = pipe.execute()
        return length, newest, pushed[0] if pushed else None

    def _unacked(self) -> tuple[Counter[str], Counter[str]]:
        """Return what workers have taken, by list, and what of it waits for its time (kombu 5.5, `QoS.append`)."""
        taken, postponed = Counter[str](), Counter[str]()
        # A hash that changes under a scan may tell an entry twice.
        entries = {bytes(tag): each for tag, each in self._client.hscan_iter(_UNACKED, count=_BATCH)}
        now = datetime.now(UTC)
        for each in entries.values():
            name, eta = _taken(each)
            taken[name] += 1
            postponed[name] += eta is not None and eta > now
        return taken, postponed


def _taken(entry: bytes) -> tuple[str, datetime | None]:
    """Return the list that an entry of `unacked` came from, and the time before which it is not to run."""
    try:
        message, _, routing_key = json.loads(entry)
        headers: dict[str, Any] = message.get("headers") or {}
        eta = headers.get("eta")
        moment = datetime.fromisoformat(eta) if eta else None
    except (ValueError, TypeError, AttributeError):
        return "", None
    return str(routing_key), moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None
