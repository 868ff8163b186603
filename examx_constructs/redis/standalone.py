"""One Redis server."""

from constructs import Construct

from examx_constructs._strict import strict
from examx_constructs._templates import render
from examx_constructs.redis.connection import RedisConnection, RedisUsers
from examx_constructs.redis.nodes import RedisHardware, RedisNodes, RedisProcess, server_configuration
from examx_constructs.redis.users import users_files
from examx_constructs.settings import Application, PodExtras, RedisAddress, StandaloneRedis
from examx_constructs.settings.application import EXAMX
from examx_constructs.settings.pod_extras import NOTHING
from examx_constructs.settings.redis import REDIS_NAME, REDIS_PORT


class StandaloneServer(Construct):
    """One server behind the Service `redis`: a StatefulSet of one, never scaled, for two would be two databases.

    `exporter`: whether an exporter of metrics logs in, as a user of its own.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: StandaloneRedis,
        application: Application = EXAMX,
        extras: PodExtras = NOTHING,
        exporter: bool = False,
    ) -> None:
        super().__init__(scope, id)
        users = RedisUsers(self, "users", secret=settings.passwords, sentinels=False, exporter=exporter)
        self.nodes = RedisNodes(
            self,
            "server",
            name=REDIS_NAME,
            process=_process(settings, exporter=exporter),
            hardware=RedisHardware(
                image=settings.image,
                resources=settings.resources,
                replicas=1,
                persistence=settings.persistence,
                spot=settings.spot,
            ),
            users=users,
            headless=False,
            owner=application,
            extras=extras,
        )
        address = RedisAddress(host=self.nodes.host, authenticated=True, user="application", scaler_user="keda")
        self.connection = RedisConnection(address=address, password=users)


def _process(settings: StandaloneRedis, *, exporter: bool) -> RedisProcess:
    return RedisProcess(
        component="server",
        files={
            "redis.conf": server_configuration(settings.resources, persistent=settings.persistence is not None),
            "append-only.sh": render("redis/append-only.sh"),
            "standalone.sh": render("redis/standalone.sh"),
            **users_files("single", exporter=exporter),
        },
        script="standalone.sh",
        port=REDIS_PORT,
    )
