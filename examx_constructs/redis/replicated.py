"""A Redis that survives the loss of a server: three that hold what is accepted, read replicas, and Sentinels.

How it chooses who leads is in templates/redis: keeper.sh for the servers, sentinel.sh, leave.sh before a stop.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import metadata, namespace_of, text
from examx_constructs._strict import strict
from examx_constructs._templates import render
from examx_constructs.autoscaling import ResourceAutoscaler, ScaleTarget
from examx_constructs.availability import DisruptionBudget
from examx_constructs.redis.connection import RedisConnection, RedisUsers
from examx_constructs.redis.nodes import RedisHardware, RedisNodes, RedisProcess, server_configuration
from examx_constructs.redis.users import users_files
from examx_constructs.settings import Application, Duration, PodExtras, ReplicatedRedis, SentinelAddress, Utilization
from examx_constructs.settings.application import EXAMX
from examx_constructs.settings.pod_extras import NOTHING
from examx_constructs.settings.redis import (
    CORE,
    KEEPER_RESOURCES,
    PRIMARIES,
    REDIS_NAME,
    REDIS_PORT,
    REPLICATED_NAMES,
    SENTINEL_PORT,
    SENTINELS,
    Role,
)

_LEAVE_WITHIN = Duration("120s")
"""How long a server waits, before it stops, for others to be in sync that can take its place."""
_ELECTION = Duration("10s")
"""After which a Sentinel votes again at the latest (Redis, `election-timeout`)."""


@dataclass(frozen=True)
class _Hosts:
    """The names of all pods, known before any of them is there, and the same after every restart."""

    namespace: str

    @property
    def core(self) -> tuple[str, ...]:
        """The servers that may lead, the preferred one first. There are as many whatever the autoscaler decides."""
        first, *others = self._of("primary", PRIMARIES)
        return (first, *self._of("replica", CORE - PRIMARIES), *others)

    @property
    def sentinels(self) -> tuple[str, ...]:
        return self._of("sentinel", SENTINELS)

    def _of(self, role: Role, count: int) -> tuple[str, ...]:
        name = REPLICATED_NAMES[role]
        service = f"{name}.{self.namespace}.svc.cluster.local"
        return tuple(f"{name}-{ordinal}.{service}" for ordinal in range(count))


class ReplicatedServers(Construct):
    """Two servers of a fixed number, read replicas that scale on CPU, and three Sentinels that replace a lost leader.

    Clients ask the Sentinels for the server that leads. The Service `redis` leads to the Sentinels only. A client that
    takes it for a server fails at once, instead of writing to a replica now and then. Replicas do not scale on memory:
    each holds all data, so more of them would not make it less.

    The two primaries and the first replica are the core: only they lead, and only their copies count. A write is taken
    while one of the others is in sync. So one of the three may be away at any time, and any two of them know all that
    was accepted. After a stop of all pods these two choose the one with the newest data. Before a server stops it waits
    until enough others are in sync, and hands over if it leads.

    Writes are acknowledged before they are replicated. A failover can lose those of the last moments: at most
    `min-replicas-max-lag` (10 s) of them where the leader is cut off from its replicas (Redis, replication).

    `extras`: by role, what the pods of a StatefulSet get beside their own. `exporter`: whether an exporter of metrics
    logs in, as a user of its own.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: ReplicatedRedis,
        application: Application = EXAMX,
        extras: Mapping[Role, PodExtras] | None = None,
        exporter: bool = False,
    ) -> None:
        super().__init__(scope, id)
        self._settings, self._application, self._extras = settings, application, extras or {}
        self._users = RedisUsers(self, "users", secret=settings.passwords, sentinels=True, exporter=exporter)
        hosts = _Hosts(namespace_of(scope, "Redis"))
        server = _server(settings, hosts, exporter=exporter)
        sentinel = _sentinel(settings, hosts, exporter=exporter)
        self.primary = self._nodes("primary", server, self._server_hardware(replicas=PRIMARIES))
        self.replicas = self._nodes("replica", server, self._server_hardware(replicas=None))
        self.sentinels = self._nodes("sentinel", sentinel, self._sentinel_hardware())
        self.service = self._sentinel_service()
        self.autoscaler = ResourceAutoscaler(
            self,
            "autoscaler",
            target=ScaleTarget(
                workload=self.replicas.stateful_set, labels=self.replicas.labels, name=self.replicas.name
            ),
            replicas=settings.replicas,
            utilization=Utilization(cpu=settings.replica_cpu_utilization, memory=None),
        )
        # Primaries and replicas share one: of all copies of the data, a drain may take one at a time.
        self.disruption_budgets = [
            _disruption_budget(self, component, nodes, application)
            for component, nodes in (("server", self.primary), ("sentinel", self.sentinels))
        ]
        self.connection = RedisConnection(
            address=SentinelAddress(
                hosts=hosts.sentinels,
                master_name=settings.master_name,
                authenticated=True,
                user="application",
                scaler_user="keda",
            ),
            password=self._users,
        )

    def _nodes(self, role: Role, process: RedisProcess, hardware: RedisHardware) -> RedisNodes:
        return RedisNodes(
            self,
            role,
            name=REPLICATED_NAMES[role],
            process=process,
            hardware=hardware,
            users=self._users,
            headless=True,
            owner=self._application,
            extras=self._extras.get(role, NOTHING),
        )

    def _server_hardware(self, *, replicas: int | None) -> RedisHardware:
        settings = self._settings
        return RedisHardware(
            image=settings.image,
            resources=settings.resources,
            replicas=replicas,
            persistence=settings.persistence,
            apart=True,
        )

    def _sentinel_hardware(self) -> RedisHardware:
        settings = self._settings
        return RedisHardware(
            image=settings.image,
            resources=settings.sentinel_resources,
            replicas=SENTINELS,
            apart=True,
            own_node_each=True,
        )

    def _sentinel_service(self) -> k8s.KubeService:
        port = k8s.ServicePort(name="sentinel", port=SENTINEL_PORT, target_port=text("redis"), protocol="TCP")
        return k8s.KubeService(
            self,
            "service",
            metadata=metadata(REDIS_NAME, labels=self.sentinels.labels),
            spec=k8s.ServiceSpec(type="ClusterIP", selector=self.sentinels.service_selector, ports=[port]),
        )


def _server(settings: ReplicatedRedis, hosts: _Hosts, *, exporter: bool) -> RedisProcess:
    files = {
        "append-only.sh": render("redis/append-only.sh"),
        "copy-anew.sh": render("redis/copy-anew.sh"),
        "redis.conf": server_configuration(settings.resources, persistent=True),
        "replication.conf": render("redis/replication.conf"),
        "server.sh": render("redis/server.sh"),
        "keeper.sh": render("redis/keeper.sh"),
        "lead.sh": render("redis/lead.sh"),
        "leave.sh": render("redis/leave.sh", leave_within=_LEAVE_WITHIN.seconds),
        **_shared(settings, hosts),
        **users_files("server", exporter=exporter),
    }
    return RedisProcess(
        component="server",
        files=files,
        script="server.sh",
        port=REDIS_PORT,
        keeper="keeper.sh",
        keeper_resources=KEEPER_RESOURCES,
        follows=True,
        pre_stop="leave.sh",
        leave_within=_LEAVE_WITHIN,
    )


def _sentinel(settings: ReplicatedRedis, hosts: _Hosts, *, exporter: bool) -> RedisProcess:
    files = {
        "sentinel.sh": render("redis/sentinel.sh", election=_ELECTION.seconds),
        **_shared(settings, hosts),
        **users_files("sentinel", master_name=settings.master_name, exporter=exporter),
    }
    return RedisProcess(component="sentinel", files=files, script="sentinel.sh", port=SENTINEL_PORT)


def _shared(settings: ReplicatedRedis, hosts: _Hosts) -> dict[str, str]:
    return {
        "topology.sh": render(
            "redis/topology.sh",
            master_name=settings.master_name,
            core=" ".join(hosts.core),
            sentinels=" ".join(hosts.sentinels),
            minimum_synced=settings.minimum_synced_replicas,
            quorum=settings.quorum,
            most_sentinels=SENTINELS // 2 + 1,
        ),
    }


def _disruption_budget(
    scope: Construct, component: str, nodes: RedisNodes, application: Application
) -> DisruptionBudget:
    return DisruptionBudget(
        scope,
        f"{component}-disruption-budget",
        name=f"{REDIS_NAME}-{component}",
        selector=nodes.peers,
        labels={**nodes.peers, "app.kubernetes.io/part-of": application.part_of or application.name},
    )
