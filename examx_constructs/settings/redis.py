"""Redis in one of three shapes, and the addresses by which clients reach it.

An address is one value that gives the application its URL and KEDA its trigger, so the two cannot disagree.
"""

from collections.abc import Mapping
from typing import Literal

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.autoscaling import Replicas
from examx_constructs.settings.image import ImageReference
from examx_constructs.settings.limits import PodGroup
from examx_constructs.settings.naming import dns_label, host_name
from examx_constructs.settings.network import PRIVATE_NETWORKS, cidr, refuse_no_networks
from examx_constructs.settings.quantity import Quantity, byte_size
from examx_constructs.settings.refusal import SettingError, at_least, at_most, pattern
from examx_constructs.settings.resources import Resources
from examx_constructs.settings.secrets import KubernetesSecret, SecretsManagerSecret

REDIS_IMAGE = ImageReference.parse(
    "public.ecr.aws/docker/library/redis:7.4.10@sha256:e9b2e45ecd47fbb69b877cf8d045d5cccaaaed52524b6e098b4abe8212994f73"
)
"""The official image, from the registry mirror that AWS runs: no pull limits, for arm64 and amd64.

By digest, so that nobody can put another in its place. The digest is of the index of all platforms, as in Docker's
record of its official images (docker-library/repo-info, repos/redis/remote/7.4.10.md, 5 August 2026).
"""

Role = Literal["primary", "replica", "sentinel"]
REDIS_NAME = "redis"
"""The Service of each shape that is rendered, and the StatefulSet of a single server."""
REPLICATED_NAMES: Mapping[Role, str] = {
    "primary": "redis-primary",
    "replica": "redis-replica",
    "sentinel": "redis-sentinel",
}
"""The StatefulSet of each role."""

REDIS_PORT = 6379
SENTINEL_PORT = 26379
_MOST_REPLICAS = 20
SENTINELS = 3
"""The least that have a majority without one of them."""
PRIMARIES = 2
"""The servers of a replicated Redis whose number is fixed."""
CORE = PRIMARIES + 1
"""The servers that may lead: the primaries, and the replica that is always there. With three, one may be away."""
KEEPER_RESOURCES = Resources.of("25m", "32Mi", "200m", "64Mi")
"""What finds a replicated server its place: a shell that asks each of six pods once a second."""
USERS_KEEPER_RESOURCES = Resources.of("10m", "16Mi", "100m", "32Mi")
"""What gives a single server or a Sentinel changed passwords: a shell that reads twelve small files every 2 s."""
PASSWORD_VARIABLE = "REDIS_PASSWORD"  # noqa: S105 - the name of a variable, not a password

RedisUser = Literal["application", "keda", "replication", "operator", "exporter"]
REDIS_USERS: tuple[RedisUser, ...] = ("application", "keda", "replication", "operator")
"""Who logs in: the application's processes, KEDA, servers and Sentinels among themselves, and those who look after it.

The key of a user in the Secret is its name; the value is its password, of letters, digits and `. _ ~ -` only. Beside it
`NAME.previous` and `NAME.next` may hold another password that servers accept too, while it is rotated.
"""
EXPORTER_USER: RedisUser = "exporter"
"""Who asks INFO for Prometheus: a user only where a Monitoring has a RedisExporter.

Servers start without its key, and have no such user then: a Secret of before it has none, and Redis must run.
"""
ALL_REDIS_USERS: tuple[RedisUser, ...] = (*REDIS_USERS, EXPORTER_USER)

MADE_PASSWORDS = KubernetesSecret(name="redis-auth")
"""The Secret that `examx apply` makes, once, with random values."""

_user = pattern(r"[A-Za-z0-9._~-]{1,64}", "it must be letters, digits and . _ ~ - only, 64 at most: it is in URLs")
_port = (at_least(1, "a TCP port"), at_most(65535, "a TCP port"))
_database = (
    at_least(0, "Redis numbers databases from 0"),
    at_most(15, "Redis has 16 databases unless configured otherwise"),
)


@value
class RedisAddress:
    """One Redis server, as `host:port`. The host is fully qualified: KEDA resolves it from its own namespace."""

    host: str = setting(host_name)
    """Its name, with the namespace and the domain of the cluster."""
    port: int = setting(*_port, default=REDIS_PORT)
    """Where it listens."""
    database: int = setting(*_database, default=0)
    """The number of the database."""
    tls: bool = False
    """Whether connections are encrypted."""
    authenticated: bool = False
    """Whether the server asks for a password."""
    user: str | None = setting(_user, default=None)
    """Whom the application logs in as; None is Redis' `default`, which a password alone means."""
    scaler_user: str | None = setting(_user, default=None)
    """Whom KEDA logs in as."""

    def __attrs_post_init__(self) -> None:
        _refuse_users_without_password(self)

    @property
    def url(self) -> str:
        """The URL for Celery and Django. The password is expanded by the kubelet from an environment variable."""
        scheme, query = ("rediss", "?ssl_cert_reqs=required") if self.tls else ("redis", "")
        return f"{scheme}://{_userinfo(self)}{self.host}:{self.port}/{self.database}{query}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that tell the application where Redis is."""
        return {"REDIS_URL": self.url}

    @property
    def trigger_type(self) -> Literal["redis"]:
        """KEDA's scaler for this shape."""
        return "redis"

    @property
    def trigger_metadata(self) -> dict[str, str]:
        """Where KEDA's scaler finds the lists: `host:port`, never a URL, which the scaler does not parse."""
        metadata = {"address": f"{self.host}:{self.port}", "databaseIndex": str(self.database)}
        user = {"username": self.scaler_user} if self.scaler_user else {}
        return metadata | user | ({"enableTLS": "true"} if self.tls else {})


@value
class SentinelAddress:
    """A Redis primary that Sentinels watch: the clients ask them who it is, and again after a failover."""

    hosts: tuple[str, ...] = setting(host_name)
    """The Sentinels' names. A client takes the first that answers."""
    master_name: str = setting(dns_label)
    """What the Sentinels call the servers."""
    port: int = setting(*_port, default=SENTINEL_PORT)
    """Where Sentinels listen."""
    database: int = setting(*_database, default=0)
    """The number of the database, on the servers."""
    authenticated: bool = False
    """Whether the servers and the Sentinels ask for a password, which is the same."""
    user: str | None = setting(_user, default=None)
    """Whom the application logs in as, at Sentinels and servers."""
    scaler_user: str | None = setting(_user, default=None)
    """Whom KEDA logs in as, at both."""

    def __attrs_post_init__(self) -> None:
        _refuse_users_without_password(self)
        distinct = len(set(self.hosts))
        if distinct < SENTINELS or distinct % 2 == 0 or distinct != len(self.hosts):
            raise SettingError(
                "SentinelAddress.hosts",
                self.hosts,
                "an odd number of at least 3 is needed, each once: fewer have no majority to fail over",
            )

    @property
    def url(self) -> str:
        """The URL for kombu: every Sentinel, separated by semicolons (kombu, Redis Sentinel transport)."""
        userinfo = _userinfo(self)
        return ";".join(f"sentinel://{userinfo}{host}:{self.port}/{self.database}" for host in self.hosts)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that tell the application where Redis is. Celery needs the master's name beside the URL."""
        return {"REDIS_URL": self.url, "REDIS_SENTINEL_MASTER": self.master_name}

    @property
    def trigger_type(self) -> Literal["redis-sentinel"]:
        """KEDA's scaler for this shape."""
        return "redis-sentinel"

    @property
    def trigger_metadata(self) -> dict[str, str]:
        """Where KEDA's scaler finds the lists."""
        user = {"username": self.scaler_user, "sentinelUsername": self.scaler_user} if self.scaler_user else {}
        return {
            "addresses": ",".join(f"{host}:{self.port}" for host in self.hosts),
            "sentinelMaster": self.master_name,
            "databaseIndex": str(self.database),
            **user,
        }


AnyRedisAddress = RedisAddress | SentinelAddress


def _userinfo(address: AnyRedisAddress) -> str:
    return f"{address.user or ''}:$({PASSWORD_VARIABLE})@" if address.authenticated else ""


def _refuse_users_without_password(address: AnyRedisAddress) -> None:
    for name, user in (("user", address.user), ("scaler_user", address.scaler_user)):
        if user and not address.authenticated:
            raise SettingError(
                f"{type(address).__name__}.{name}", user, "it must be None without a password (authenticated=False)"
            )


@value
class RedisPersistence:
    """The volume of a Redis server, for its append-only file.

    `storage_class` names a class of block storage that the cluster has; a network file system is too slow for fsync.
    """

    size: Quantity = setting(byte_size)
    """What is requested of the class. Leave room for a second copy, while the file is rewritten."""
    storage_class: str = setting(dns_label)


@value
class StandaloneRedis:
    """One Redis server: a StatefulSet of one replica, never scaled.

    `persistence=None` keeps the data only as long as the pod lives: for environments whose queued tasks may be lost.
    `passwords`: the Secret with a key for each of REDIS_USERS, and for `exporter` where there is one. By default
    `examx apply` makes it; another is one that is given, before the pods. A changed Secret is taken without a restart
    (`examx rotate`).
    `spot`: rather on Spot capacity, where an interruption loses what is not persistent.
    """

    resources: Resources
    persistence: RedisPersistence | None
    passwords: KubernetesSecret = MADE_PASSWORDS
    image: ImageReference = REDIS_IMAGE
    spot: bool = False

    @property
    def pod_ports(self) -> tuple[int, ...]:
        """The ports of the pods that this shape renders."""
        return (REDIS_PORT,)

    @property
    def workloads(self) -> tuple[str, ...]:
        """The names of the workloads that this shape renders."""
        return (REDIS_NAME,)

    @property
    def pods(self) -> tuple[PodGroup, ...]:
        """The pods that this shape renders, in the order of `workloads`."""
        containers = (self.resources, USERS_KEEPER_RESOURCES)
        return (PodGroup(containers=containers, most=1, claims=1 if self.persistence else 0),)


@value
class ReplicatedRedis:
    """Two primaries, one of them the leader, autoscaled read replicas, and three Sentinels that fail over.

    `minimum_synced_replicas`: the leader refuses writes while fewer than this of the other servers that may lead are in
    sync (Redis, `min-replicas-to-write`). That bounds what a partition can lose. There are two of these. So 1 takes
    writes while any one server is away; 2 refuses them then; 0 takes writes that no other server has.

    `passwords`: as of a StandaloneRedis. Sentinels have the same users, with the same passwords.
    """

    resources: Resources
    sentinel_resources: Resources
    replicas: Replicas
    """How many read replicas the autoscaler may run, beside both primaries."""
    replica_cpu_utilization: int = setting(at_least(1, "a share of the request"), default=70)
    """The percentage of their CPU request that the autoscaler of the replicas aims at."""
    persistence: RedisPersistence
    master_name: str = setting(dns_label, default="examx")
    """What Sentinels call the servers, and clients ask them for."""
    minimum_synced_replicas: int = setting(
        at_least(0, "0 takes writes that one server alone has"),
        at_most(CORE - 1, "there are two others that may lead, whatever the number of replicas"),
        default=1,
    )
    passwords: KubernetesSecret = MADE_PASSWORDS
    image: ImageReference = REDIS_IMAGE

    def __attrs_post_init__(self) -> None:
        if self.replicas.minimum < 1:
            raise SettingError(
                "ReplicatedRedis.replicas.minimum",
                self.replicas.minimum,
                "the least is 1: without a replica nothing can fail over",
            )
        if self.replicas.maximum > _MOST_REPLICAS:
            raise SettingError(
                "ReplicatedRedis.replicas.maximum",
                self.replicas.maximum,
                f"the most is {_MOST_REPLICAS}: the leader feeds each of them",
            )

    @property
    def quorum(self) -> int:
        """How many servers of the core choose a leader: more than half, and so many that one knows each write."""
        return max(CORE // 2 + 1, CORE - self.minimum_synced_replicas)

    @property
    def pod_ports(self) -> tuple[int, ...]:
        """The ports of the pods that this shape renders."""
        return (REDIS_PORT, SENTINEL_PORT)

    @property
    def workloads(self) -> tuple[str, ...]:
        """The names of the workloads that this shape renders."""
        return tuple(REPLICATED_NAMES.values())

    @property
    def pods(self) -> tuple[PodGroup, ...]:
        """The pods that this shape renders, in the order of `workloads`."""
        servers = (self.resources, KEEPER_RESOURCES)
        primaries = PodGroup(containers=servers, most=PRIMARIES, claims=1)
        replicas = PodGroup(containers=servers, most=self.replicas.maximum, claims=1)
        sentinels = PodGroup(containers=(self.sentinel_resources, USERS_KEEPER_RESOURCES), most=SENTINELS)
        return (primaries, replicas, sentinels)


@value
class ExternalRedis:
    """A Redis that is run elsewhere, such as ElastiCache: nothing is rendered but its address.

    `password` is a secret of AWS Secrets Manager whose whole value is the password, made of URL-safe characters.
    `username`: whose it is, for the application and for KEDA; None for Redis' `default`.
    """

    host: str = setting(host_name)
    """Its name, without a scheme or port."""
    port: int = setting(*_port, default=REDIS_PORT)
    """Where it listens; ElastiCache does so at 6379."""
    tls: bool = True
    """Whether connections are encrypted. Without, a password goes over the network in clear."""
    database: int = setting(*_database, default=0)
    """The number of the database. A cluster has only 0."""
    password: SecretsManagerSecret | None = None
    username: str | None = setting(_user, default=None)
    cidrs: tuple[str, ...] = setting(cidr, default=PRIVATE_NETWORKS)
    """Where the server's addresses lie, for the NetworkPolicy of the application."""

    def __attrs_post_init__(self) -> None:
        refuse_no_networks("ExternalRedis.cidrs", self.cidrs)
        if self.username and not self.password:
            raise SettingError("ExternalRedis.username", self.username, "it must be None where no password is set")

    @property
    def pod_ports(self) -> tuple[int, ...]:
        """The ports of the pods that this shape renders."""
        return ()

    @property
    def workloads(self) -> tuple[str, ...]:
        """The names of the workloads that this shape renders."""
        return ()

    @property
    def pods(self) -> tuple[PodGroup, ...]:
        """The pods that this shape renders, in the order of `workloads`."""
        return ()


RedisShape = StandaloneRedis | ReplicatedRedis | ExternalRedis
