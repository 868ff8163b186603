"""Redis in one of three shapes: one server, a primary with replicas and Sentinels, or one that is run elsewhere."""

from collections.abc import Mapping

from constructs import Construct

from examx_constructs.redis.connection import RedisConnection, RedisPassword, RedisUsers
from examx_constructs.redis.external import ExternalServer
from examx_constructs.redis.nodes import PODS
from examx_constructs.redis.replicated import ReplicatedServers
from examx_constructs.redis.standalone import StandaloneServer
from examx_constructs.settings import (
    Application,
    ExternalRedis,
    PodExtras,
    RedisShape,
    ReplicatedRedis,
    StandaloneRedis,
)
from examx_constructs.settings.application import EXAMX
from examx_constructs.settings.pod_extras import NOTHING
from examx_constructs.settings.redis import REDIS_NAME, REPLICATED_NAMES, Role

__all__ = [
    "PODS",
    "ExternalServer",
    "Redis",
    "RedisConnection",
    "RedisPassword",
    "RedisUsers",
    "ReplicatedServers",
    "StandaloneServer",
    "redis",
]

Redis = StandaloneServer | ReplicatedServers | ExternalServer


def redis(
    scope: Construct,
    id: str,
    *,
    shape: RedisShape,
    application: Application = EXAMX,
    extras: Mapping[str, PodExtras] | None = None,
    exporter: bool = False,
) -> Redis:
    """Return the construct for a shape, as a part of an application.

    `extras`: by the names of the shape's workloads. `exporter`: whether an exporter of metrics logs in.
    """
    given = extras or {}
    match shape:
        case StandaloneRedis():
            of_server = given.get(REDIS_NAME, NOTHING)
            return StandaloneServer(
                scope, id, settings=shape, application=application, extras=of_server, exporter=exporter
            )
        case ReplicatedRedis():
            of_roles: dict[Role, PodExtras] = {
                role: given[name] for role, name in REPLICATED_NAMES.items() if name in given
            }
            return ReplicatedServers(
                scope, id, settings=shape, application=application, extras=of_roles, exporter=exporter
            )
        case ExternalRedis():
            return ExternalServer(scope, id, settings=shape)
