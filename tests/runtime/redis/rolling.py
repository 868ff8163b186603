"""Rolling updates of the replicated Redis, and a client that goes on writing."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from tests.runtime.redis.passwords import PASSWORDS
from tests.runtime.redis.pods import Pod, Pods
from tests.runtime.redis.wire import RedisError

_UNTIL_THERE = 1
"""Seconds until a pod that is replaced has a node, and its volume."""


def roll(pods: Pods, *stateful_sets: Sequence[str]) -> list[float]:
    """Replace the pods of some StatefulSets, all of these at the same time, each as its controller does.

    That replaces one after another, the last one first, and goes on when the new one is ready. Returns how long each
    pod took to end.
    """
    with ThreadPoolExecutor(len(stateful_sets)) as pool:
        rolled = [pool.submit(_replace, pods, names) for names in stateful_sets]
        return [seconds for each in rolled for seconds in each.result()]


def _replace(pods: Pods, names: Sequence[str]) -> list[float]:
    took: list[float] = []
    for name in reversed(names):
        start = time.monotonic()
        pods[name].delete()
        took.append(time.monotonic() - start)
        time.sleep(_UNTIL_THERE)
        pods[name].begin()
        pods.eventually(pods[name].is_ready)
    return took


@dataclass
class Writer:
    """Appends numbers to a list, as the application; asks the Sentinels for the primary again after each error."""

    pods: Pods
    sentinels: Sequence[str]
    list_name: str = "written"
    every: float = 0.02
    password: str = PASSWORDS["application"]
    accepted: list[int] = field(default_factory=list)
    refused: int = 0
    longest_gap: float = 0
    _over: Event = field(default_factory=Event)

    def __enter__(self) -> "Writer":
        self._thread = Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        number, primary, last = 0, "", time.monotonic()
        while not self._over.wait(self.every):
            number += 1
            try:
                primary = primary or self._primary()
                self._call(self._server(primary), "RPUSH", self.list_name, str(number))
            except (OSError, RedisError):
                self.refused += 1
                primary = ""
                continue
            self.accepted.append(number)
            self.longest_gap = max(self.longest_gap, time.monotonic() - last)
            last = time.monotonic()

    def _primary(self) -> str:
        for name in self.sentinels:
            try:
                host, _ = self._call(self.pods[name], "SENTINEL", "get-master-addr-by-name", "examx")
            except (OSError, RedisError, TypeError):
                continue
            return host
        raise OSError("no Sentinel answers")

    def _call(self, pod: Pod, *words: str) -> Any:
        return pod.call_as("application", *words, password=self.password)

    def _server(self, address: str) -> Pod:
        return next(pod for pod in self.pods.all() if pod.address == address)


def kept(server: Pod, list_name: str = "written") -> list[int]:
    """The numbers that a server has."""
    return [int(each) for each in server.call("LRANGE", list_name, "0", "-1")]
