"""Who works, and on how many tasks: what workers tell every 2 s."""

import base64
import json
import logging
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import redis

from .connection import Client

GONE_AFTER = 10.0
"""Seconds without a heartbeat after which a worker counts as gone: five in a row may be lost."""
_AGAIN = 2.0
_log = logging.getLogger("queue-metrics")


class Workers:
    """Who works, as their heartbeats tell, which go to every listener: nobody is asked."""

    def __init__(self, client: Client, deployments: Iterable[str]) -> None:
        self._client = client
        # The pods of a Deployment: its name, the hash of its template, and five letters (Kubernetes, ReplicaSet).
        self._pods = {each: re.compile(rf"{re.escape(each)}-[a-z0-9]{{1,10}}-[a-z0-9]{{5}}") for each in deployments}
        self._seen: dict[str, tuple[float, int]] = {}
        self._since: float | None = None
        self._lock = threading.Lock()

    def listen(self) -> None:
        """Take heartbeats for ever."""
        while True:
            try:
                self._listen()
            except redis.RedisError as error:
                _log.warning("Heartbeats cannot be heard: %s", error)
            with self._lock:
                self._since = None
            time.sleep(_AGAIN)

    def _listen(self) -> None:
        database = self._client.connection_pool.connection_kwargs.get("db", 0)
        with self._client.pubsub(ignore_subscribe_messages=True) as subscription:
            # A pattern is allowed to the application's user as it is here (templates/redis/server.rights).
            subscription.psubscribe(f"/{database}.celeryev/worker.*")
            with self._lock:
                self._since = time.monotonic()
            asked = False
            while True:
                message = subscription.get_message(timeout=GONE_AFTER)
                if message is not None:
                    asked = False
                    self._take(message["data"])
                elif asked:
                    # Without workers it is silent, but the server answers; one that is gone without a word does not.
                    raise redis.ConnectionError("the server answers nothing")
                else:
                    asked = True
                    subscription.ping()

    def _take(self, data: bytes) -> None:
        for event in _events(data):
            name, kind = event.get("hostname"), event.get("type")
            if not isinstance(name, str):
                continue
            with self._lock:
                if kind == "worker-offline":
                    self._seen.pop(name, None)
                else:
                    active = event.get("active")
                    self._seen[name] = time.monotonic(), active if isinstance(active, int) else 0

    def by_deployment(self) -> Mapping[str, tuple[int, int]] | None:
        """Return the workers of each Deployment, and the tasks that they run.

        None until all have had the time to tell.
        """
        now = time.monotonic()
        with self._lock:
            self._seen = {name: each for name, each in self._seen.items() if now - each[0] <= GONE_AFTER}
            if self._since is None or now - self._since < GONE_AFTER:
                return None
            living = {name.rpartition("@")[2]: active for name, (_, active) in self._seen.items()}
        return {
            deployment: (
                sum(1 for pod in living if pattern.fullmatch(pod)),
                sum(active for pod, active in living.items() if pattern.fullmatch(pod)),
            )
            for deployment, pattern in self._pods.items()
        }


def _events(data: bytes) -> Iterator[dict[str, Any]]:
    """Yield the events of a message, as kombu wraps them: one, or a list of those that a worker kept together."""
    try:
        message = json.loads(data)
        body: Any = json.loads(base64.b64decode(message["body"]))
    except (ValueError, TypeError, KeyError):
        return
    events = cast("list[Any]", body) if isinstance(body, list) else [body]
    yield from (each for each in events if isinstance(each, dict))
