"""Random policies and what happens to them: lists, pods and failures, with the replicas that the model sets."""

from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any

from examx_constructs.manifests import Versions
from examx_constructs.scaling.cluster import ClusterModel, Nodes
from examx_constructs.scaling.fleet import Fleet
from examx_constructs.scaling.hpa import Controller
from examx_constructs.scaling.metrics_server import FRESH, MetricsServer
from examx_constructs.scaling.policy import Direction, ExternalMetric, HpaPolicy, Metric
from examx_constructs.scaling.proposals import Counts, external, resource
from examx_constructs.scaling.workers import Workers
from tests.process.scaling.real import policies

LOOKS = 40
_GIB = 1 << 30
_STOPPING = 20.0


@dataclass
class History:
    """A policy, what the controller is given at each look, and what the model sets."""

    policy: HpaPolicy
    given: dict[str, Any]
    replicas: list[int] = field(default_factory=list[int])
    """The model's."""


def history(seed: int) -> History:
    """All of it by this seed."""
    random = Random(seed)
    policy = policies.policy(random)
    cluster = ClusterModel(
        tolerance=random.choice((0.0, 0.05, 0.1, 0.1, 0.25)),
        down_window=random.choice((0.0, 60.0, 300.0)),
        cpu_initialization=random.choice((30.0, 120.0, 300.0)),
        initial_readiness=30.0,
        start=random.choice((0.0, 2.5, 20.0, 40.0)),
        ready=random.choice((0.0, 10.25, 30.0)),
        metrics_resolution=random.choice((15.0, 30.0, 60.0)),
        metrics_phase=random.choice((0.0, 3.5, 7.25)),
        nodes=Nodes(random.choice((None, 4, 10)), per_node=3, delay=45.0, pull=12.5),
        versions=Versions(kubernetes="1.35"),
    )
    workers = Workers(1, cpu=random.choice((100, 250, 1000)), memory=random.choice((_GIB, 3 * _GIB)))
    made = History(policy, _given(policy, cluster, workers))
    _Play(made, random, cluster, workers).play()
    return made


class _Play:
    """What happens from look to look."""

    def __init__(self, made: History, random: Random, cluster: ClusterModel, workers: Workers) -> None:
        self._made, self._random, self._cluster, self._workers = made, random, cluster, workers
        self._policy = made.policy
        self._replicas = random.randint(self._policy.minimum, self._policy.maximum)
        self._controller = Controller(
            self._policy, tolerance=cluster.tolerance, down_window=cluster.down_window, versions=cluster.versions
        )
        self._fleet = Fleet(cluster, workers, self._replicas)
        self._server = MetricsServer(resolution=cluster.metrics_resolution, phase=cluster.metrics_phase)
        self._now = random.randrange(40) / 4
        self._load = random.choice((0.0, 0.3, 1.0, 3.0))
        self._amounts: dict[str, int | None] = {}
        self._used: dict[str, int] = {}
        self._answers = True

    def play(self) -> None:
        random = self._random
        for _ in range(LOOKS):
            if random.random() < 0.04:
                # Somebody else changes it: KEDA, a person, an apply.
                self._tell(random.randint(0, self._policy.maximum + 2))
            if random.random() < 0.5:
                self._load = max(self._load + random.choice((-0.6, -0.1, 0.0, 0.0, 0.05, 0.4)), 0.0)
            self._amounts = _amounts(self._policy, random, self._load, self._replicas)
            self._used = {
                "cpu": int(_share(random, self._load) * (self._workers.cpu or 0)),
                "memory": int(_share(random, self._load) * (self._workers.memory or 0)) * 1000,
            }
            self._answers = random.random() > 0.06
            self._look()
            self._now += random.choice((15.0, 15.0, 15.0, 15.25, 30.0, 75.0))

    def _look(self) -> None:
        self._made.given["looks"].append(
            {
                "at": self._now,
                "replicas": self._replicas,
                "external": self._amounts,
                "pods": self._pods(),
                "metrics": self._answers,
            }
        )
        after = self._controller.look(self._now, self._replicas, self._proposals)
        self._made.replicas.append(after)
        self._tell(after)

    @property
    def _sample(self) -> float:
        sample = self._server.last(self._now)
        assert sample is not None
        return sample

    def _proposals(self) -> list[int | None]:
        return [self._proposal(index, metric) for index, metric in enumerate(self._policy.metrics)]

    def _proposal(self, index: int, metric: Metric) -> int | None:
        hold = self._controller.tolerances
        if isinstance(metric, ExternalMetric):
            amount = self._amounts[str(index)]
            counts = Counts(self._replicas, len(self._fleet.pods), self._fleet.ready(self._now))
            return None if amount is None else external(metric, amount, counts, hold)
        cpu = metric.resource == "cpu"
        request = self._workers.cpu if cpu else (self._workers.memory or 0) * 1000
        pods = self._fleet.measured(self._now, self._sample, self._used[metric.resource], request, cpu=cpu)
        return resource(metric, pods, self._replicas, hold) if self._answers else None

    def _tell(self, replicas: int) -> None:
        if replicas > self._replicas:
            self._fleet.create(self._now, replicas - self._replicas)
        for each in self._fleet.delete(self._now, max(self._replicas - replicas, 0)):
            each.gone = self._now + _STOPPING
        self._replicas = replicas

    def _pods(self) -> list[dict[str, float | int | bool]]:
        """The pods as the API has them, those that were told to stop and are not gone included."""
        leaving = [each for each in self._fleet.lives if each.gone is not None and each.gone > self._now]
        return [
            {
                "scheduled": each.scheduled,
                "running": each.running,
                "ready": each.ready,
                "leaving": each.deleted is not None,
                "known": self._sample >= each.running + FRESH,
                "sample": self._sample,
                "window": min(self._cluster.metrics_resolution, self._sample - each.running),
                **self._used,
            }
            for each in (*self._fleet.pods, *leaving)
        ]


def _share(random: Random, load: float) -> float:
    return min(max(random.choice((0.05, 0.3, 0.6, 0.7, 0.8)) * (0.5 + load), 0.0), 4.0)


def _amounts(policy: HpaPolicy, random: Random, load: float, replicas: int) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for index, metric in enumerate(policy.metrics):
        if isinstance(metric, ExternalMetric):
            # Often at the very edge of the tolerance.
            whole = metric.target * (max(replicas, 1) if metric.per_pod else 1)
            near = random.choice((0.9, 0.95, 1.0, 1.05, 1.1, 1.101, 0.899))
            amount = int(whole * (near if random.random() < 0.3 else load))
            found[str(index)] = None if random.random() < 0.06 else amount
    return found


def _given(policy: HpaPolicy, cluster: ClusterModel, workers: Workers) -> dict[str, Any]:
    """As the program reads it."""
    metrics = [_metric(index, each) for index, each in enumerate(policy.metrics)]
    spec: dict[str, Any] = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "worker"},
        "minReplicas": policy.minimum,
        "maxReplicas": policy.maximum,
        "metrics": metrics,
    }
    if policy.behavior:
        spec["behavior"] = {"scaleUp": _rules(policy.behavior.up), "scaleDown": _rules(policy.behavior.down)}
    figures = {name: asdict(cluster)[name] for name in ("tolerance", "down_window", "cpu_initialization")}
    return {
        **figures,
        "initial_readiness": cluster.initial_readiness,
        "spec": spec,
        "cpu": workers.cpu,
        "memory": workers.memory,
        "looks": [],
    }


def _metric(index: int, metric: Metric) -> dict[str, Any]:
    if isinstance(metric, ExternalMetric):
        kind = "averageValue" if metric.per_pod else "value"
        target = {"type": "AverageValue" if metric.per_pod else "Value", kind: f"{metric.target}m"}
        return {"type": "External", "external": {"metric": {"name": str(index)}, "target": target}}
    figure = (
        {"type": "Utilization", "averageUtilization": metric.target}
        if metric.utilization
        else {"type": "AverageValue", "averageValue": f"{metric.target}m"}
    )
    return {"type": "Resource", "resource": {"name": metric.resource, "target": figure}}


def _rules(direction: Direction) -> dict[str, Any]:
    rules: dict[str, Any] = {
        "selectPolicy": direction.select.value,
        "policies": [
            {"type": "Percent" if each.percent else "Pods", "value": each.value, "periodSeconds": each.period}
            for each in direction.limits
        ],
    }
    if direction.window is not None:
        rules["stabilizationWindowSeconds"] = direction.window
    if direction.tolerance is not None:
        rules["tolerance"] = str(direction.tolerance)
    return rules
