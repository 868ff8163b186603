"""Pods of Celery that run for real: the command of their first container, in a small application, on real Redis.

What the container's environment calls the broker's address leads to a server of the test. A pod that is told to end
gets SIGTERM, and SIGKILL when the time is over that it was given. That is the API server's, not that of its manifest.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.cluster import pod_status
from tests.cluster.client import ApiError, Client, Object
from tests.cluster.nodes import Nodes, Workload
from tests.runtime.redis import programs, wire
from tests.runtime.waiting import eventually

# The tasks of an application that acknowledges early: what is killed is lost.
_APPLICATION = """
import os, time
from celery import Celery

app = Celery("examx", broker=os.environ["REDIS_URL"])
app.conf.update(task_default_queue="default", worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True)

@app.task(name="work")
def work(number, seconds):
    log("begun", number)
    time.sleep(seconds)
    log("done", number)

def log(event, number):
    with open(os.environ["EXAMX_TEST_LOG"], "ab", buffering=0) as file:
        file.write(f"{event} {number} {os.environ['HOSTNAME']}\\n".encode())
"""


@dataclass
class Server:
    """A Redis."""

    port: int

    @property
    def url(self) -> str:
        """As Celery takes it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def length(self, queue: str) -> int:
        """How many tasks wait."""
        return wire.call("127.0.0.1", self.port, "LLEN", queue)

    def taken(self) -> int:
        """How many are taken and not acknowledged."""
        return wire.call("127.0.0.1", self.port, "HLEN", "unacked")


@contextmanager
def server(folder: Path, port: int) -> Generator[Server]:
    """A Redis that keeps nothing."""
    folder.mkdir(exist_ok=True)
    command = [str(programs.binary()), "--port", str(port), "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            made = Server(port)
            eventually(lambda: wire.call("127.0.0.1", port, "PING"), because=lambda: "no Redis", ignoring=(OSError,))
            yield made
        finally:
            process.kill()


@dataclass
class CeleryPods:
    """Runs pods. `servers`: by `host:port` of a broker's address, the server that it leads to."""

    client: Client
    nodes: Nodes
    folder: Path
    servers: Mapping[str, Server]
    workloads: list[Workload] = field(default_factory=list[Workload])
    """Whose pods these are."""
    killed: list[str] = field(default_factory=list[str])
    """The pods that had to be killed."""
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, "subprocess.Popen[bytes]"])
    _over: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        package = self.folder / "examx"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "celery.py").write_text(_APPLICATION, encoding="utf-8")
        self.log_file.touch()

    def take(self, namespace: str, *names: str) -> None:
        """Run the pods of these workloads."""
        for name in names:
            self.workloads.append((namespace, name))
            self.nodes.run_for_real(namespace, name, self)

    @property
    def log_file(self) -> Path:
        """What the tasks write down."""
        return self.folder / "tasks.log"

    def told(self, event: str) -> list[int]:
        """The tasks to which something came, once for each time that it did."""
        lines = (line.split() for line in self.log_file.read_text(encoding="utf-8").splitlines())
        return [int(number) for what, number, _ in lines if what == event]

    def start(self, pod: Object) -> str:
        """Start the command of its first container."""
        container, name = pod["spec"]["containers"][0], pod["metadata"]["name"]
        command = [*container.get("command", []), *container.get("args", [])]
        program = {"celery": [sys.executable, "-m", "celery"], "python": [sys.executable]}[command[0]]
        with self._output(pod).open("ab") as output:
            self._running[pod["metadata"]["uid"]] = subprocess.Popen(
                [*program, *command[1:]],
                cwd=self.folder,
                env={**os.environ, **self._environment(container), "HOSTNAME": name},
                stdout=output,
                stderr=output,
            )
        if pod["spec"].get("restartPolicy") == "Never":
            threading.Thread(target=self._until_over, args=(pod,), daemon=True).start()
        return self.nodes.address(pod)

    def _environment(self, container: Object) -> dict[str, str]:
        given = {each["name"]: each.get("value", "") for each in container.get("env", []) if "valueFrom" not in each}
        broker = given.get("REDIS_URL", "")
        (led_to,) = [each.url for name, each in self.servers.items() if name in broker] or [None]
        more = {"REDIS_URL": led_to} if led_to else {}
        home = given.pop("HOME", None)
        assert led_to, f"a pod of Celery has the broker {broker!r} ({home})"
        wanted = {name: value for name, value in given.items() if name == "EXAMX_DRAIN"}
        return {**wanted, **more, "EXAMX_TEST_LOG": str(self.log_file), "PYTHONPATH": str(self.folder)}

    def _output(self, pod: Object) -> Path:
        return self.folder / f"{pod['metadata']['name']}.log"

    def _until_over(self, pod: Object) -> None:
        status = self._running[pod["metadata"]["uid"]].wait()
        self._over.add(pod["metadata"]["uid"])
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}/status"
        time.sleep(1)  # The node may be about to tell that it runs.
        try:
            self.client.patch(path, {"status": pod_status.ended(pod, self.nodes.address(pod), exit_code=status)})
        except ApiError:
            return

    def is_ready(self, pod: Object) -> bool:
        """Whether a worker takes tasks."""
        if pod["metadata"]["uid"] in self._over or pod["spec"].get("restartPolicy") == "Never":
            return True
        return b" ready." in self._output(pod).read_bytes()

    def stop(self, pod: Object) -> None:
        """End it within the time that it was given."""
        process = self._running.pop(pod["metadata"]["uid"], None)
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(pod["metadata"].get("deletionGracePeriodSeconds", 30))
        except subprocess.TimeoutExpired:
            self.killed.append(pod["metadata"]["name"])
            process.kill()
            process.wait()

    def log(self, pod: Object, container: str) -> str:
        """What it has written."""
        assert container
        return self._output(pod).read_text(encoding="utf-8")

    def end(self) -> None:
        """Kill what still runs. The pods that are still to come are played."""
        for workload in self.workloads:
            self.nodes.play_again(*workload)
        while self._running:
            _, process = self._running.popitem()
            process.kill()
            process.wait()
