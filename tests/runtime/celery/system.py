"""An environment's Redis, workers and beat, running; and a client that sends tasks, with the same settings."""

import json
import re
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar
from weakref import WeakSet

from celery import Celery
from celery.backends.redis import RedisBackend
from celery.result import AsyncResult

from tests.ports import free_port
from tests.runtime.celery.proxy import Proxy
from tests.runtime.pods.pod import Container, Node, Pod
from tests.runtime.redis import wire
from tests.runtime.redis.pods import Pods as RedisPods
from tests.support import Manifest, of_kind, one, pod_templates

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Record:
    """What a task wrote down when it started or finished."""

    event: str
    id: str
    task: str
    queue: str
    redelivered: bool
    worker: str
    process: int
    time: float


@dataclass(frozen=True)
class Served:
    """A pod in the network of this machine, so that Redis is where it looks for it, and the port where it listens."""

    pod: Pod
    port: int

    @property
    def container(self) -> Container:
        """Its only one."""
        (only,) = self.pod.containers.values()
        return only

    def dial(self) -> socket.socket:
        """A connection to its port."""
        return self.pod.dial(self.port)


@dataclass
class System:
    """Redis and a node for the pods that use it."""

    manifests: list[Manifest]
    redis: RedisPods
    node: Node
    producer: Celery
    ways: Mapping[str, Proxy] = field(default_factory=dict)
    """Where they are asked for: the ways that clients take to the servers, by the servers' pods."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What tells a client here where Redis is, and who it is."""
    results: WeakSet[AsyncResult] = field(default_factory=WeakSet)
    """Of tasks that were sent from here."""

    def worker(self, queue: str) -> Container:
        """A new pod of the Deployment that drains a queue, when it takes tasks. Its only container."""
        container = self.started_worker(queue)
        self.node.eventually(lambda: " ready." in container.log)
        return container

    def started_worker(self, queue: str) -> Container:
        """The same, at once."""
        (container,) = self.node.pod(self.deployment(queue)).start().containers.values()
        return container

    def beat(self) -> Container:
        """A new pod of beat."""
        (container,) = self.node.pod("celery-beat").start().containers.values()
        return container

    def serving(self, workload: str, port: int) -> Served:
        """A new pod of a Deployment that listens, started: at a free port, for others may have one beside it."""
        template, free = pod_templates(self.node.manifests)[workload], free_port()
        moved, times = re.subn(rf"\b{port}\b", str(free), json.dumps(template["spec"]))
        assert times, f"{workload} does not listen at {port}, or was moved before"
        template["spec"] = json.loads(moved)
        return Served(self.node.pod(workload).start(), free)

    def send(self, task: str, *arguments: object, queue: str = "default", **options: Any) -> AsyncResult:
        """Send a task of the sample application."""
        sent = self.producer.send_task(f"examx.tasks.{task}", args=arguments, queue=queue, **options)
        self.results.add(sent)
        return sent

    def close(self) -> None:
        """Let go of the connections to Redis, before its servers end.

        A result that was waited for stays until the garbage collector comes (Celery 5.6.3: its promise keeps it). It
        unsubscribes then, which is an error of the test of that moment where the server is gone.
        """
        for result in self.results:
            result.backend = None
        backend = self.producer.backend
        # The producer closes its connections for tasks alone.
        if isinstance(backend, RedisBackend):
            backend.result_consumer.stop()
            if "client" in vars(backend):
                backend.client.connection_pool.disconnect()
        self.producer.close()

    def records(self, event: str | None = None) -> list[Record]:
        """What tasks have written down so far."""
        file = self.node.claim("examxv2-backend-pvc") / "tasks.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        records = [Record(**json.loads(line)) for line in lines]
        return [record for record in records if event in (None, record.event)]

    def ids(self, event: str) -> list[str]:
        """The tasks that have come so far, once for each time that they did."""
        return [record.id for record in self.records(event)]

    def count(self, event: str, ids: Collection[str]) -> int:
        """How often an event came to these tasks."""
        return sum(each in ids for each in self.ids(event))

    def deployment(self, queue: str) -> str:
        """The Deployment that drains a queue: the one whose ScaledObject counts it."""
        return next(
            each["spec"]["scaleTargetRef"]["name"]
            for each in of_kind(self.manifests, "ScaledObject")
            if trigger(each)["listName"] == queue
        )

    def backlog(self, queue: str) -> int:
        """What KEDA reads for a queue: address, database and list are those of its trigger."""
        metadata = trigger(one(self.manifests, "ScaledObject", f"{self.deployment(queue)}-scaler"))
        assert metadata["databaseIndex"] == "0"
        return wire.call(*self._server(metadata), "LLEN", metadata["listName"], password=self.redis.password)

    def taken(self) -> int:
        """How many tasks workers have taken and not acknowledged."""
        return wire.call(*self._server(self._metadata), "HLEN", "unacked", password=self.redis.password)

    def held(self) -> str:
        """All tasks that wait, are being taken, or are taken, as Redis has them: what is not in it, nobody will do."""

        def call(*words: str) -> list[str]:
            return wire.call(*self._server(self._metadata), *words, password=self.redis.password)

        queues = [trigger(each)["listName"] for each in of_kind(self.manifests, "ScaledObject")]
        lists = [call("LRANGE", name, "0", "-1") for name in (*queues, *call("ZRANGE", "taking", "0", "-1"))]
        return "".join(chain(*lists, call("HVALS", "unacked")))

    @property
    def _metadata(self) -> Mapping[str, str]:
        return trigger(of_kind(self.manifests, "ScaledObject")[0])

    def _server(self, metadata: Mapping[str, str]) -> tuple[str, int]:
        """The server that KEDA's trigger leads to, which Sentinels name where there are some."""
        if "address" in metadata:
            return self._address(metadata["address"])
        question = ("SENTINEL", "get-master-addr-by-name", metadata["sentinelMaster"])
        answers = {
            tuple(wire.call(*self._address(each), *question, password=self.redis.password))
            for each in metadata["addresses"].split(",")
        }
        ((host, port),) = answers
        return host, int(port)

    def _address(self, named: str) -> tuple[str, int]:
        host, port = named.split(":")
        return self.node.hosts[host], int(port)

    def eventually(self, condition: Callable[[], Answer | None], *, seconds: float = 60) -> Answer:
        """Wait until a condition holds, or fail with what the pods have written."""
        return self.node.eventually(condition, seconds=seconds)


def trigger(scaled_object: Manifest) -> Mapping[str, str]:
    """The metadata of the trigger that counts a queue."""
    return next(each["metadata"] for each in scaled_object["spec"]["triggers"] if each["type"].startswith("redis"))
