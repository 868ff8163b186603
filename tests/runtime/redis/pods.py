"""Runs the pods of rendered StatefulSets on loopback, with the files, commands and ports of the manifests.

What a cluster gives to a pod is put in its place: a mount is a directory, and each pod has an address of its own out of
127.0.0.0/8. Paths and host names are replaced by those. Apart from that, only the Sentinels' patience is shortened, for
tests that do not ask for theirs.
"""

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.runtime.redis import wire
from tests.runtime.redis.programs import install
from tests.runtime.redis.wire import RedisError
from tests.runtime.waiting import Answer, eventually
from tests.support import Manifest, one

_REPLACED = {
    "self=$pod.$GOVERNING_SERVICE": "self={address}",
    "redis-cli -p": "redis-cli -h {address} -p",
}
_SHORTENED = {
    "down-after-milliseconds $master_name 10000": "down-after-milliseconds $master_name 1500",
    "failover-timeout $master_name 60000": "failover-timeout $master_name 3000",
}
# How often Sentinels look and talk. No file sets it: Redis has it for tests.
_PERIODS = ("ping-period", "500", "info-period", "200", "publish-period", "500", "ask-period", "200")
# Servers that are gone, and what they refuse.
_NO_ANSWER = (OSError, RedisError)
_HOST_NAME = re.compile(r"\b(redis-[a-z]+)-(\d+)\.\1\.[a-z0-9-]+\.svc\.cluster\.local\b")
_FIRST_ADDRESS = {"redis": 10, "redis-primary": 20, "redis-replica": 30, "redis-sentinel": 40}
# Ends with the test process, whatever becomes of that (PR_SET_PDEATHSIG, prctl(2)).
_LAUNCH = (
    f"import ctypes, os, sys; ctypes.CDLL(None).prctl(1, {signal.SIGKILL:d}); os.execvp(sys.argv[1], sys.argv[1:])"
)


@dataclass
class Pod:
    """One pod: `start` and `delete` it as a StatefulSet does, or `crash` its process."""

    name: str
    stateful_set: Manifest
    files: dict[str, str]
    directory: Path
    subnet: str
    password: str | None
    patient: bool
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Mount, run the init container, run the server, wait until it listens."""
        self.prepare()
        self.configure()
        self.run()

    def prepare(self) -> None:
        """Make the directories that are mounted. Only the volume of a claim was there before."""
        for name, path in self._mounts.items():
            directory = self.directory / path[1:]
            volume = self._volumes.get(name, {})
            if volume:
                shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir(parents=True, exist_ok=True)
            if "configMap" in volume:
                for file, content in self.files.items():
                    (directory / file).write_text(self._localized(content), encoding="utf-8")
            if "csi" in volume and self.password is not None:
                (directory / "password").write_text(self.password, encoding="utf-8")

    def configure(self) -> None:
        """Run the init container to its end."""
        self._launch(self._spec["initContainers"][0])
        assert self.process
        status = self.process.wait(timeout=60)
        assert status == 0, f"the init container of {self.name} ended with {status}: {self.log}"

    def run(self) -> None:
        """Start the server on the configuration that is there, as a restart of the container does."""
        self._launch(self._spec["containers"][0], "--bind", self.address)
        eventually(lambda: self._listens, because=lambda: self.log, ignoring=_NO_ANSWER)
        # It listens before it has read its data, and refuses all else until then.
        eventually(lambda: self.call("PING"), because=lambda: self.log, ignoring=_NO_ANSWER)
        if self.is_sentinel and not self.patient:
            self.call("SENTINEL", "DEBUG", *_PERIODS)

    def crash(self) -> None:
        """Kill the processes of the pod."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=5)
        self.process = None

    def is_ready(self) -> bool:
        """What its readiness probe says."""
        container = self._spec["containers"][0]
        command = map(self._localized, container["readinessProbe"]["exec"]["command"])
        return subprocess.run([*command], env=self._environment(container), check=False, timeout=10).returncode == 0

    def lose_data(self) -> None:
        """Give the pod a new, empty volume."""
        shutil.rmtree(self.directory / "data")

    def call(self, *words: str) -> Any:
        """The reply to a command, sent with the password where the pod has one."""
        return wire.call(self.address, self.port, *words, password=None if self.is_sentinel else self.password)

    def information(self, section: str) -> dict[str, str]:
        """The answer to INFO."""
        return dict(line.split(":", 1) for line in self.call("INFO", section).splitlines() if ":" in line)

    @property
    def address(self) -> str:
        """Its address, the same after every restart, for here it stands for its name."""
        workload, _, ordinal = self.name.rpartition("-")
        return f"{self.subnet}.{_FIRST_ADDRESS[workload] + int(ordinal)}"

    @property
    def port(self) -> int:
        """The port that its manifest names."""
        return self._spec["containers"][0]["ports"][0]["containerPort"]

    @property
    def is_sentinel(self) -> bool:
        """Whether it is a Sentinel, which has no password."""
        return self.name.startswith("redis-sentinel")

    @property
    def log(self) -> str:
        """The end of what its containers have written."""
        path = self.directory / "log"
        return path.read_text(encoding="utf-8", errors="replace")[-3000:] if path.exists() else "(nothing)"

    @property
    def _spec(self) -> Manifest:
        return self.stateful_set["spec"]["template"]["spec"]

    @property
    def _mounts(self) -> dict[str, str]:
        return {each["name"]: each["mountPath"] for each in self._spec["containers"][0]["volumeMounts"]}

    @property
    def _volumes(self) -> dict[str, Manifest]:
        return {each["name"]: each for each in self._spec["volumes"]}

    @property
    def _listens(self) -> bool:
        assert self.process
        assert self.process.poll() is None, f"{self.name} ended: {self.log}"
        with suppress(OSError), socket.create_connection((self.address, self.port), timeout=1):
            return True
        return False

    def _launch(self, container: Manifest, *options: str) -> None:
        command = [*map(self._localized, container["command"]), *options]
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _LAUNCH, *command],
                cwd=self.directory,
                env=self._environment(container),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _environment(self, container: Manifest) -> dict[str, str]:
        given = {each["name"]: each.get("value", self.password) for each in container.get("env", [])}
        return {"PATH": f"{self.directory.parent}/bin:{os.environ['PATH']}", "HOSTNAME": self.name, **given}

    def _localized(self, text: str) -> str:
        replaced = _REPLACED if self.patient else _REPLACED | _SHORTENED
        for rendered, replacement in replaced.items():
            text = text.replace(rendered, replacement.format(address=self.address))
        text = _HOST_NAME.sub(lambda name: f"{self.subnet}.{_FIRST_ADDRESS[name[1]] + int(name[2])}", text)
        paths = "|".join(map(re.escape, self._mounts.values()))
        return re.sub(rf"(?<![\w/])({paths})\b", lambda path: f"{self.directory}{path[1]}", text)


@dataclass
class Pods:
    """The pods of a chart by their names, made when they are first asked for."""

    manifests: Sequence[Manifest]
    directory: Path
    subnet: str
    password: str | None
    patient: bool = False
    _made: dict[str, Pod] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Pod:
        if name not in self._made:
            workload = name.rpartition("-")[0]
            directory = self.directory / name
            directory.mkdir()
            self._made[name] = Pod(
                name=name,
                stateful_set=one(self.manifests, "StatefulSet", workload),
                files=one(self.manifests, "ConfigMap", f"{workload}-config")["data"],
                directory=directory,
                subnet=self.subnet,
                password=self.password,
                patient=self.patient,
            )
        return self._made[name]

    def start(self, *names: str) -> None:
        """Start pods one after another."""
        for name in names:
            self[name].start()

    def crash(self, *names: str) -> None:
        """Kill pods, all before any of them could be back."""
        for name in names or tuple(self._made):
            self[name].crash()

    def eventually(self, condition: Callable[[], Answer]) -> Answer:
        """Wait until a condition holds, or fail with what the pods have written."""
        return eventually(
            condition,
            because=lambda: "\n".join(f"--- {pod.name}\n{pod.log}" for pod in self._made.values()),
            ignoring=_NO_ANSWER,
        )


@contextmanager
def running(manifests: Sequence[Manifest], *, password: str | None = None, patient: bool = False) -> Generator[Pods]:
    """The pods of a chart, none of them started. When the block ends, none of them runs.

    `patient`: whether Sentinels wait for as long as they are rendered to, before they take a server for dead.
    """
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="examx-redis-")))
        install(directory / "bin")
        pods = Pods(manifests, directory, _reserved_subnet(stack), password, patient)
        stack.callback(pods.crash)
        yield pods


def _reserved_subnet(stack: ExitStack) -> str:
    """Three numbers of a loopback address that no other test process has: its last address is bound meanwhile."""
    while True:
        subnet = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}"
        reservation = stack.enter_context(socket.socket())
        with suppress(OSError):
            reservation.bind((f"{subnet}.254", 1024))
            return subnet
