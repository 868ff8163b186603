"""Redis in one of three shapes: one server, a primary with replicas and Sentinels, or one that is run elsewhere."""

from constructs import Construct

from examx_constructs.redis.connection import RedisConnection, RedisPassword, RedisUsers
from examx_constructs.redis.external import ExternalServer
from examx_constructs.redis.nodes import PODS
from examx_constructs.redis.replicated import ReplicatedServers
from examx_constructs.redis.standalone import StandaloneServer
from examx_constructs.settings import Application, ExternalRedis, RedisShape, ReplicatedRedis, StandaloneRedis
from examx_constructs.settings.application import EXAMX

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


def redis(scope: Construct, id: str, *, shape: RedisShape, application: Application = EXAMX) -> Redis:
    """The construct for a shape, as a part of an application."""
    match shape:
        case StandaloneRedis():
            return StandaloneServer(scope, id, settings=shape, application=application)
        case ReplicatedRedis():
            return ReplicatedServers(scope, id, settings=shape, application=application)
        case ExternalRedis():
            return ExternalServer(scope, id, settings=shape)
