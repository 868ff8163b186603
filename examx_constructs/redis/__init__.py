"""Redis in one of three shapes: one server, a primary with replicas and Sentinels, or one that is run elsewhere."""

from collections.abc import Sequence
from fractions import Fraction

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import metadata, namespace_of, text
from examx_constructs._templates import render
from examx_constructs.autoscaling import ResourceAutoscaler, ScaleTarget
from examx_constructs.availability import DisruptionBudget
from examx_constructs.redis.connection import RedisConnection, RedisPassword
from examx_constructs.redis.nodes import PODS, RedisHardware, RedisNodes, RedisProcess
from examx_constructs.settings import (
    ExternalRedis,
    RedisAddress,
    ReplicatedRedis,
    Resources,
    SecretsManagerSecret,
    SentinelAddress,
    StandaloneRedis,
    Utilization,
)
from examx_constructs.settings.redis import REDIS_PORT, SENTINEL_PORT, RedisShape

__all__ = [
    "PODS",
    "ExternalServer",
    "Redis",
    "RedisConnection",
    "RedisPassword",
    "ReplicatedServers",
    "StandaloneServer",
]

_NAME = "redis"
_SENTINELS = 3
_SERVER_COMMAND = ("redis-server", "/run/redis/redis.conf")
_DATA_SHARE_OF_MEMORY = Fraction(6, 10)


class StandaloneServer(Construct):
    """One server behind the Service `redis`: a StatefulSet of one, never scaled, for two would be two databases."""

    def __init__(self, scope: Construct, id: str, *, settings: StandaloneRedis) -> None:
        super().__init__(scope, id)
        password = _password(self, settings.password)
        self.nodes = RedisNodes(
            self,
            "server",
            name=_NAME,
            process=RedisProcess(
                files={
                    "redis.conf": _server_configuration(
                        settings.resources, persistent=settings.persistence is not None
                    ),
                    "password.sh": render("redis/password.sh"),
                    "standalone.sh": render("redis/standalone.sh"),
                },
                script="standalone.sh",
                command=_SERVER_COMMAND,
                port=REDIS_PORT,
            ),
            hardware=RedisHardware(
                image=settings.image, resources=settings.resources, replicas=1, persistence=settings.persistence
            ),
            password=password,
            headless=False,
        )
        self.ports: Sequence[int] = (REDIS_PORT,)
        self.connection = RedisConnection(
            address=RedisAddress(host=self.nodes.host, authenticated=password is not None), password=password
        )


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
        password = _password(self, settings.password)
        namespace = namespace_of(self, "Redis")
        sentinel_hosts = tuple(
            f"{_NAME}-sentinel-{ordinal}.{_NAME}-sentinel.{namespace}.svc.cluster.local"
            for ordinal in range(_SENTINELS)
        )
        first_primary = f"{_NAME}-primary-0.{_NAME}-primary.{namespace}.svc.cluster.local"
        finding_the_primary = {
            "password.sh": render("redis/password.sh"),
            "topology.sh": render(
                "redis/topology.sh",
                master_name=settings.master_name,
                first_primary=first_primary,
                sentinels=" ".join(sentinel_hosts),
            ),
        }
        server = RedisProcess(
            files={
                "redis.conf": _server_configuration(settings.resources, persistent=True),
                "replication.conf": render(
                    "redis/replication.conf", minimum_synced_replicas=settings.minimum_synced_replicas
                ),
                "server.sh": render("redis/server.sh"),
                **finding_the_primary,
            },
            script="server.sh",
            command=_SERVER_COMMAND,
            port=REDIS_PORT,
        )
        sentinel = RedisProcess(
            files={"sentinel.sh": render("redis/sentinel.sh"), **finding_the_primary},
            script="sentinel.sh",
            command=("redis-sentinel", "/run/redis/sentinel.conf"),
            port=SENTINEL_PORT,
        )

        def nodes(role: str, process: RedisProcess, hardware: RedisHardware) -> RedisNodes:
            return RedisNodes(
                self, role, name=f"{_NAME}-{role}", process=process, hardware=hardware, password=password, headless=True
            )

        self.primary = nodes("primary", server, _server_hardware(settings, replicas=1))
        self.replicas = nodes("replica", server, _server_hardware(settings, replicas=None))
        self.sentinels = nodes(
            "sentinel",
            sentinel,
            RedisHardware(
                image=settings.image, resources=settings.sentinel_resources, replicas=_SENTINELS, own_node_each=True
            ),
        )
        self.service = k8s.KubeService(
            self,
            "service",
            metadata=metadata(_NAME, labels=self.sentinels.labels),
            spec=k8s.ServiceSpec(
                type="ClusterIP",
                selector=self.sentinels.selector,
                ports=[
                    k8s.ServicePort(
                        name="sentinel",
                        port=SENTINEL_PORT,
                        target_port=text("redis"),
                        protocol="TCP",
                    )
                ],
            ),
        )
        self.autoscaler = ResourceAutoscaler(
            self,
            "autoscaler",
            target=ScaleTarget(workload=self.replicas.stateful_set, labels=self.replicas.labels),
            replicas=settings.replicas,
            utilization=Utilization(cpu=settings.replica_cpu_utilization, memory=None),
        )
        for nodes_ in (self.replicas, self.sentinels):
            DisruptionBudget(
                self,
                f"{nodes_.name}-disruption-budget",
                name=nodes_.name,
                selector=nodes_.selector,
                labels=nodes_.labels,
            )
        self.ports: Sequence[int] = (REDIS_PORT, SENTINEL_PORT)
        self.connection = RedisConnection(
            address=SentinelAddress(
                hosts=sentinel_hosts, master_name=settings.master_name, authenticated=password is not None
            ),
            password=password,
        )


class ExternalServer(Construct):
    """A Redis that is run elsewhere: nothing is rendered but, where it is set, the password."""

    def __init__(self, scope: Construct, id: str, *, settings: ExternalRedis) -> None:
        super().__init__(scope, id)
        password = _password(self, settings.password)
        self.connection = RedisConnection(
            address=RedisAddress(
                host=settings.host,
                port=settings.port,
                database=settings.database,
                tls=settings.tls,
                authenticated=password is not None,
            ),
            password=password,
        )


Redis = StandaloneServer | ReplicatedServers | ExternalServer


def redis(scope: Construct, id: str, *, shape: RedisShape) -> Redis:
    """The construct for a shape."""
    match shape:
        case StandaloneRedis():
            return StandaloneServer(scope, id, settings=shape)
        case ReplicatedRedis():
            return ReplicatedServers(scope, id, settings=shape)
        case ExternalRedis():
            return ExternalServer(scope, id, settings=shape)


def _password(scope: Construct, secret: SecretsManagerSecret | None) -> RedisPassword | None:
    return RedisPassword(scope, "password", secret=secret) if secret else None


def _server_configuration(resources: Resources, *, persistent: bool) -> str:
    """Data may fill 60 % of the memory limit; rewriting the append-only file copies what changes meanwhile."""
    megabytes = (resources.memory_limit * _DATA_SHARE_OF_MEMORY).floor_to("Mi")
    return render("redis/redis.conf", appendonly="yes" if persistent else "no", maxmemory=f"{megabytes}mb")


def _server_hardware(settings: ReplicatedRedis, *, replicas: int | None) -> RedisHardware:
    return RedisHardware(
        image=settings.image, resources=settings.resources, replicas=replicas, persistence=settings.persistence
    )
