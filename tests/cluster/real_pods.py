"""Pods of the control plane that run for real, as tests/runtime runs them, in the network of the room.

Redis gets addresses of its own, and its names lead there: KEDA reads the same lists that workers take tasks from. All
other pods share the loopback of the room, so two that listen to one port cannot run at once.
"""

import tempfile
import threading
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.cluster import room
from tests.cluster.client import Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.nodes import Nodes, workload_of
from tests.runtime.pods import pod as runtime
from tests.runtime.redis import pods as redis
from tests.support import Manifest, of_kind, one


@contextmanager
def running_redis(plane: ControlPlane, manifests: Sequence[Manifest]) -> Generator[redis.Pods]:
    """The Redis of an environment, every server and Sentinel of it, under the names that the manifests call it by.

    Its StatefulSets in the control plane stay played.
    """
    with redis.running(manifests) as servers:
        names = list(_hosts(manifests))
        servers.start(*names)
        for pod, hosts in _hosts(manifests).items():
            for host in hosts:
                plane.add_host(host, servers[pod].address)
        yield servers


@contextmanager
def running_workloads(
    plane: ControlPlane,
    manifests: Sequence[Manifest],
    workloads: Collection[str],
    *,
    secrets: Mapping[str, Mapping[str, str]],
) -> Generator[runtime.Node]:
    """Let the pods of some workloads run for real that the control plane makes from now on.

    `secrets`: the files of each SecretProviderClass or Secret that they mount.
    """
    namespace = one(manifests, "Namespace")["metadata"]["name"]
    with tempfile.TemporaryDirectory(prefix="examx-node-") as name, ExitStack() as stack:
        node = runtime.Node(manifests, Path(name), stack, secrets, room.hosts())
        runner = _Runner(node, plane.nodes)
        for workload in workloads:
            plane.nodes.run_for_real(namespace, workload, runner)
        try:
            yield node
        finally:
            for workload in workloads:
                plane.nodes.play_again(namespace, workload)


@dataclass
class _Runner:
    node: runtime.Node
    nodes: Nodes
    _pods: dict[str, runtime.Pod] = field(default_factory=dict[str, runtime.Pod])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, pod: Object) -> str:
        # One after another: a node gives each of its pods the next number.
        with self._lock:
            made = self.node.pod(workload_of(pod)[1], name=pod["metadata"]["name"])
        self._pods[pod["metadata"]["uid"]] = made
        made.start()
        return self.nodes.address(pod)

    def is_ready(self, pod: Object) -> bool:
        made = self._pods[pod["metadata"]["uid"]]
        return all(each.is_running for each in made.containers.values()) and made.is_ready()

    def stop(self, pod: Object) -> None:
        if made := self._pods.pop(pod["metadata"]["uid"], None):
            made.delete()

    def log(self, pod: Object, container: str) -> str:
        return self._pods[pod["metadata"]["uid"]].containers[container].log


def _hosts(manifests: Sequence[Manifest]) -> dict[str, list[str]]:
    """The names of each pod of Redis: its own, and that of its Service where it is the only one behind it."""
    namespace = one(manifests, "Namespace")["metadata"]["name"]
    hosts: dict[str, list[str]] = {}
    for each in of_kind(manifests, "StatefulSet"):
        name, replicas = each["metadata"]["name"], _replicas(manifests, each)
        service = f"{each['spec']['serviceName']}.{namespace}.svc.cluster.local"
        for ordinal in range(replicas):
            pod = f"{name}-{ordinal}"
            hosts[pod] = [f"{pod}.{service}", *([service] if replicas == 1 else [])]
    return hosts


def _replicas(manifests: Sequence[Manifest], stateful_set: Manifest) -> int:
    """What it says, or what its autoscaler starts with."""
    targets = {
        each["spec"]["scaleTargetRef"]["name"]: each["spec"]["minReplicas"]
        for each in of_kind(manifests, "HorizontalPodAutoscaler")
    }
    return stateful_set["spec"].get("replicas", targets.get(stateful_set["metadata"]["name"], 1))
