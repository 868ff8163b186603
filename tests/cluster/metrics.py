"""A stand-in for metrics-server: what pods use is what a test says, as a share of what they request.

As in the original, values are those of the last look, every 15 seconds, and a pod that runs since then has none.
"""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.cluster import https, services
from tests.cluster.clockwork import Clockwork
from tests.cluster.nodes import Nodes, Workload, workload_of
from tests.cluster.pod_status import now
from tests.cluster.quantities import amount

if TYPE_CHECKING:
    from tests.cluster.client import Object
    from tests.cluster.control_plane import ControlPlane

PORT = 4443
RESOLUTION = 15.0
GROUP, VERSION = "metrics.k8s.io", "v1beta1"
_SERVICE = services.service("kube-system", "metrics-server")


@dataclass
class Usage:
    """What pods use, as shares of their requests."""

    cpu: float = 0.1
    memory: float = 0.3


@dataclass
class Metrics:
    """What the stand-in serves; `is_on` switches it off, and it then answers with an error."""

    nodes: Nodes
    is_on: bool = True
    usual: Usage = field(default_factory=Usage)
    _set: dict[Workload, Usage] = field(default_factory=dict[Workload, Usage])
    _seen: "dict[str, Object]" = field(default_factory=dict[str, "Object"])
    _clockwork: Clockwork = field(default_factory=lambda: Clockwork("metrics"))

    def use(self, namespace: str, workload: str, *, cpu: float, memory: float) -> None:
        """Say what the pods of a workload use, from the next look on."""
        self._set[namespace, workload] = Usage(cpu, memory)

    def stop(self) -> None:
        """Look at nothing any more."""
        self._clockwork.stop()

    def look(self) -> None:
        """Look at all pods, now and every so many seconds from now."""
        self._seen = {key: self._measured(pod) for key, pod in list(self.nodes.pods.items()) if _is_running(pod)}
        self._clockwork.plan(RESOLUTION, self.look)

    def of_pods(self, namespace: str | None, labels: dict[str, str]) -> "Iterator[Object]":
        """What was seen."""
        for each in list(self._seen.values()):
            metadata = each["metadata"]
            if namespace in (None, metadata["namespace"]) and labels.items() <= metadata["labels"].items():
                yield each

    def _measured(self, pod: "Object") -> "Object":
        usage = self._set.get(workload_of(pod), self.usual)
        metadata = pod["metadata"]
        return {
            "kind": "PodMetrics",
            "apiVersion": f"{GROUP}/{VERSION}",
            "metadata": {key: metadata.get(key, {}) for key in ("name", "namespace", "labels", "creationTimestamp")},
            "timestamp": now(),
            "window": f"{RESOLUTION:.0f}s",
            "containers": [
                {"name": each["name"], "usage": _usage(each.get("resources", {}).get("requests", {}), usage)}
                for each in pod["spec"]["containers"]
            ],
        }


@contextmanager
def serving(plane: "ControlPlane") -> Generator[Metrics]:
    """Start it, and leave its group of the API to it."""
    metrics, authority = Metrics(plane.nodes), plane.identity.authority
    metrics.look()
    shown = authority.server("metrics-server", services.host(_SERVICE))
    with https.serving("127.0.0.1", PORT, _handler(metrics), shown, plane.identity.front_proxy.certificate):
        group = services.api_service(GROUP, VERSION, _SERVICE, PORT, authority.certificate)
        plane.apply([_SERVICE, group], manager="metrics-server")
        plane.kubectl("wait", "--for=condition=Available", f"apiservice/{VERSION}.{GROUP}", "--timeout=30s")
        try:
            yield metrics
        finally:
            metrics.stop()


def _handler(metrics: Metrics) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = _answer(metrics, self.path) if metrics.is_on else None
            status = 200 if answer else 404 if metrics.is_on else 503
            body = json.dumps(answer or {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status})
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    return Handler


def _answer(metrics: Metrics, target: str) -> "Object | None":
    url = urlsplit(target)
    selector = parse_qs(url.query).get("labelSelector", [""])[0]
    labels = dict(each.split("=", 1) for each in selector.split(",") if "=" in each)
    name = f"{GROUP}/{VERSION}"
    match url.path.strip("/").split("/")[1:]:
        case [group] if group == GROUP:
            preferred = {"groupVersion": name, "version": VERSION}
            return {"kind": "APIGroup", "apiVersion": "v1", "name": GROUP, "versions": [preferred]}
        case [_, _]:
            pods = {
                "name": "pods",
                "singularName": "",
                "namespaced": True,
                "kind": "PodMetrics",
                "verbs": ["get", "list"],
            }
            return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": [pods]}
        case [_, _, "pods"]:
            return _list(name, metrics.of_pods(None, labels))
        case [_, _, "namespaces", namespace, "pods"]:
            return _list(name, metrics.of_pods(namespace, labels))
        case [_, _, "namespaces", namespace, "pods", pod]:
            return next((each for each in metrics.of_pods(namespace, {}) if each["metadata"]["name"] == pod), None)
        case _:
            return None


def _list(name: str, items: "Iterator[Object]") -> "Object":
    return {"kind": "PodMetricsList", "apiVersion": name, "metadata": {}, "items": list(items)}


def _usage(requests: dict[str, str], usage: Usage) -> dict[str, str]:
    """What a container without requests uses counts nowhere."""
    cpu = amount(requests.get("cpu", "0")) * usage.cpu
    memory = amount(requests.get("memory", "0")) * usage.memory
    return {"cpu": f"{cpu * 1e9:.0f}n", "memory": f"{memory / 1024:.0f}Ki"}


def _is_running(pod: "Object") -> bool:
    return pod["status"].get("phase") == "Running" and not pod["metadata"].get("deletionTimestamp")
