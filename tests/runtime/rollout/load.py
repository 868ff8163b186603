"""Constant load: clients that ask one thing after another, and note what became of each request."""

import hashlib
import itertools
import json
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Event

from tests.runtime.rollout.wire import Answer, Request

Send = Callable[[Request], Answer]
Client = Iterator[Request]

_numbers = itertools.count()


@dataclass(frozen=True)
class Outcome:
    """What became of a request; `problem` is None where it was answered as it must be."""

    request: Request
    began: float
    seconds: float
    problem: str | None


@dataclass
class Load:
    """The outcomes of all clients."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def failed(self) -> list[Outcome]:
        """The requests without the answer that they must get."""
        return [each for each in self.outcomes if each.problem]

    @property
    def longest(self) -> float:
        """The seconds of the answer that took the longest."""
        return max(each.seconds for each in self.outcomes if not each.problem)

    def ask(self, send: Send, request: Request) -> Outcome:
        """One request."""
        began = time.monotonic()
        problem = _problem(send, request)
        outcome = Outcome(request, began, time.monotonic() - began, problem)
        self.outcomes.append(outcome)
        return outcome


@contextmanager
def load(send: Send, clients: Sequence[Client], *, pause: float) -> Generator[Load]:
    """Clients at work for as long as the block runs; every request that they began is over after it."""
    seen, stop = Load(), Event()

    def work(client: Client) -> None:
        for request in client:
            seen.ask(send, request)
            if stop.wait(pause):
                return

    with ThreadPoolExecutor(len(clients)) as pool:
        running = [pool.submit(work, client) for client in clients]
        try:
            yield seen
        finally:
            stop.set()
    for each in running:
        each.result()


def quick() -> Client:
    """Reads and small writes. Each answer names its request, so that none can be taken for another."""
    while True:
        yield _echo("GET")
        yield Request("GET", "/api/small/", {"id": 7, "name": "An Invented Candidate"})
        yield _echo("POST", b"a small body")


def writing() -> Client:
    """Small writes only: nginx tries none of them again."""
    while True:
        yield _echo("POST", b"a small body")


def sleeping(seconds: float) -> Client:
    """Requests that take long."""
    milliseconds = round(seconds * 1000)
    while True:
        yield Request("GET", f"/api/sleep/{milliseconds}/", {"slept": milliseconds})


def uploading(seconds: float, size: int = 1 << 21) -> Client:
    """Files from slow clients, larger than what nginx keeps in memory."""
    body = bytes(range(256)) * (size // 256)
    while True:
        yield _echo("PUT", body, seconds)


def _echo(method: str, body: bytes = b"", seconds: float = 0) -> Request:
    target = f"/admin/{next(_numbers)}"
    expected = {"method": method, "target": target, "digest": hashlib.sha256(body).hexdigest(), "length": len(body)}
    return Request(method, target, expected, body, seconds)


def _problem(send: Send, request: Request) -> str | None:
    try:
        answer = send(request)
    except (OSError, HTTPException) as error:
        return repr(error)
    if answer.status != 200:
        return f"status {answer.status}"
    told = json.loads(answer.body)
    wrong = {name: told.get(name) for name, value in request.expected.items() if told.get(name) != value}
    return f"wrong: {wrong}" if wrong else None
