"""A stand-in for the load balancer: to whom it sends, how long it goes on, and when it cuts."""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition

from tests.runtime.pods.pod import Node, Pod
from tests.runtime.rollout.wire import Answer, Connection, Request
from tests.support import Manifest, one

_PREFIX = "alb.ingress.kubernetes.io/"


@dataclass(eq=False)
class Target:
    """A registered pod, and the connections to it."""

    pod: Pod
    idle: list[Connection] = field(default_factory=list)
    busy: set[Connection] = field(default_factory=set)

    def close_idle(self) -> None:
        """End the connections that no request is on."""
        while self.idle:
            self.idle.pop().close()


class LoadBalancer:
    """Sends each request to the next target, on a connection that it keeps.

    A target that is deregistered gets new requests until all parts of the load balancer know (`propagation`). What is
    under way then has until the deregistration delay is over, and is cut. A failed request is never tried again.
    """

    def __init__(self, node: Node, *, port: int, propagation: float) -> None:
        ingress = one(node.manifests, "Ingress")
        self.node = node
        self.delay = _attribute(ingress, "target-group-attributes", "deregistration_delay.timeout_seconds")
        self._idle_timeout = _attribute(ingress, "load-balancer-attributes", "idle_timeout.timeout_seconds")
        self._health_path = ingress["metadata"]["annotations"][f"{_PREFIX}healthcheck-path"]
        self._host = ingress["spec"]["rules"][0]["host"]
        self._port = port
        self._propagation = propagation
        self._rotation: list[Target] = []
        self._next = 0
        self._changed = Condition()

    def __enter__(self) -> "LoadBalancer":
        return self

    def __exit__(self, *_: object) -> None:
        for target in self._rotation:
            target.close_idle()

    def register(self, pod: Pod) -> None:
        """Send requests to a pod from now on. It must be healthy, as its readiness gate asks."""
        target = Target(pod)
        connection = self._connect(target)
        answer = connection.exchange(Request("GET", self._health_path, {}))
        assert answer.status == 200
        with self._changed:
            target.idle.append(connection)
            self._rotation.append(target)

    def deregister(self, pod: Pod) -> None:
        """Let go of a pod, and cut what takes too long."""
        cut_at = time.monotonic() + self.delay
        target = next(each for each in self._rotation if each.pod is pod)
        time.sleep(self._propagation)
        with self._changed:
            self._rotation.remove(target)
            target.close_idle()
            self._changed.wait_for(lambda: not target.busy, cut_at - time.monotonic())
            for connection in target.busy:
                with suppress(OSError):
                    connection.cut()

    @property
    def under_way(self) -> int:
        """How many requests were sent and have no answer yet."""
        with self._changed:
            return sum(connection.is_waiting for target in self._rotation for connection in target.busy)

    def send(self, request: Request) -> Answer:
        """Raises OSError or HTTPException where a client would get a 5xx of the load balancer."""
        target, connection = self._lend()
        try:
            if connection is None:
                connection = self._connect(target, busy=True)
            answer = connection.exchange(request)
        except BaseException:
            self._discard(target, connection)
            raise
        self._take_back(target, connection)
        return answer

    def _lend(self) -> tuple[Target, Connection | None]:
        with self._changed:
            self._next += 1
            target = self._rotation[self._next % len(self._rotation)]
            while target.idle:
                connection = target.idle.pop()
                if connection.is_reusable:
                    target.busy.add(connection)
                    return target, connection
                connection.close()
            return target, None

    def _connect(self, target: Target, *, busy: bool = False) -> Connection:
        connection = Connection(target.pod.dial(self._port, timeout=self._idle_timeout), self._host)
        if busy:
            with self._changed:
                target.busy.add(connection)
        return connection

    def _take_back(self, target: Target, connection: Connection) -> None:
        with self._changed:
            target.busy.discard(connection)
            if target in self._rotation and connection.is_reusable:
                target.idle.append(connection)
            else:
                connection.close()
            self._changed.notify_all()

    def _discard(self, target: Target, connection: Connection | None) -> None:
        with self._changed:
            if connection:
                target.busy.discard(connection)
                connection.close()
            self._changed.notify_all()


def _attribute(ingress: Manifest, annotation: str, name: str) -> int:
    pairs = ingress["metadata"]["annotations"][_PREFIX + annotation].split(",")
    return int(dict(pair.split("=", 1) for pair in pairs)[name])
