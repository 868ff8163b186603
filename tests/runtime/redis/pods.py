"""Runs the pods of rendered StatefulSets on loopback, with the files, commands and ports of the manifests.

What a cluster gives to a pod is put in its place. A mount is a directory, each pod has an address of its own out of
127.0.0.0/8, and a container that ends is started again. Paths and host names are replaced by those. Apart from that,
only the patience of Sentinels and keepers is shortened, for tests that do not ask for theirs.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from tests.runtime.redis.network import Network, loopback
from tests.runtime.redis.passwords import PASSWORDS
from tests.runtime.redis.programs import install
from tests.runtime.redis.wire import RedisError
from tests.runtime.waiting import Answer, eventually
from tests.support import Manifest, one

_REPLACED = {
    "self=$pod.$GOVERNING_SERVICE": "self={address}",
    "here=127.0.0.1": "here={address}",
    # Where a container's first process writes: here that is the machine's own.
    "/proc/1/fd/1": "/nowhere",
}
_SHORTENED = {
    "down-after-milliseconds $master_name 10000": "down-after-milliseconds $master_name 1500",
    "failover-timeout $master_name 60000": "failover-timeout $master_name 3000",
    "|| sleep 10": "|| sleep 1",
    "echo 40 || echo 3": "echo 10 || echo 3",
}
# How often Sentinels look and talk. No file sets it: Redis has it for tests.
_PERIODS = ("ping-period", "500", "info-period", "200", "ask-period", "200")
SECRETS = "/run/secrets/redis"
"""Where a pod of Redis has the passwords."""
# Servers that are gone, and what they refuse.
_NO_ANSWER = (OSError, RedisError)
_HOST_NAME = re.compile(r"\b(redis-[a-z]+)-(\d+)\.\1\.[a-z0-9-]+\.svc\.cluster\.local\b")
# Ends with the test process, whatever becomes of that (PR_SET_PDEATHSIG, prctl(2)).
_LAUNCH = (
    f"import ctypes, os, sys; ctypes.CDLL(None).prctl(1, {signal.SIGKILL:d}); os.execvp(sys.argv[1], sys.argv[1:])"
)


@dataclass
class Pod:
    """One pod: `start` and `delete` it as a StatefulSet does, or `crash` all of its processes."""

    name: str
    stateful_set: Manifest
    files: dict[str, str]
    directory: Path
    network: Network
    passwords: Mapping[str, str]
    """The keys of the Secret with the users of Redis."""
    patient: bool
    starter: Executor
    """One thread that stays: a process ends with the thread that started it."""
    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def start(self) -> None:
        """Mount, run its containers, wait until it listens."""
        self.begin()
        self.wait_until_it_listens()

    def begin(self) -> None:
        """Mount, and run its containers."""
        self.prepare()
        with self._lock:
            for container in self._spec["containers"]:
                self._launch(container)

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
            if "secret" in volume:
                self._write_secret(directory)

    def wait_until_it_listens(self) -> None:
        """Wait until the server answers. It listens before it has read its data, and refuses all else until then."""
        eventually(lambda: self.call("PING"), because=lambda: self.log, ignoring=_NO_ANSWER)
        if self.is_sentinel and not self.patient:
            self.call("SENTINEL", "DEBUG", *_PERIODS)

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The server. A Sentinel or a server is what the shell of its container became."""
        return self.processes["redis"]

    def run_again(self) -> None:
        """Start the containers that have ended, as the kubelet does."""
        with self._lock:
            ended = {name for name, process in self.processes.items() if process.poll() is not None}
            for container in self._spec["containers"]:
                if container["name"] in ended:
                    self._launch(container)

    def delete(self) -> None:
        """Take the pod away: its pre-stop command, SIGTERM to its containers, and SIGKILL when their grace is over."""
        with self._lock:
            processes, self.processes = dict(self.processes), {}
        ends = time.monotonic() + self._spec["terminationGracePeriodSeconds"]
        container = self._spec["containers"][0]
        for name, process in processes.items():
            if name != container["name"]:
                process.terminate()
        if stop := container.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command"):
            with (self.directory / "log").open("ab") as log:
                subprocess.run(
                    self._command(stop),
                    cwd=self.directory,
                    env=self._environment(container),
                    stdout=log,
                    stderr=log,
                    check=False,
                    timeout=ends - time.monotonic(),
                )
        processes[container["name"]].terminate()
        for process in processes.values():
            process.wait(timeout=ends - time.monotonic())

    def crash(self) -> None:
        """Kill the processes of the pod."""
        with self._lock:
            for process in self.processes.values():
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=5)
            self.processes = {}

    def is_ready(self) -> bool:
        """What its readiness probe says."""
        container = self._spec["containers"][0]
        command = self._command(container["readinessProbe"]["exec"]["command"])
        return (
            subprocess.run(
                command, env=self._environment(container), capture_output=True, check=False, timeout=10
            ).returncode
            == 0
        )

    def lose_data(self) -> None:
        """Give the pod a new, empty volume."""
        shutil.rmtree(self.volume)

    @property
    def volume(self) -> Path:
        """What a server keeps from one pod to the next."""
        return self.directory / "data"

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in the server's container."""
        container = self._spec["containers"][0]
        return subprocess.run(
            self._command(words),
            env=self._environment(container),
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    def exec(self, *words: str) -> str:
        """What a command wrote that ran in the server's container. Fails where the command does."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def without_keeper(self) -> Generator[None]:
        """Let the keeper do nothing for a while."""
        keeper = self.processes["keeper"].pid
        os.killpg(keeper, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(keeper, signal.SIGCONT)

    def call(self, *words: str) -> Any:
        """The reply to a command of the user `operator`."""
        return self.call_as("operator", *words)

    def call_as(self, user: str, *words: str, password: str | None = None) -> Any:
        """The reply to a command of a user, with the password that the pod's Secret has, or with another."""
        password = self.passwords[user] if password is None else password
        return self.network.call(self.address, self.port, *words, password=password, user=user)

    def give(self, passwords: Mapping[str, str]) -> None:
        """Change the Secret, as a kubelet does that has seen the change: all of its files at once."""
        self.passwords = dict(passwords)
        self._write_secret(self.directory / SECRETS[1:])

    def _write_secret(self, directory: Path) -> None:
        """The files lead to a directory that is exchanged (Kubernetes, atomic_writer.go)."""
        data = directory / f"..{time.monotonic_ns()}"
        data.mkdir()
        for key, value in self.passwords.items():
            (data / key).write_text(value, encoding="utf-8")
        link = directory / "..data_tmp"
        link.symlink_to(data.name)
        link.rename(directory / "..data")
        for key in self.passwords:
            if not (directory / key).is_symlink():
                (directory / key).symlink_to(f"..data/{key}")
        for stale in directory.iterdir():
            if not stale.exists():
                stale.unlink()
        for old in directory.glob("..[0-9]*"):
            if old != data:
                shutil.rmtree(old)

    def information(self, section: str) -> dict[str, str]:
        """The answer to INFO."""
        return dict(line.split(":", 1) for line in self.call("INFO", section).splitlines() if ":" in line)

    @property
    def address(self) -> str:
        """Its address, the same after every restart, for here it is its name."""
        return self.network.address(self.name)

    @property
    def port(self) -> int:
        """The port that its manifest names."""
        return self._spec["containers"][0]["ports"][0]["containerPort"]

    @property
    def is_sentinel(self) -> bool:
        """Whether it is a Sentinel."""
        return self.name.startswith("redis-sentinel")

    @property
    def log(self) -> str:
        """The end of what its containers have written."""
        path = self.directory / "log"
        return path.read_text(encoding="utf-8", errors="replace")[-3000:] if path.exists() else "(nothing)"

    def has_written(self, text: str) -> bool:
        """Whether its containers have written something, ever."""
        return text in self.everything_written

    @property
    def everything_written(self) -> str:
        """What its containers have written, ever."""
        return (self.directory / "log").read_text(encoding="utf-8", errors="replace")

    @property
    def _spec(self) -> Manifest:
        return self.stateful_set["spec"]["template"]["spec"]

    @property
    def _mounts(self) -> dict[str, str]:
        return {each["name"]: each["mountPath"] for each in self._spec["containers"][0]["volumeMounts"]}

    @property
    def _volumes(self) -> dict[str, Manifest]:
        return {each["name"]: each for each in self._spec["volumes"]}

    def _command(self, words: Sequence[str]) -> list[str]:
        return self.network.inside(self.address, [*map(self._localized, words)])

    def _launch(self, container: Manifest) -> None:
        options = ["--bind", self.address] if container["name"] == "redis" else []
        command = self._command([*container["command"], *options])
        with (self.directory / "log").open("ab") as log:
            self.processes[container["name"]] = self.starter.submit(
                subprocess.Popen,
                [sys.executable, "-I", "-S", "-c", _LAUNCH, *command],
                cwd=self.directory,
                env=self._environment(container),
                stdout=log,
                stderr=log,
                start_new_session=True,
            ).result()

    def _environment(self, container: Manifest) -> dict[str, str]:
        given = {each["name"]: each["value"] for each in container.get("env", [])}
        return {"PATH": f"{self.directory.parent}/bin:{os.environ['PATH']}", "HOSTNAME": self.name, **given}

    def _localized(self, text: str) -> str:
        replaced = _REPLACED if self.patient else _REPLACED | _SHORTENED
        for rendered, replacement in replaced.items():
            text = text.replace(rendered, replacement.format(address=self.address))
        text = _HOST_NAME.sub(lambda name: self.network.address(f"{name[1]}-{name[2]}"), text)
        paths = "|".join(map(re.escape, self._mounts.values()))
        return re.sub(rf"(?<![\w/])({paths})\b", lambda path: f"{self.directory}{path[1]}", text)


@dataclass
class Pods:
    """The pods of a chart by their names, made when they are first asked for."""

    manifests: Sequence[Manifest]
    directory: Path
    network: Network
    passwords: Mapping[str, str]
    starter: Executor
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
                network=self.network,
                passwords=self.passwords,
                patient=self.patient,
                starter=self.starter,
            )
        return self._made[name]

    def all(self) -> tuple[Pod, ...]:
        """Those that were asked for."""
        return tuple(self._made.values())

    @property
    def password(self) -> str:
        """The one of the user `operator`, who may do everything."""
        return self.passwords["operator"]

    def start(self, *names: str) -> None:
        """Start pods, one after another, and wait until all of them listen."""
        for name in names:
            self[name].begin()
        for name in names:
            self[name].wait_until_it_listens()

    def crash(self, *names: str) -> None:
        """Kill pods, all before any of them could be back."""
        for name in names or tuple(self._made):
            self[name].crash()

    def run_again(self) -> None:
        """Start the containers that have ended, as kubelets do."""
        for pod in self.all():
            pod.run_again()

    def eventually(self, condition: Callable[[], Answer | None], *, seconds: float = 60) -> Answer:
        """Wait until a condition holds, or fail with what the pods have written."""
        return eventually(condition, because=lambda: self.logs, seconds=seconds, ignoring=_NO_ANSWER)

    @property
    def logs(self) -> str:
        """The end of what each pod has written."""
        return "\n".join(f"--- {pod.name}\n{pod.log}" for pod in self._made.values())


@contextmanager
def running(
    manifests: Sequence[Manifest],
    *,
    passwords: Mapping[str, str] = PASSWORDS,
    patient: bool = False,
    network: Network | None = None,
) -> Generator[Pods]:
    """The pods of a chart, none of them started. When the block ends, none of them runs.

    `patient`: whether Sentinels wait for as long as they are rendered to, before they take a server for dead.
    `network`: another than the loopback, which all share.
    """
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="examx-redis-")))
        install(directory / "bin")
        starter = stack.enter_context(ThreadPoolExecutor(1))
        pods = Pods(manifests, directory, network or stack.enter_context(loopback()), passwords, starter, patient)
        stack.callback(pods.crash)
        stack.enter_context(_kubelet(pods))
        yield pods


@contextmanager
def _kubelet(pods: Pods) -> Generator[None]:
    over = Event()

    def look() -> None:
        while not over.wait(0.2):
            pods.run_again()

    thread = Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
