"""What is known of an environment, as plain values. What could not be read says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from examx_cli.deploy.history import History


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read: why not."""

    why: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What one metric of an autoscaler asks for.

    `metric` is `cpu`, `memory` or what is counted. `current` and `target` are as a person reads them, with their
    units. `replicas` is None where the metric cannot be had.
    """

    metric: str
    current: str
    target: str
    replicas: int | None


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment or a StatefulSet.

    `least` and `most` are its autoscaler's bounds, None without one. `why` is why it has that many. `trouble` is what
    keeps it from being ready, or its number from following its load, a line each.
    """

    kind: str
    name: str
    ready: int
    wanted: int
    least: int | None = None
    most: int | None = None
    asks: tuple[Ask, ...] = ()
    why: str = ""
    trouble: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """A list of tasks, as KEDA counts it.

    `length` is in tasks; `about` where it is the HPA's rounded figure. `rate` is by how many tasks a minute the list
    grew: since the look before, or else in the last minute, as the exporter says. It is negative where it got shorter.
    `oldest` is the age of its oldest task, in seconds.
    """

    name: str
    worker: str
    length: int | Unread
    about: bool = False
    rate: float | None = None
    oldest: float | Unread | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """A server of Redis. `role` is `master` or `slave`, as Redis says; `said` is the rest in words.

    `lag` is in seconds: of a server that leads, the largest of its replicas; of a replica, since it last heard of it.
    """

    pod: str
    role: str
    said: str
    lag: int | None = None
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A pod behind the load balancer. `healthy` is None where the pod has no readiness gate, so nobody tells."""

    pod: str
    healthy: bool | None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Balancer:
    """The load balancer: the addresses of its Ingresses by host, and the pods that it leads to."""

    addresses: tuple[tuple[str, str], ...]
    targets: tuple[Target, ...] | Unread
    bindings: int | Unread


@dataclass(frozen=True, slots=True)
class Expiry:
    """A certificate or a secret. `ends` is when it does, None where it has no end; `said` is the rest in words."""

    what: str
    said: str
    ends: datetime | None = None
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A warning of the cluster: about what, why, how often, and when last."""

    about: str
    reason: str
    message: str
    count: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """All that is known of an environment at a moment."""

    environment: str
    cluster: str
    namespace: str
    time: datetime
    release: History | Unread
    workloads: Sequence[Workload | Unread]
    queues: Sequence[Queue | Unread]
    redis: Sequence[Server | Unread]
    balancer: Balancer | Unread | None
    expiries: Sequence[Expiry | Unread]
    warnings: Sequence[Event] | Unread
