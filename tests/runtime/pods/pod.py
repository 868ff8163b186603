"""A node for the pods of rendered manifests.

What is rendered is run as it is: commands, variables, mounts, the user, the read-only root, probes, the pre-stop
commands, the grace period. The node adds what a cluster would: the image (the programs of this Python environment, and
the sample application), the content of secrets, the addresses of Services.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from http.client import HTTPResponse
from pathlib import Path

import yaml

from examx_constructs.settings.naming import REDIS_SECRETS
from tests.runtime import versions
from tests.runtime.nginx.server import binary
from tests.runtime.pods import launcher
from tests.runtime.redis import programs as redis
from tests.runtime.redis.passwords import PASSWORDS
from tests.runtime.waiting import Answer, eventually
from tests.support import Manifest, of_kind, one, pod_templates

IMAGE = (Path(__file__).parents[1] / "application", Path("application"))
"""What the image has in /app: the sample, and the settings that are generated for it."""

_PYTHON = (str(Path(sys.executable).resolve()), "-I", "-S", launcher.__file__)
_ENVIRONMENT = "/opt/environment"
_VARIABLE = re.compile(r"\$(\$|\(([A-Za-z_][A-Za-z0-9_]*)\))")


@cache
def refusal() -> str | None:
    """Why this machine runs no pods; None where it does."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        node = Node([], Path(name), stack)
        pod = {"containers": [{"name": "probe", "command": ["true"]}], "securityContext": {"runAsUser": 10001}}
        try:
            container = stack.enter_context(_pod(node, "probe", pod, own_network=True)).containers["probe"]
            container.start()
            return None if container.wait(10) == 0 else container.log
        except (OSError, AssertionError, subprocess.TimeoutExpired) as error:
            return str(error)


@dataclass
class Container:
    """One container of a pod. `wait` gives the exit status as a runtime tells it: 137 for a killed one."""

    pod: "Pod"
    manifest: Manifest
    directory: Path
    _launched: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it, as a restart by the kubelet does: what it wrote outside of volumes is gone."""
        shutil.rmtree(self.directory, ignore_errors=True)
        (self.directory / "root").mkdir(parents=True)
        specification = self.directory / "specification.json"
        specification.write_text(json.dumps(self._specification()), encoding="utf-8")
        with (self.directory / "log").open("ab") as log:
            self._launched = subprocess.Popen([*_PYTHON, "run", str(specification)], stdout=log, stderr=log)
        eventually(self._has_started, because=lambda: self.log)

    def exec(self, command: Sequence[str], *, timeout: float = 60) -> "subprocess.CompletedProcess[str]":
        """Run a command in it."""
        return subprocess.run(
            [*_PYTHON, "exec", str(self.process_id), json.dumps(self.environment), *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to its first process."""
        with suppress(ProcessLookupError):
            os.kill(self.process_id, number)

    def wait(self, timeout: float) -> int:
        """Its exit status."""
        assert self._launched
        return self._launched.wait(timeout)

    @property
    def is_running(self) -> bool:
        """Whether its first process has not ended."""
        return self._launched is not None and self._launched.poll() is None

    @property
    def process_id(self) -> int:
        """Its first process, as seen from outside."""
        return int(self._process_file.read_text(encoding="ascii"))

    @property
    def log(self) -> str:
        """All that it has written."""
        path = self.directory / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else "(nothing)"

    def passes(self, probe: str) -> bool:
        """Whether a probe succeeds, asked once, as the kubelet asks."""
        manifest = self.manifest[f"{probe}Probe"]
        timeout = manifest["timeoutSeconds"]
        try:
            if "exec" in manifest:
                return self.exec(manifest["exec"]["command"], timeout=timeout).returncode == 0
            if "tcpSocket" in manifest:
                self.pod.dial(manifest["tcpSocket"]["port"], timeout=timeout).close()
                return True
            return 200 <= _status(self.pod, manifest["httpGet"], timeout) < 400
        except (OSError, subprocess.TimeoutExpired):
            return False

    def before_stop(self) -> None:
        """Run its pre-stop command."""
        if hook := self.manifest.get("lifecycle", {}).get("preStop"):
            self.exec(hook["exec"]["command"], timeout=600)

    @cached_property
    def environment(self) -> dict[str, str]:
        """Its variables: those of the image, then those of the manifest, which may refer to those before."""
        values = {"PATH": self.pod.node.path, "PWD": "/app", "HOSTNAME": self.pod.name, "LANG": "C.UTF-8"}
        for each in self.manifest.get("env", []):
            if "value" in each:
                values[each["name"]] = _expanded(each["value"], values)
            else:
                reference = each["valueFrom"]["secretKeyRef"]
                values[each["name"]] = self.pod.node.secrets[reference["name"]][reference["key"]]
        return values

    @property
    def _process_file(self) -> Path:
        return self.directory / "process"

    def _has_started(self) -> bool:
        started = self._process_file.exists() and bool(self._process_file.read_text(encoding="ascii"))
        assert started or self.is_running, f"it could not be started: {self.log}"
        return started

    def _specification(self) -> dict[str, object]:
        node = self.pod.node
        hosts = {"localhost": "127.0.0.1", self.pod.name: "127.0.0.1", **node.hosts}
        user = self.pod.user
        return {
            "pod": self.pod.process_id,
            "hostname": self.pod.name,
            "root": str(self.directory / "root"),
            "process_file": str(self._process_file),
            "command": [_expanded(part, self.environment) for part in self.manifest["command"]],
            "environment": self.environment,
            "directory": "/app",
            "files": {
                "/etc/passwd": f"app:x:{user}:{user}::/nonexistent:/bin/sh\n",
                "/etc/group": f"app:x:{user}:\n",
                "/etc/nsswitch.conf": "hosts: files\n",
                "/etc/hosts": "".join(f"{address} {name}\n" for name, address in hosts.items()),
            },
            "copies": [[str(each), "/app"] for each in IMAGE] + [[str(node.programs), "/opt/programs"]],
            "shared": node.shared,
            "mounts": list(self._mounts()),
        }

    def _mounts(self) -> Iterator[tuple[str, str, bool]]:
        # Shorter paths first, so that one mount can lie in another.
        for mount in sorted(self.manifest.get("volumeMounts", []), key=lambda each: each["mountPath"]):
            source = self.pod.volume(mount["name"]) / mount.get("subPath", "")
            yield str(source), mount["mountPath"], mount.get("readOnly", False)


@dataclass
class Pod:
    """A pod on a node."""

    node: "Node"
    name: str
    spec: Manifest
    directory: Path
    own_network: bool
    _holder: "subprocess.Popen[bytes] | None" = None

    @property
    def user(self) -> int:
        """The user of its processes."""
        return int(self.spec["securityContext"]["runAsUser"])

    @property
    def process_id(self) -> int:
        """The process that keeps its namespaces."""
        assert self._holder
        return self._holder.pid

    @cached_property
    def containers(self) -> dict[str, Container]:
        """Its containers by name."""
        return {
            each["name"]: Container(self, each, self.directory / "containers" / each["name"])
            for each in self.spec["containers"]
        }

    def hold(self) -> None:
        """Make its namespaces."""
        options = ["--network"] if self.own_network else []
        environment = {**os.environ, "POD_USER": str(self.user)}
        self._holder = subprocess.Popen([*_PYTHON, "hold", str(self._socket), *options], env=environment)
        eventually(lambda: self._holds, because=lambda: "its namespaces could not be made")

    def start(self) -> "Pod":
        """Run its init containers to their end, then start its containers."""
        for manifest in self.spec.get("initContainers", []):
            first = Container(self, manifest, self.directory / "containers" / manifest["name"])
            first.start()
            status = first.wait(60)
            assert status == 0, f"{manifest['name']} ended with {status}: {first.log}"
        for container in self.containers.values():
            container.start()
        return self

    def dial(self, port: int, *, timeout: float = 10) -> socket.socket:
        """A connection to one of its ports. Raises OSError, as a connection of one's own would."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as request:
            request.settimeout(timeout)
            request.connect(str(self._socket))
            request.sendall(str(port).encode())
            answer, files, _, _ = socket.recv_fds(request, 16, 1)
        if not files:
            raise OSError(int(answer or b"5"), os.strerror(int(answer or b"5")))
        connection = socket.socket(fileno=files[0])
        connection.settimeout(timeout)
        return connection

    def near(self, command: Sequence[str], *, timeout: float = 60) -> "subprocess.CompletedProcess[str]":
        """Run a command of this machine, in the pod's network."""
        return subprocess.run(
            [*_PYTHON, "near", str(self.process_id), *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def is_ready(self) -> bool:
        """Whether every container that has a readiness probe passes it."""
        return all(each.passes("readiness") for each in self.containers.values() if "readinessProbe" in each.manifest)

    def volume(self, name: str) -> Path:
        """The directory of a volume."""
        manifest = next((each for each in self.spec["volumes"] if each["name"] == name), None)
        if manifest is None:
            return self.node.claim(f"{name}-{self.name}")
        if claim := manifest.get("persistentVolumeClaim"):
            return self.node.claim(claim["claimName"])
        directory = self.directory / "volumes" / name
        if not directory.exists():
            _directory(directory)
            for file, content in self.node.content(manifest).items():
                (directory / file).write_text(content, encoding="utf-8")
        return directory

    def delete(self) -> dict[str, int]:
        """End it as the kubelet does: pre-stop, SIGTERM, SIGKILL when its grace is over. The statuses by container."""
        deadline = time.monotonic() + self.spec["terminationGracePeriodSeconds"]
        with ThreadPoolExecutor(len(self.containers)) as pool:
            ends: dict[str, Future[int]] = {
                name: pool.submit(_end, container, deadline) for name, container in self.containers.items()
            }
            return {name: end.result() for name, end in ends.items()}

    def kill(self) -> None:
        """End all its processes at once, as the loss of a node does."""
        for container in self.containers.values():
            if container.is_running:
                container.signal(signal.SIGKILL)
                container.wait(10)
        if self._holder:
            self._holder.kill()
            self._holder.wait(10)

    @property
    def log(self) -> str:
        """What its containers have written, the end of each."""
        return "\n".join(f"--- {self.name}, {name}\n{each.log[-3000:]}" for name, each in self.containers.items())

    @property
    def _socket(self) -> Path:
        return self.directory / "dial"

    @property
    def _holds(self) -> bool:
        assert self._holder
        assert self._holder.poll() is None, "its namespaces could not be made"
        return self._socket.exists()


def invented_secrets(manifests: Sequence[Manifest]) -> dict[str, dict[str, str]]:
    """Files of no meaning for every SecretProviderClass, and the passwords of Redis: no pod starts without those."""
    mounted = {
        each["metadata"]["name"]: {
            file["objectAlias"]: "{}\n" for file in yaml.safe_load(each["spec"]["parameters"]["objects"])
        }
        for each in of_kind(manifests, "SecretProviderClass")
    }
    return {REDIS_SECRETS: dict(PASSWORDS), **mounted}


@dataclass
class Node:
    """Runs the pods of some manifests. `secrets`: files by the name of their SecretProviderClass or Secret."""

    manifests: Sequence[Manifest]
    directory: Path
    _stack: ExitStack
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)
    pods: list[Pod] = field(default_factory=list)

    def pod(self, workload: str, *, name: str | None = None, own_network: bool = False) -> Pod:
        """A new pod of a Deployment or a StatefulSet, with namespaces and without processes: `start` makes those."""
        template = pod_templates(self.manifests)[workload]
        name = name or f"{workload}-{len(self.pods)}"
        pod = self._stack.enter_context(_pod(self, name, template["spec"], own_network=own_network))
        self.pods.append(pod)
        return pod

    def claim(self, name: str) -> Path:
        """The directory of a PersistentVolumeClaim: every pod of the node sees the same."""
        return _directory(self.directory / "claims" / name)

    def content(self, volume: Manifest) -> Mapping[str, str]:
        """The files that a volume has when a pod starts."""
        if config_map := volume.get("configMap"):
            return one(self.manifests, "ConfigMap", config_map["name"])["data"]
        if csi := volume.get("csi"):
            return self.secrets[csi["volumeAttributes"]["secretProviderClass"]]
        if secret := volume.get("secret"):
            content = self.secrets[secret["secretName"]]
            return {each["path"]: content[each["key"]] for each in secret["items"]} if "items" in secret else content
        assert "emptyDir" in volume, volume
        return {}

    def eventually(self, condition: Callable[[], Answer | None], *, seconds: float = 60) -> Answer:
        """Wait until a condition holds, or fail with what the pods have written."""
        return eventually(condition, because=lambda: "\n".join(pod.log for pod in self.pods), seconds=seconds)

    @cached_property
    def programs(self) -> Path:
        """The programs of the image: those of this Python environment have its path in them, which a mount may hide."""
        directory = _directory(self.directory / "programs")
        shutil.copy(binary(), directory / "nginx")
        redis.install(directory)
        for module in ("celery", "gunicorn"):
            program = directory / module
            program.write_text(f'#!/bin/sh\nexec {_ENVIRONMENT}/bin/python -m {module} "$@"\n', encoding="utf-8")
            program.chmod(0o755)
        return directory

    @property
    def path(self) -> str:
        """The PATH of the image."""
        return f"/opt/programs:{_ENVIRONMENT}/bin:/usr/local/bin:/usr/bin:/bin"

    @property
    def shared(self) -> list[tuple[str, str]]:
        """What the image has of this machine beside the system: Python, and its environment with all packages."""
        python = [] if sys.base_prefix.startswith("/usr") else [(sys.base_prefix, sys.base_prefix)]
        return [*python, (str(versions.environment()), _ENVIRONMENT)]


@contextmanager
def running(
    manifests: Sequence[Manifest],
    *,
    secrets: Mapping[str, Mapping[str, str]] | None = None,
    hosts: Mapping[str, str] | None = None,
) -> Generator[Node]:
    """A node without pods. When the block ends, no process of a pod is left."""
    with tempfile.TemporaryDirectory(prefix="examx-node-") as name, ExitStack() as stack:
        yield Node(manifests, Path(name), stack, secrets or {}, hosts or {})


@contextmanager
def _pod(node: Node, name: str, spec: Manifest, *, own_network: bool) -> Generator[Pod]:
    pod = Pod(node, name, spec, _directory(node.directory / "pods" / name), own_network)
    try:
        pod.hold()
        yield pod
    finally:
        pod.kill()


def _end(container: Container, deadline: float) -> int:
    if container.is_running:
        container.before_stop()
        container.signal(signal.SIGTERM)
        try:
            return container.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            container.signal(signal.SIGKILL)
    return container.wait(10)


def _status(pod: Pod, get: Manifest, timeout: float) -> int:
    headers = {"Host": "10.0.0.1", **{each["name"]: each["value"] for each in get.get("httpHeaders", [])}}
    lines = [f"GET {get['path']} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items()), "Connection: close"]
    with pod.dial(get["port"], timeout=timeout) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        response = HTTPResponse(connection)
        response.begin()
        return response.status


def _expanded(text: str, values: Mapping[str, str]) -> str:
    """$(NAME) as the kubelet expands it: an unknown name stays, $$ is one $."""
    return _VARIABLE.sub(lambda found: "$" if found[1] == "$" else values.get(found[2], found[0]), text)


def _directory(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
