"""The picture of the system in README.md, drawn from the manifests of one environment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Manifest = Mapping[str, Any]


def diagram(manifests: Sequence[Manifest]) -> str:
    """Return a Mermaid flowchart: what calls what, what scales what."""
    return "\n".join(["flowchart LR", *_indented(_System(manifests).lines())])


class _System:
    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self._manifests = manifests
        self._scalers = list(self._of_kind("ScaledObject"))
        self._ingress = next(self._of_kind("Ingress"))
        self._workers = [scaler["spec"]["scaleTargetRef"]["name"] for scaler in self._scalers]

    def lines(self) -> Iterator[str]:
        host = self._ingress["spec"]["rules"][0]["host"]
        yield f'browser(("browser")) -->|https| balancer{{{{"load balancer<br/>{host}"}}}}'
        yield f"balancer -->|nginx, gunicorn| {_id(self._backend)}"
        yield from _group("namespace", f"namespace {_name(next(self._of_kind('Namespace')))}", self._inside())
        yield "redis -.->|list lengths| keda{{KEDA}}"
        yield "keda -.->|replicas| workers"
        yield f'namespace --- media[("EFS<br/>{_name(next(self._of_kind("PersistentVolumeClaim")))}")]'
        yield 'namespace --- secrets[["Secrets Manager<br/>.env"]]'

    def _inside(self) -> Iterator[str]:
        senders = [_name(each) for each in self._of_kind("Deployment") if _name(each) not in self._workers]
        yield from map(self._pods, senders)
        queues = [f"{_queue_id(each)}[/queue {_queue(each)}/]" for each in self._scalers]
        servers = [self._pods(_name(each)) for each in self._of_kind("StatefulSet")]
        yield from _group("redis", "Redis", [*queues, *servers])
        yield from _group("workers", "Celery workers", map(self._pods, self._workers))
        yield f"{' & '.join(map(_id, senders))} -->|tasks| redis"
        yield from (f"{_queue_id(each)} --> {_id(each['spec']['scaleTargetRef']['name'])}" for each in self._scalers)

    def _pods(self, workload: str) -> str:
        return f'{_id(workload)}["{workload}<br/>{self._replicas(workload)}"]'

    def _replicas(self, workload: str) -> str:
        for scaler in (*self._scalers, *self._of_kind("HorizontalPodAutoscaler")):
            spec = scaler["spec"]
            if spec["scaleTargetRef"]["name"] == workload:
                least = spec.get("minReplicaCount", spec.get("minReplicas"))
                most = spec.get("maxReplicaCount", spec.get("maxReplicas"))
                return f"{least} to {most} pods"
        replicas = next(each["spec"]["replicas"] for each in self._manifests if self._is_workload(each, workload))
        return "1 pod" if replicas == 1 else f"{replicas} pods"

    @property
    def _backend(self) -> str:
        service = self._ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"]
        selector = next(each for each in self._of_kind("Service") if _name(each) == service)["spec"]["selector"]
        return next(
            _name(each)
            for each in self._of_kind("Deployment")
            if selector.items() <= each["spec"]["template"]["metadata"]["labels"].items()
        )

    def _of_kind(self, kind: str) -> Iterator[Manifest]:
        return (each for each in self._manifests if each["kind"] == kind)

    @staticmethod
    def _is_workload(manifest: Manifest, name: str) -> bool:
        return manifest["kind"] in ("Deployment", "StatefulSet") and _name(manifest) == name


def _group(name: str, title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f'subgraph {name}["{title}"]'
    yield from _indented(lines)
    yield "end"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _queue(scaler: Manifest) -> str:
    return scaler["spec"]["triggers"][0]["metadata"]["listName"]


def _queue_id(scaler: Manifest) -> str:
    return f"queue_{_queue(scaler)}"


def _name(manifest: Manifest) -> str:
    return manifest["metadata"]["name"]


def _id(name: str) -> str:
    return name.replace("-", "_")
