"""A Redis that survives the loss of a server: a primary, read replicas and Sentinels."""

from dataclasses import dataclass

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import metadata, namespace_of, text
from examx_constructs._templates import render
from examx_constructs.autoscaling import ResourceAutoscaler, ScaleTarget
from examx_constructs.availability import DisruptionBudget
from examx_constructs.redis.connection import RedisConnection, password_of
from examx_constructs.redis.nodes import SERVER_COMMAND, RedisHardware, RedisNodes, RedisProcess, server_configuration
from examx_constructs.settings import ReplicatedRedis, SentinelAddress, Utilization
from examx_constructs.settings.naming import APPLICATION
from examx_constructs.settings.redis import REDIS_NAME, REDIS_PORT, REPLICATED_NAMES, SENTINEL_PORT, Role

_SENTINELS = 3


@dataclass(frozen=True)
class _Hosts:
    """The names of all pods, known before any of them is there, and the same after every restart."""

    namespace: str
    most_replicas: int

    @property
    def first_primary(self) -> str:
        return self._of("primary", 1)[0]

    @property
    def servers(self) -> tuple[str, ...]:
        return (self.first_primary, *self._of("replica", self.most_replicas))

    @property
    def sentinels(self) -> tuple[str, ...]:
        return self._of("sentinel", _SENTINELS)

    def _of(self, role: Role, count: int) -> tuple[str, ...]:
        name = REPLICATED_NAMES[role]
        service = f"{name}.{self.namespace}.svc.cluster.local"
        return tuple(f"{name}-{ordinal}.{service}" for ordinal in range(count))


class ReplicatedServers(Construct):
    """A primary, read replicas that scale on CPU, and three Sentinels that promote a replica when the primary is gone.

    Clients ask the Sentinels for the primary. The Service `redis` leads to the Sentinels only: a client that takes it
    for a server fails at once, instead of writing to a replica now and then. Replicas do not scale on memory: each
    holds all data, so more of them would not make it less.

    Writes are acknowledged before they are replicated: a failover can lose those of the last moments, at most
    `min-replicas-max-lag` (10 s) of them where the primary is cut off from its replicas (Redis, replication).
    """

    def __init__(self, scope: Construct, id: str, *, settings: ReplicatedRedis) -> None:
        super().__init__(scope, id)
        self._settings = settings
        self._password = password_of(self, settings.password)
        hosts = _Hosts(namespace_of(scope, "Redis"), settings.replicas.maximum)
        server, sentinel = _server(settings, hosts), _sentinel(settings, hosts)
        self.primary = self._nodes("primary", server, self._server_hardware(replicas=1))
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
        # Primary and replicas share one: of two copies of the data, a drain may take one at a time.
        self.disruption_budgets = [
            _disruption_budget(self, component, nodes)
            for component, nodes in (("server", self.primary), ("sentinel", self.sentinels))
        ]
        self.connection = RedisConnection(
            address=SentinelAddress(
                hosts=hosts.sentinels,
                master_name=settings.master_name,
                authenticated=self._password is not None,
            ),
            password=self._password,
        )

    def _nodes(self, role: Role, process: RedisProcess, hardware: RedisHardware) -> RedisNodes:
        return RedisNodes(
            self,
            role,
            name=REPLICATED_NAMES[role],
            process=process,
            hardware=hardware,
            password=self._password,
            headless=True,
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
            replicas=_SENTINELS,
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


def _server(settings: ReplicatedRedis, hosts: _Hosts) -> RedisProcess:
    files = {
        "redis.conf": server_configuration(settings.resources, persistent=True),
        "replication.conf": render("redis/replication.conf", minimum_synced_replicas=settings.minimum_synced_replicas),
        "server.sh": render("redis/server.sh"),
        **_finding_the_primary(settings, hosts),
    }
    return RedisProcess(component="server", files=files, script="server.sh", command=SERVER_COMMAND, port=REDIS_PORT)


def _sentinel(settings: ReplicatedRedis, hosts: _Hosts) -> RedisProcess:
    return RedisProcess(
        component="sentinel",
        files={"sentinel.sh": render("redis/sentinel.sh"), **_finding_the_primary(settings, hosts)},
        script="sentinel.sh",
        command=("redis-sentinel", "/run/redis/sentinel.conf"),
        port=SENTINEL_PORT,
    )


def _finding_the_primary(settings: ReplicatedRedis, hosts: _Hosts) -> dict[str, str]:
    return {
        "password.sh": render("redis/password.sh"),
        "topology.sh": render(
            "redis/topology.sh",
            master_name=settings.master_name,
            first_primary=hosts.first_primary,
            servers=" ".join(hosts.servers),
            sentinels=" ".join(hosts.sentinels),
        ),
    }


def _disruption_budget(scope: Construct, component: str, nodes: RedisNodes) -> DisruptionBudget:
    return DisruptionBudget(
        scope,
        f"{component}-disruption-budget",
        name=f"{REDIS_NAME}-{component}",
        selector=nodes.peers,
        labels={**nodes.peers, "app.kubernetes.io/part-of": APPLICATION},
    )
