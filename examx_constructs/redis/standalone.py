"""One Redis server."""

from constructs import Construct

from examx_constructs._templates import render
from examx_constructs.redis.connection import RedisConnection, password_of
from examx_constructs.redis.nodes import RedisHardware, RedisNodes, RedisProcess, server_configuration
from examx_constructs.settings import RedisAddress, StandaloneRedis
from examx_constructs.settings.redis import REDIS_NAME, REDIS_PORT


class StandaloneServer(Construct):
    """One server behind the Service `redis`: a StatefulSet of one, never scaled, for two would be two databases."""

    def __init__(self, scope: Construct, id: str, *, settings: StandaloneRedis) -> None:
        super().__init__(scope, id)
        password = password_of(self, settings.password)
        self.nodes = RedisNodes(
            self,
            "server",
            name=REDIS_NAME,
            process=_process(settings),
            hardware=RedisHardware(
                image=settings.image,
                resources=settings.resources,
                replicas=1,
                persistence=settings.persistence,
                spot=settings.spot,
            ),
            password=password,
            headless=False,
        )
        self.connection = RedisConnection(
            address=RedisAddress(host=self.nodes.host, authenticated=password is not None), password=password
        )


def _process(settings: StandaloneRedis) -> RedisProcess:
    return RedisProcess(
        component="server",
        files={
            "redis.conf": server_configuration(settings.resources, persistent=settings.persistence is not None),
            "password.sh": render("redis/password.sh"),
            "append-only.sh": render("redis/append-only.sh"),
            "standalone.sh": render("redis/standalone.sh"),
        },
        script="standalone.sh",
        port=REDIS_PORT,
    )
