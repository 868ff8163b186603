"""A running backend pod, asked as the load balancer asks it."""

import json
import os
import signal
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.runtime.conftest import MakeNode, public_host
from tests.runtime.nginx.client import Answer, Connection, Headers
from tests.runtime.pods.pod import Container, Node, Pod
from tests.support import Manifest

JSON = ("Content-Type", "application/json")
_ESTABLISHED = "01"


@dataclass(frozen=True)
class Backend:
    """A pod of nginx, gunicorn and Django, and the host that it serves."""

    node: Node
    pod: Pod
    host: str

    @property
    def nginx(self) -> Container:
        return self.pod.containers["nginx"]

    @property
    def gunicorn(self) -> Container:
        return self.pod.containers["backend"]

    @property
    def port(self) -> int:
        """Where nginx listens."""
        return int(self.nginx.manifest["ports"][0]["containerPort"])

    @cached_property
    def threads(self) -> int:
        """How many requests gunicorn works on at one time."""
        return int(self.gunicorn.environment["WORKERS"]) * int(self._option("--threads"))

    def connect(self) -> Connection:
        """A connection to nginx."""
        return Connection(self.pod.dial(self.port))

    def head(self, method: str, target: str, *headers: tuple[str, str]) -> bytes:
        """The bytes of a request without its body."""
        lines = [f"{name}: {text}" for name, text in self.public(headers)]
        return "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""]).encode()

    def ask(
        self, method: str, target: str, headers: Headers = (), body: bytes | None = None, *, version: str = "1.1"
    ) -> Answer:
        """One request that came by HTTPS to the public host, where nothing else is said."""
        with self.connect() as connection:
            return connection.ask(method, target, self.public(headers), body, version=version)

    def send(self, request: bytes) -> Answer:
        """These bytes on a connection of their own."""
        with self.connect() as connection:
            return connection.exchange(request)

    def told(self, method: str, target: str, headers: Headers = (), body: bytes | None = None) -> dict[str, Any]:
        """What Django's echo says about a request."""
        answer = self.ask(method, target, headers, body)
        assert answer.status == 200, answer
        return json.loads(answer.body)

    def public(self, headers: Headers) -> list[tuple[str, str]]:
        """These headers, and those that the load balancer sees to."""
        given = list(headers)
        names = {name.lower() for name, _ in given}
        added = [("Host", self.host), ("X-Forwarded-Proto", "https")]
        return [*(each for each in added if each[0].lower() not in names), *given]

    def is_well(self) -> bool:
        """Whether Django answers."""
        return self.ask("GET", "/api/small/").status == 200

    def connections_to_gunicorn(self) -> set[int]:
        """The ports of nginx's side of them."""
        upstream = f"0100007F:{int(self._option('--bind').split(':')[1]):04X}"
        lines = Path(f"/proc/{self.pod.process_id}/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        rows = [line.split() for line in lines]
        return {int(row[1].split(":")[1], 16) for row in rows if row[2] == upstream and row[3] == _ESTABLISHED}

    def workers(self) -> set[int]:
        """gunicorn's processes, the first one aside."""
        first = self.gunicorn.process_id
        return {int(each) for each in Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split()}

    def _option(self, name: str) -> str:
        command = self.gunicorn.manifest["command"]
        return command[command.index(name) + 1]

    @contextmanager
    def stalled(self) -> Generator[None]:
        """gunicorn with all its processes gets no time."""
        processes = [self.gunicorn.process_id, *self.workers()]
        for each in processes:
            os.kill(each, signal.SIGSTOP)
        try:
            yield
        finally:
            for each in reversed(processes):
                os.kill(each, signal.SIGCONT)


def start(make_node: MakeNode, manifests: Sequence[Manifest]) -> Backend:
    """A backend that is ready."""
    node = make_node(manifests)
    pod = node.pod("examxv2-backend", own_network=True).start()
    node.eventually(pod.is_ready)
    return Backend(node, pod, public_host(manifests))


@contextmanager
def many(backend: Backend, number: int) -> Generator[list[Connection]]:
    """Several connections at one time."""
    with ExitStack() as stack:
        yield [stack.enter_context(backend.connect()) for _ in range(number)]
