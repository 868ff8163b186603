"""Nodes whose pods are played: they get ready after a while, and are gone a while after they were told to go.

The scheduler is the real one, so what no node can hold stays pending. What becomes of a pod says its `Behaviour`; a
workload whose pods shall run for real gets a `Runner`.
"""

import itertools
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from tests.cluster import pod_status
from tests.cluster.client import Client, Object
from tests.cluster.clockwork import Clockwork
from tests.cluster.pod_status import Behaviour
from tests.cluster.watcher import Watcher

ZONES = ("ap-south-1a", "ap-south-1b", "ap-south-1c")
ADDRESSES = ("10.64.0.1", "10.64.0.2", "10.64.0.3")
KUBELET = 10250
_REAL_LOOK = 0.5
_AT_ONCE = 8
Workload = tuple[str, str]
"""A namespace, and the name of a Deployment, StatefulSet, DaemonSet or Job in it."""


class Runner(Protocol):
    """Runs pods for real."""

    def start(self, pod: Object) -> str:
        """Start a pod, and tell its address."""
        ...

    def is_ready(self, pod: Object) -> bool:
        """Whether its readiness probes succeed."""
        ...

    def stop(self, pod: Object) -> None:
        """End it, within its grace period."""
        ...

    def log(self, pod: Object, container: str) -> str:
        """What a container has written."""
        ...


@dataclass
class Nodes:
    """One node in each zone. Delays are seconds; a test that changes them changes them for pods to come."""

    client: Client
    ready_after: float = 1.0
    gone_after: float = 0.5
    pods: dict[str, Object] = field(default_factory=dict[str, Object])
    """All pods on the nodes, by namespace/name."""
    _behaviours: dict[Workload, Behaviour] = field(default_factory=dict[Workload, Behaviour])
    _runners: dict[Workload, Runner] = field(default_factory=dict[Workload, Runner])
    _real: dict[str, Runner] = field(default_factory=dict[str, Runner])
    _addresses: dict[str, str] = field(default_factory=dict[str, str])
    _planned: set[str] = field(default_factory=set[str])
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _clockwork: Clockwork = field(default_factory=lambda: Clockwork("nodes"))
    # Its threads stay: a process that runs a pod ends with the thread that started it.
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, "pods"))

    def start(self) -> Watcher:
        """Register the nodes, and look after their pods from now on."""
        for zone, address in zip(ZONES, ADDRESSES, strict=True):
            self._register(f"node-{zone}", zone, address)
        return Watcher(self.client, "/api/v1/pods", self._see)

    def stop(self) -> None:
        """Do nothing more of what is planned."""
        self._clockwork.stop()
        self._pool.shutdown(cancel_futures=True)

    def behave(self, namespace: str, workload: str, behaviour: Behaviour) -> None:
        """Say what becomes of the pods of a workload: those that are there, and those to come."""
        self.behave_from_now_on(namespace, workload, behaviour)
        for pod in [each for each in self.pods.values() if workload_of(each) == (namespace, workload)]:
            self._clockwork.plan(self.ready_after, lambda pod=pod: self._settle(pod))

    def behave_from_now_on(self, namespace: str, workload: str, behaviour: Behaviour) -> None:
        """Say what becomes of the pods of a workload that are still to come."""
        self._behaviours[namespace, workload] = behaviour

    def run_for_real(self, namespace: str, workload: str, runner: Runner) -> None:
        """Let the pods of a workload that are still to come run for real."""
        self._runners[namespace, workload] = runner

    def play_again(self, namespace: str, workload: str) -> None:
        """Play the pods of a workload that are still to come."""
        self._runners.pop((namespace, workload), None)

    def log(self, namespace: str, name: str, container: str) -> str:
        """What a kubelet would give for `kubectl logs`."""
        key = f"{namespace}/{name}"
        if runner := self._real.get(key):
            return runner.log(self.pods[key], container)
        return f"{container} of {name} is played\n"

    def address(self, pod: Object) -> str:
        """The address of a pod: its own, of 10.244.0.0/16, as long as it lives."""
        if pod["metadata"]["uid"] not in self._addresses:
            number = next(self._numbers) + 1
            self._addresses[pod["metadata"]["uid"]] = f"10.244.{number // 250}.{number % 250 + 1}"
        return self._addresses[pod["metadata"]["uid"]]

    def _register(self, name: str, zone: str, address: str) -> None:
        labels = {
            "kubernetes.io/arch": "arm64",
            "kubernetes.io/os": "linux",
            "kubernetes.io/hostname": name,
            "topology.kubernetes.io/region": zone[:-1],
            "topology.kubernetes.io/zone": zone,
        }
        self.client.create(
            "/api/v1/nodes", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}
        )
        # The API server gives each new node a taint, which a controller takes away when the node is ready.
        self.client.patch(f"/api/v1/nodes/{name}", {"spec": {"taints": [], "providerID": f"aws:///{zone}/{name}"}})
        size = {"cpu": "64", "memory": "256Gi", "ephemeral-storage": "500Gi", "pods": "250"}
        ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "lastHeartbeatTime": pod_status.now()}
        status = {
            "capacity": size,
            "allocatable": size,
            "conditions": [ready],
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": KUBELET}},
            "nodeInfo": {"architecture": "arm64", "operatingSystem": "linux", "kubeletVersion": "played"},
        }
        self.client.patch(f"/api/v1/nodes/{name}/status", {"status": status})

    def _see(self, what: str, item: Object) -> None:
        if what == "LISTED":
            there = {f"{each['metadata']['namespace']}/{each['metadata']['name']}" for each in item["items"]}
            for key in set(self.pods) - there:
                self._forget(key)
            return
        key = f"{item['metadata']['namespace']}/{item['metadata']['name']}"
        if what == "DELETED":
            self._forget(key)
        elif what in ("ADDED", "MODIFIED") and item["spec"].get("nodeName"):
            self.pods[key] = item
            self._follow(item)

    def _forget(self, key: str) -> None:
        pod = self.pods.pop(key, None)
        if pod and (runner := self._real.pop(key, None)):
            self._pool.submit(runner.stop, pod)

    def _follow(self, pod: Object) -> None:
        identity = pod["metadata"]["uid"]
        if pod["metadata"].get("deletionTimestamp"):
            if f"{identity} ends" not in self._planned:
                self._planned.add(f"{identity} ends")
                self._end(pod)
        elif identity not in self._planned:
            self._planned.add(identity)
            self._begin(pod)

    def _begin(self, pod: Object) -> None:
        runner = self._runners.get(workload_of(pod))
        if runner is None:
            self._clockwork.plan(self.ready_after, lambda: self._settle(pod))
            return
        self._real[_key(pod)] = runner
        self._pool.submit(self._begin_for_real, pod, runner)

    def _begin_for_real(self, pod: Object, runner: Runner) -> None:
        try:
            self._addresses[pod["metadata"]["uid"]] = runner.start(pod)
        except Exception:
            traceback.print_exc(file=sys.stderr)
            self._clockwork.plan(0, lambda: self._tell(pod, pod_status.crashing(pod, self.address(pod))))
        else:
            self._clockwork.plan(0, lambda: self._look(pod, runner, told=None))

    def _look(self, pod: Object, runner: Runner, *, told: bool | None) -> None:
        current = self.pods.get(_key(pod))
        if current is None or current["metadata"].get("deletionTimestamp"):
            return
        ready = runner.is_ready(pod)
        if ready != told:
            self._tell(pod, pod_status.running(current, self.address(pod), ready=ready))
        self._clockwork.plan(_REAL_LOOK, lambda: self._look(pod, runner, told=ready))

    def _end(self, pod: Object) -> None:
        if runner := self._real.get(_key(pod)):

            def stop() -> None:
                runner.stop(pod)
                self._clockwork.plan(0, lambda: self._remove(pod))

            self._pool.submit(stop)
        else:
            grace = pod["metadata"].get("deletionGracePeriodSeconds", 0)
            self._clockwork.plan(min(self.gone_after, grace), lambda: self._remove(pod))

    def _remove(self, pod: Object) -> None:
        same = {"uid": pod["metadata"]["uid"]}
        self.client.delete(_path(pod), gracePeriodSeconds=0, preconditions=same)

    def _settle(self, pod: Object) -> None:
        pod = self.pods.get(_key(pod), pod)
        if pod["metadata"].get("deletionTimestamp") or pod["status"]["phase"] in ("Succeeded", "Failed"):
            return
        behaviour = self._behaviours.get(workload_of(pod), pod_status.by_image(pod))
        address = self.address(pod)
        ends = pod["spec"].get("restartPolicy") != "Always"
        match behaviour:
            case Behaviour.NEVER_PULLS:
                self._tell(pod, pod_status.pulling(pod))
            case Behaviour.CRASHES if ends:
                self._tell(pod, pod_status.ended(pod, address, exit_code=1))
            case Behaviour.CRASHES:
                self._tell(pod, pod_status.crashing(pod, address))
            case Behaviour.NEVER_READY:
                self._tell(pod, pod_status.running(pod, address, ready=False))
            case Behaviour.READY:
                self._tell(pod, pod_status.running(pod, address, ready=True))
                if ends:
                    self._clockwork.plan(self.ready_after, lambda: self._tell(pod, pod_status.ended(pod, address)))

    def _tell(self, pod: Object, status: Object) -> None:
        self.client.patch(f"{_path(pod)}/status", {"metadata": {"uid": pod["metadata"]["uid"]}, "status": status})


def workload_of(pod: Object) -> Workload:
    """What a pod belongs to; its own name where it belongs to nothing."""
    metadata = pod["metadata"]
    owner = next((each for each in metadata.get("ownerReferences", []) if each.get("controller")), None)
    name: str = owner["name"] if owner else metadata["name"]
    if owner and owner["kind"] == "ReplicaSet":
        name = name.removesuffix(f"-{metadata['labels'].get('pod-template-hash')}")
    return metadata["namespace"], name


def _key(pod: Object) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"


def _path(pod: Object) -> str:
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
